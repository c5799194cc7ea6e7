"""Crews stay within hours and rest, know their line and vehicle, and are missed by name."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from retinue.errors import InputError, NoPlan
from retinue.movement import Movement, MovementStop
from retinue.protection.crews import NamedCrew, crew_duties, load_crews
from retinue.protection.policy import load_policy
from tests.protection.line_of_sites import START_S, movement

HOUR = 3600.0
POLICY, _ = load_policy("standard")


def _leg(hours: float, stops: dict[float, float]) -> Any:
    """A railway leg of so many hours with stops: hour of arrival and minutes standing."""
    speed = 20.0
    time, distance, listed = [START_S], [0.0], []
    for number, (at, minutes) in enumerate(sorted(stops.items())):
        arrive = START_S + at * HOUR
        distance += [speed * (arrive - time[-1]) + distance[-1]] * 2
        time += [arrive, arrive + minutes * 60]
        listed.append(
            MovementStop(f"S{number}", "Europe/Berlin", "crew", distance[-1], arrive, time[-1])
        )
    time.append(START_S + hours * HOUR)
    distance.append(distance[-1] + speed * (time[-1] - time[-2]))
    base = movement("main", 0.0)
    main = Movement(
        "main", "main train", base.length_m, np.linspace(7, 8, len(time)),
        np.full(len(time), 51.0), np.array(distance), np.array(time), stops=tuple(listed),
    )  # fmt: skip
    engine = SimpleNamespace(role="locomotive", type_name="M62", label="M62")
    train = SimpleNamespace(role="main", vehicles=[engine])
    return SimpleNamespace(
        id="1-rail", mode="rail", title="A to B", movements=(main,), main=main, trains=(train,),
        train=train, countries=("KP", "RU"), depart_utc=time[0], arrive_utc=time[-1],
        from_=SimpleNamespace(name="A", zone="Europe/Berlin"), to=SimpleNamespace(name="B"),
        aircraft=None, convoy=None,
    )  # fmt: skip


def _plan(hours: float, stops: dict[float, float]) -> Any:
    return SimpleNamespace(legs=(_leg(hours, stops),))


def _crew(name: str, *knows: str, free: float = -HOUR, people: int = 2) -> NamedCrew:
    return NamedCrew(name, "train crew", people, frozenset(knows), START_S + free)


def test_a_short_leg_has_one_crew_for_the_whole_way() -> None:
    (duty,) = crew_duties(_plan(3.0, {}), POLICY, None)
    assert duty.kind == "train crew"
    rule = POLICY.crew("train crew")
    assert rule is not None
    assert duty.start_utc == START_S - rule.sign_on
    assert duty.end_utc == START_S + 3 * HOUR + rule.sign_off
    assert "nobody named the crew" in duty.assumed


def test_a_long_leg_is_cut_at_stops_and_no_crew_works_too_long() -> None:
    duties = crew_duties(_plan(20.0, {4.0: 20, 8.0: 30, 12.0: 20, 16.0: 20}), POLICY, None)
    rule = POLICY.crew("train crew")
    assert rule is not None and rule.longest_driving is not None
    assert len(duties) >= 3
    for duty in duties:
        assert duty.end_utc - duty.start_utc <= rule.longest_duty
    assert duties[0].relief_place == duties[1].pieces[0].from_place


def test_hours_without_a_relief_point_are_refused_with_a_cure() -> None:
    with pytest.raises(NoPlan) as caught:
        crew_duties(_plan(12.0, {1.0: 10}), POLICY, None)
    (reason,) = caught.value.reasons
    assert "between S0 and B" in reason.what
    assert "crew change" in reason.cure


def test_a_stop_too_short_to_hand_over_relieves_nobody() -> None:
    with pytest.raises(NoPlan):
        crew_duties(_plan(8.0, {4.0: 1}), POLICY, None)


def test_the_crew_that_knows_the_line_and_the_locomotive_is_taken() -> None:
    crews = [_crew("strangers"), _crew("knowing", "kp", "ru", "m62")]
    (duty,) = crew_duties(_plan(3.0, {}), POLICY, crews)
    assert duty.crew == "knowing"


@pytest.mark.parametrize(
    ("crew", "lack"),
    [
        (_crew("a", "kp", "m62"), "RU"),
        (_crew("a", "kp", "ru"), "M62"),
        (_crew("a", "kp", "ru", "m62", people=1), "people (2 needed)"),
    ],
)
def test_a_leg_without_a_qualified_crew_is_an_error_that_names_what_is_lacking(
    crew: NamedCrew, lack: str
) -> None:
    with pytest.raises(NoPlan) as caught:
        crew_duties(_plan(3.0, {}), POLICY, [crew])
    assert lack in caught.value.reasons[0].what


def test_a_crew_that_is_not_rested_is_not_taken() -> None:
    tired = _crew("tired", "kp", "ru", "m62", free=0.0)
    with pytest.raises(NoPlan) as caught:
        crew_duties(_plan(3.0, {}), POLICY, [tired])
    assert "resting" in caught.value.reasons[0].what


def test_two_duties_of_one_crew_are_never_nearer_than_its_rest() -> None:
    crews = [_crew(f"crew {n}", "kp", "ru", "m62") for n in range(4)]
    duties = crew_duties(_plan(20.0, {4.0: 20, 8.0: 30, 12.0: 20, 16.0: 20}), POLICY, crews)
    assert len({d.crew for d in duties}) == len(duties)


def test_a_crew_file_says_where_it_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "crews.yaml"
    file.write_text(
        "retinue crews: 1\ncrews:\n  - {name: A, kind: pilots, free from: tomorrow}\n", "utf-8"
    )
    with pytest.raises(InputError, match=r"crews.yaml:3"):
        load_crews(str(file), tmp_path, "Europe/Berlin")
