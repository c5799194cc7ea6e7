"""Whatever a person mistypes, the answer is a plan that passes the checkers or a sentence."""

from __future__ import annotations

import random
import re

import pytest

from retinue.checks import check_plan
from retinue.errors import InputError, RetinueError
from retinue.journey import journey_from_text, load_journey
from retinue.planner import Planner
from retinue.world.world import World

_NAMES = ("vladivostok-2019", "panmunjom-2018", "dalian-2018", "kyiv-2023")
_VALUES = (
    "0 km/h", "-5 km/h", "99999 km/h", "1 mm/h", "0 min", "-3 h", "10000 h", "null", "[]", "{}",
    "true", "12", "''", "Atlantis", "Khasan", "Vladivostok", "ZKPY", "il-62m", "special-21", "m62",
    "2023-02-30 10:00", "1900-01-01 00:00 UTC", "9999-12-31 23:59 UTC", "Europe/Berlin", "1e300 km",
    "평壤", "%", "500 %", "-5 %", "open", "XX", "60 km/h]", "60 km/h}",
)  # fmt: skip


def _mistyped(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    line = lines[at]
    values = list(re.finditer(r"(?<=: )[^,{}\[\]]+", line))
    kind = rng.random()
    if kind < 0.7 and values:
        value = rng.choice(values)
        lines[at] = line[: value.start()] + rng.choice(_VALUES) + line[value.end() :]
    elif kind < 0.85:
        del lines[at]
    else:
        lines.insert(at, line)
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(4))
def test_a_mistyped_journey_gives_a_sound_plan_or_one_sentence(world: World, seed: int) -> None:
    rng = random.Random(seed)
    planner = Planner(world)
    texts = [load_journey(name).text for name in _NAMES]
    planned = refused = 0
    for _ in range(30):
        text = _mistyped(rng.choice(texts), rng)
        try:
            plan = planner.make(journey_from_text(text, "mistyped"))
        except RetinueError as error:
            assert error.message
            refused += 1
            continue
        assert [fault for finding in check_plan(plan) for fault in finding.faults] == []
        planned += 1
    assert planned
    assert refused


def _road(more: str) -> str:
    return (
        "retinue: 1\ntitle: t\ndepart: 2023-09-10 16:35 Asia/Pyongyang\nlegs:\n"
        f"  - road: {{from: Pyongyang, convoy: state-motorcade, {more}}}\n"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (_road("to: ''"), "not the name of a place"),
        (_road("to: Pyongyang"), "begins and ends at Pyongyang"),
        (_road("to: Kowon, at most: 1 mm/h"), "is too small"),
        (_road("to: Kowon, at most: 60 km/h]}"), "not YAML"),
        (_road("to: Kowon").replace("2023-", "9999-"), "outside the years"),
        (
            _road("to: Kowon") + "reported:\n  - {what: x, leg: 12, source: y, confidence: L}\n",
            "speaks of leg 12",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(world: World, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Planner(world).make(journey_from_text(text, "t"))
