"""Incremental equals from scratch: whatever is edited, a planner that remembers gives the bytes
of one that does not."""

from __future__ import annotations

import random

import pytest

from retinue.errors import RetinueError
from retinue.journey import journey_from_text
from retinue.plan import Observation, Plan
from retinue.planner import Planner
from retinue.world.world import World

#: From one zone into the next, over midnight, with a break of gauge: small but complete.
_JOURNEY = """\
retinue: 1
title: Rajin to Khasan and beyond
depart: {depart}
legs:
  - rail:
      from: Rajin
      to: Kedrovy
      train: special-21
      at most: {cap} km/h
      advance train: {ahead} min ahead
      stops:
{stops}
  - road: {{to: "43.13,131.90", convoy: own-cars-from-train}}
"""
_EDITS = 200


def _text(rng: random.Random) -> str:
    stops = []
    if rng.random() < 0.5:
        stops.append(f"        - {{at: Sonbong, for: {rng.randint(1, 90)} min, why: crew}}")
    stops.append("        - {at: Tumangang, why: bogie exchange, locomotives: [m62, m62]}")
    if rng.random() < 0.8:
        stops.append(
            f"        - {{at: Khasan, for: {rng.randint(10, 120)} min, why: border,"
            " minimum: 5 min}"
        )
    return _JOURNEY.format(
        depart=f"2018-05-0{rng.randint(3, 6)} {rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"
        " Asia/Pyongyang",
        cap=rng.choice([30, 40, 50, 60, 80]),
        ahead=rng.choice([10, 15, 20, 30]),
        stops="\n".join(stops),
    )


def _observe(plan: Plan, rng: random.Random) -> Observation:
    leg = plan.legs[0]
    event = rng.choice(
        [e for e in leg.timeline if e.role == "main" and e.kind in ("arrive", "pass")]
    )
    return Observation(
        leg=leg.id, place=event.place, time_utc=event.time_utc + rng.randint(-300, 5400)
    )


def _either(planner: Planner, text: str, depart: str | None, seen: list[Observation]) -> str:
    """Return the plan's bytes, or the refusal's words: both must be equal."""
    try:
        file = journey_from_text(text, "edited")
        return planner.make(file, depart=depart, observations=seen).to_json()
    except RetinueError as error:
        return str(error)


def test_two_hundred_random_edits_give_the_bytes_of_a_fresh_plan(world: World) -> None:
    rng = random.Random(20230910)
    remembering = Planner(world)
    text = _text(rng)
    planned = 0
    seen: list[Observation] = []
    for _ in range(_EDITS):
        edit = rng.choice(["departure", "journey", "observe", "observe", "forget"])
        depart = None
        if edit == "journey":
            text, seen = _text(rng), []
        elif edit == "departure":
            depart = (
                f"2018-05-0{rng.randint(3, 6)} {rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"
            )
            seen = []
        elif edit == "forget":
            seen = seen[:-1]
        else:
            base = _either(remembering, text, None, seen)
            if base.startswith("{"):
                seen = [*seen, _observe(Plan.from_json(base), rng)]
        got = _either(remembering, text, depart, seen)
        assert got == _either(Planner(world), text, depart, seen)
        if got.startswith("{"):
            planned += 1
        else:
            seen = []
    assert planned > _EDITS * 0.6
    assert remembering.memo.reused > remembering.memo.computed


def test_an_observed_time_is_kept_and_moves_what_follows(world: World, vladivostok: Plan) -> None:
    planner = Planner(world)
    after = planner.observe(vladivostok, "Kowon", "22:47")
    assert after.observations[0].place == "Kowon"
    main = after.legs[1].main
    kowon = next(stop for stop in main.stops if stop.place == "Kowon")
    assert kowon.arrive_s == after.observations[0].time_utc
    assert after.legs[1].arrive_utc > vladivostok.legs[1].arrive_utc
    assert after.legs[2].depart_utc > vladivostok.legs[2].depart_utc
    # Before the place nothing has moved.
    start, end = vladivostok.legs[0], after.legs[0]
    assert (start.depart_utc, start.arrive_utc) == (end.depart_utc, end.arrive_utc)


def test_observing_through_the_file_equals_observing_in_memory(
    world: World, vladivostok: Plan
) -> None:
    in_memory = Planner(world).observe(vladivostok, "Kowon", "22:47")
    read = Plan.from_json(vladivostok.to_json())
    assert Planner(World()).observe(read, "Kowon", "22:47").to_json() == in_memory.to_json()


@pytest.mark.parametrize(
    ("place", "time", "leg", "message"),
    [
        ("Kowom", "22:47", None, 'Did you mean "Kowon"'),
        ("Pyongyang", "16:41", None, "is on 2 legs"),
        ("Kowon", "25:00", None, "not a time of day"),
        ("Kowon", "soon", None, "not a date and time"),
        ("Kowon", "22:47", 9, "there is no leg 9"),
        ("Kowon", "2023-09-01 22:47", None, "long before the leg departs"),
    ],
)
def test_an_observation_that_cannot_be_is_refused(
    world: World, vladivostok: Plan, place: str, time: str, leg: int | None, message: str
) -> None:
    with pytest.raises(RetinueError, match=message):
        Planner(world).observe(vladivostok, place, time, leg=leg)
