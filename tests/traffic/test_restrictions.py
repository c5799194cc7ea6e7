"""Possessions and speed restrictions: the newest version holds, and re-opens what it touches."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from retinue.clock import parse_moment
from retinue.errors import InputError
from retinue.plan.traffic import TrafficRecord, TrainPass, TrainPath
from retinue.traffic.conflicts import find_conflicts
from retinue.traffic.occupation import Occupations
from retinue.traffic.reopened import affected_plans
from retinue.traffic.restrictions import (
    closed_sections,
    load_restrictions,
    place_restrictions,
    possession_occupations,
    speed_limits,
)
from tests.traffic.small_line import line

HEAD = "retinue restrictions: 1\nsender: Region north\nrestrictions:\n"


def entry(name: str = "P-1", version: int = 1, kind: str = "possession", extra: str = "") -> str:
    return (
        f"  - id: {name}\n    version: {version}\n    kind: {kind}\n    between: [A, B]\n"
        "    begins: 2026-11-23 10:00 Europe/Zurich\n    ends: 2026-11-23 12:00 Europe/Zurich\n"
        + extra
    )


def write(path: Path, *entries: str) -> Path:
    path.write_text(HEAD + "".join(entries), encoding="utf-8")
    return path


TEN = parse_moment("2026-11-23 10:00 Europe/Zurich")
NETWORK = line([10_000.0, 10_000.0], [2, 1], [2, 2, 2])


def test_of_one_restriction_the_newest_version_holds(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", entry(version=3, kind="speed", extra="    speed: 40 km/h\n"))
    write(tmp_path / "b.yaml", entry(version=2), entry("P-2"))
    found = load_restrictions([tmp_path])
    assert [(r.id, r.version, r.kind) for r in found] == [
        ("P-1", 3, "speed"), ("P-2", 1, "possession"),
    ]  # fmt: skip
    assert found[0].speed_mps == pytest.approx(40 / 3.6)
    assert found[0].begins_s == TEN


def test_two_contents_of_one_version_are_refused_with_both_places(tmp_path: Path) -> None:
    one = write(tmp_path / "a.yaml", entry())
    two = write(tmp_path / "b.yaml", entry(extra="    towards: B\n"))
    with pytest.raises(InputError, match="says other things") as caught:
        load_restrictions([one, two])
    assert "b.yaml:4" in caught.value.where and "a.yaml:4" in caught.value.message


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (entry().replace("12:00", "09:00"), "ends"),
        (entry().replace("2026-11-23 10:00 Europe/Zurich", "soon"), "begins"),
        (entry(kind="speed"), "kind"),
        (entry(extra="    speed: 40 km/h\n"), "speed"),
        (entry(kind="speed", extra="    speed: 40\n"), "speed"),
        (entry(extra="    towards: C\n"), "towards"),
        (entry().replace("version: 1", "version: one"), "version"),
        (entry().replace("possession", "party"), "kind"),
    ],
)
def test_a_fault_in_a_file_is_named_by_line_and_key(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        load_restrictions([write(tmp_path / "a.yaml", text)])
    assert "a.yaml:" in caught.value.where and where in caught.value.where


def test_a_place_the_network_does_not_know_is_refused(tmp_path: Path) -> None:
    text = entry().replace("[A, B]", "[A, Nowhere]")
    found = load_restrictions([write(tmp_path / "a.yaml", text)])
    with pytest.raises(InputError, match='no station "Nowhere"'):
        place_restrictions(NETWORK, found)


def test_a_possession_holds_both_tracks_or_the_one_it_names(tmp_path: Path) -> None:
    both = load_restrictions([write(tmp_path / "a.yaml", entry())])
    one = load_restrictions([write(tmp_path / "b.yaml", entry(extra="    towards: B\n"))])
    section = NETWORK.sections[0]
    placed = place_restrictions(NETWORK, both)
    assert placed[0].resources == {*section.blocks_up, *section.blocks_down}
    assert closed_sections(placed, TEN + 60, TEN + 120) == {0}
    assert closed_sections(placed, TEN - 120, TEN - 60) == frozenset()
    placed = place_restrictions(NETWORK, one)
    assert placed[0].resources == set(section.blocks_up)
    assert closed_sections(placed, TEN, TEN + 1) == frozenset()
    held, titles = possession_occupations(NETWORK, placed, 1)
    assert titles == ["possession P-1 (Region north)"]
    train = Occupations(
        *(np.array([v]) for v in (0, section.blocks_up[0], TEN + 60, TEN + 90, 1, 0, 0, 0))
    )
    found = find_conflicts(NETWORK, Occupations.joined([train, held]))
    assert (found.holder.tolist(), found.comer.tolist()) == ([1], [0])


def test_the_lowest_speed_of_a_window_holds_on_the_named_way(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.yaml",
        entry("S-1", kind="speed", extra="    speed: 60 km/h\n"),
        entry("S-2", kind="speed", extra="    speed: 36 km/h\n    towards: A\n"),
    )
    placed = place_restrictions(NETWORK, load_restrictions([file]))
    limits = speed_limits(placed, TEN, TEN + 60)
    assert limits == {(0, True): pytest.approx(60 / 3.6), (0, False): pytest.approx(10.0)}
    assert speed_limits(placed, TEN - 60, TEN) == {}


def a_plan(begin: float, uses: tuple = (), block: int | None = None) -> TrafficRecord:  # type: ignore[type-arg]
    held = TrainPass(
        resource=NETWORK.sections[0].blocks_up[0] if block is None else block, from_utc=begin,
        to_utc=begin + 300.0, direction=1,
    )  # fmt: skip
    path = TrainPath(
        id="main", title="main", train_class="special", special=True, length_m=200.0, calls=(),
        passes=(held,),
    )  # fmt: skip
    return TrafficRecord(view="pessimistic", resources=(), trains=(path,), restrictions=uses)


def test_a_change_reopens_the_plans_it_touches_and_no_other(tmp_path: Path) -> None:
    now = load_restrictions([write(tmp_path / "a.yaml", entry(version=2))])
    old = dataclasses.replace(now[0], version=1).use
    plans = {
        "touched": a_plan(TEN + 600),
        "earlier": a_plan(TEN - 4000),
        "elsewhere": a_plan(TEN + 600, block=NETWORK.sections[1].blocks_up[0]),
        "known": a_plan(TEN + 600, (now[0].use,)),
        "stood on version 1": a_plan(TEN - 4000, (old,)),
    }
    found = affected_plans(plans, NETWORK, now)
    assert {name: [r.what for r in reasons] for name, reasons in found.items()} == {
        "touched": ["new"], "stood on version 1": ["changed"],
    }  # fmt: skip
    assert found["touched"][0].trains == ("main",)
    assert "P-1, version 2, by Region north: touches main" in str(found["touched"][0])
    withdrawn = [dataclasses.replace(now[0], version=3, withdrawn=True)]
    found = affected_plans(plans, NETWORK, withdrawn)
    assert {n: r[0].what for n, r in found.items()} == {
        "known": "withdrawn", "stood on version 1": "withdrawn",
    }  # fmt: skip
    assert {r[0].what for r in affected_plans(plans, NETWORK, []).values()} == {"gone"}
