"""The flight plan message says what the leg says, and the independent grammar accepts every one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.air.drawn_flights import drawn_leg, legs

from retinue.air.aircraft import AircraftCard, load_aircraft
from retinue.air.flight_plan_message import FlightPlanWanted, flight_plan_message
from retinue.air.flight_plan_route import coordinates, filed_route
from retinue.checks.flight_plan_grammar import check_message, parse_message
from retinue.errors import InputError
from retinue.journey import FlightPlanAsked
from retinue.plan import Leg
from retinue.world.sphere import distance_m


def _card() -> AircraftCard:
    return load_aircraft("il-62m")


def _texts() -> st.SearchStrategy[str]:
    return st.text(alphabet="ABC abc-/()ÄЖ平1.", max_size=20)


def _asked() -> st.SearchStrategy[FlightPlanAsked]:
    return st.builds(
        FlightPlanAsked,
        rules=st.sampled_from(["I", "Y"]),
        type_of_flight=st.sampled_from(["S", "N", "G", "M", "X"]),
        equipment=st.sampled_from([None, "SDFGI", "N", "SDE2E3FGHIJ3J5RWY"]),
        surveillance=st.sampled_from([None, "S", "N", "CB1", "EB1D1"]),
        status=st.sampled_from([(), ("HEAD",), ("HEAD", "STATE")]),
        other=st.sampled_from([{"PBN": "A1B1"}, {"PBN": "A1", "RMK": "ok", "NAV": "RNVE"}]),
        operator=_texts(),
        pilot=_texts(),
        colour=_texts(),
        radio=st.sampled_from(["", "E", "EVU"]),
        survival=st.sampled_from(["", "M", "JP"]),
        jackets=st.sampled_from(["", "L", "UF"]),
        dinghies=st.integers(0, 3),
        dinghy_capacity=st.integers(0, 99),
        dinghy_cover=st.booleans(),
        dinghy_colour=st.sampled_from(["", "orange"]),
        remark=_texts(),
    )


@settings(max_examples=150)
@given(
    legs(), _asked(), st.booleans(), st.sampled_from([None, 1, 137, 1200]),
    st.sampled_from([(), ("RKSW",), ("a field, north", "UHWW"), ("XX-12", "Ж", "RKSI")]),
    st.sampled_from(["", "IL62"]), st.sampled_from([None, "M"]),
    st.sampled_from([None, True, False]),
)  # fmt: skip
def test_every_message_that_is_written_passes_the_grammar(
    leg: Leg,
    asked: FlightPlanAsked,
    metric: bool,
    persons: int | None,
    alternates: tuple[str, ...],
    designator: str,
    wake: str | None,
    rvsm: bool | None,
) -> None:
    card = _card().model_copy(update={"designator": designator, "wake": wake})
    # PBN/ goes with equipment R, and W with the approval: the journey says both or neither.
    if "R" not in (asked.equipment or ""):
        asked = asked.model_copy(update={"other": {"RMK": "NIL"}})
    if rvsm is False and "W" in (asked.equipment or ""):
        rvsm = True
    wanted = FlightPlanWanted(asked, persons, alternates, metric, rvsm)
    message = flight_plan_message(leg, card, wanted)
    assert check_message(message.text) == ()


@given(legs(), st.booleans())
def test_the_filed_points_follow_the_track_and_are_never_far_apart(leg: Leg, metric: bool) -> None:
    route = filed_route(leg, metric=metric)
    main = leg.main
    at = [0.0, *(at for _, at in route.points), main.total_m]
    # Doc 4444: not more than 370 km apart; merged points lie within a minute of arc.
    assert max(b - a for a, b in itertools.pairwise(at)) <= 370_000.0 + 4_000.0
    for text, metres in route.points:
        lon, lat = main.position(metres)
        said = _read(text)
        assert float(distance_m(lat, lon, said[0], said[1])) < 1_400.0


def _read(text: str) -> tuple[float, float]:
    north, east = text[4] == "N", text[10] == "E"
    lat, lon = int(text[:2]) + int(text[2:4]) / 60, int(text[5:8]) + int(text[8:10]) / 60
    return (lat if north else -lat), (lon if east else -lon)


def test_a_step_climb_is_filed_where_it_begins() -> None:
    route = filed_route(drawn_leg(length_m=3e6, levels_m=(9_449.0, 10_668.0)), metric=False)
    # 9,449 m is FL310, 10,668 m FL350; 230 m/s are 447 kt.
    assert route.text.startswith("N0447F310 DCT ")
    assert route.text.count("/N0447F350") == 1
    assert route.highest_m == pytest.approx(10_668.0)


def test_minutes_that_round_to_sixty_carry_over() -> None:
    assert coordinates(41.9999, 129.9999) == "4200N13000E"
    assert coordinates(-0.01, -179.9999) == "0001S18000W"


def test_times_and_day_are_those_of_the_leg_in_utc() -> None:
    leg = drawn_leg(depart_s=1_518_220_790.0)  # 2018-02-09T23:59:50Z: to the nearest minute
    fields = flight_plan_message(leg, _card(), FlightPlanWanted(FlightPlanAsked())).fields
    assert fields["13"] == "ZKPY0000"
    assert "DOF/180210" in fields["18"]
    took_off = next(e.time_utc for e in leg.timeline if e.kind == "take-off")
    landed = next(e.time_utc for e in leg.timeline if e.kind == "landing")
    parsed = parse_message(
        flight_plan_message(leg, _card(), FlightPlanWanted(FlightPlanAsked())).text
    )
    assert parsed.elapsed_min == int(np.ceil((landed - took_off) / 60))


def test_what_nobody_stated_is_listed() -> None:
    leg = drawn_leg(call_sign="", registration="")
    message = flight_plan_message(leg, _card(), FlightPlanWanted(FlightPlanAsked()))
    told = " ".join(message.assumed)
    for what in ("identification", "equipment", "REG/", "endurance", "alternate", "pilot"):
        assert what in told
    stated = FlightPlanAsked(
        equipment="S", surveillance="C", radio="V", colour="white", pilot="commander",
        endurance="5 h",
    )  # fmt: skip
    message = flight_plan_message(
        drawn_leg(levels_m=(9_144.0,)), _card(), FlightPlanWanted(stated, 5, ("RKSW",))
    )
    assert message.assumed == ()


def test_a_call_sign_too_long_is_refused_with_its_place() -> None:
    with pytest.raises(InputError, match="more than 7") as caught:
        flight_plan_message(
            drawn_leg(call_sign="KORYO 615 HEAVY"),
            _card(),
            FlightPlanWanted(FlightPlanAsked(), where="trip.yaml:4: air"),
        )
    assert caught.value.where == "trip.yaml:4: air"


def test_equipment_r_without_pbn_is_refused() -> None:
    with pytest.raises(InputError, match="PBN"):
        flight_plan_message(drawn_leg(), _card(), FlightPlanWanted(FlightPlanAsked(equipment="SR")))


@pytest.mark.parametrize(
    "other", [{"STS": "HEAD"}, {"PBN": "Z9"}, {"RMK": "a/b"}, {"CODE": "12"}, {"NAV": ""}]
)
def test_an_indicator_that_cannot_be_sent_is_refused(other: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"/ cannot be|no indicator"):
        FlightPlanAsked(other=other)
