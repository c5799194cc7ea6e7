"""Reserves by rule set: the items that ICAO Annex 6 lists, and what each comes to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retinue.air.aircraft import load_aircraft
from retinue.air.flight import fly
from retinue.air.fuel import plan_fuel
from retinue.air.performance import CardPerformance
from retinue.air.profile import Profile
from retinue.air.request import AirRequest
from retinue.air.reserves import ReserveNeed, known_rules, load_rules, rule_source
from retinue.errors import InputError, NoPlan
from retinue.world.countries import Countries

Make = Callable[..., AirRequest]
HOLD_M = 457.2  # 1,500 ft


def _profile(performance: CardPerformance, length_m: float) -> Profile:
    altitude = performance.card.cruise_altitude
    return Profile.between(performance, 0.0, 0.0, altitude).stretched(length_m)


@pytest.mark.parametrize("name", known_rules())
def test_every_rule_set_names_its_source(name: str) -> None:
    engine = "helicopter" if "helicopter" in name else "jet"
    rules = load_rules(name, engine)  # type: ignore[arg-type]
    assert rule_source(rules)
    assert rules.title


def test_icao_asks_for_contingency_alternate_and_half_an_hour_of_holding() -> None:
    # ICAO Annex 6 part I, 4.3.6.3: c) 5 % of the trip, d) alternate, e) 30 min at 1,500 ft.
    jet = CardPerformance(load_aircraft("il-62m"))
    to_alternate = _profile(jet, 500_000.0)
    need = ReserveNeed(load_rules("icao", "jet"), to_alternate)
    fuel = plan_fuel(jet, _profile(jet, 6_000_000.0), 10_000.0, need)
    items = fuel.items()
    assert items["contingency"] == pytest.approx(0.05 * fuel.trip_kg, rel=1e-6)
    empty = fuel.zero_fuel_kg + fuel.taxi_in_kg
    middle = empty + items["final reserve"] / 2
    flow = float(jet.fuel_flow_kgps(middle, jet.holding_mps(middle, HOLD_M), HOLD_M, 0.0))
    assert items["final reserve"] == pytest.approx(1_800.0 * flow, rel=1e-3)
    apart = plan_fuel(jet, to_alternate, 10_000.0, items["final reserve"])
    assert items["alternate"] == pytest.approx(apart.trip_kg, rel=1e-6)
    assert sum(items.values()) == pytest.approx(fuel.block_kg, rel=1e-9)


def test_a_short_trip_carries_five_minutes_of_holding_instead_of_5_percent() -> None:
    jet = CardPerformance(load_aircraft("il-62m"))
    need = ReserveNeed(load_rules("icao", "jet"), _profile(jet, 400_000.0))
    items = plan_fuel(jet, _profile(jet, 700_000.0), 5_000.0, need).items()
    # A sixth of the half hour, at the mass with all of the reserve still on board.
    assert items["contingency"] == pytest.approx(items["final reserve"] / 6, rel=0.1)
    assert items["contingency"] > items["final reserve"] / 6


def test_a_piston_engine_holds_45_minutes() -> None:
    piston = CardPerformance(load_aircraft("an-2"))
    need = ReserveNeed(load_rules("icao", "piston"), _profile(piston, 80_000.0))
    items = plan_fuel(piston, _profile(piston, 300_000.0), 400.0, need).items()
    flow = float(piston.fuel_flow_kgps(4_000.0, 50.0, HOLD_M, 0.0))
    assert items["final reserve"] == pytest.approx(45 * 60 * flow, rel=0.05)


def test_an_isolated_aerodrome_asks_a_jet_for_two_hours_at_cruise() -> None:
    # ICAO Annex 6 part I, 4.3.6.3 d) 4): two hours at normal cruise, final reserve included.
    jet = CardPerformance(load_aircraft("il-62m"))
    need = ReserveNeed(load_rules("icao", "jet"), None)
    fuel = plan_fuel(jet, _profile(jet, 3_000_000.0), 5_000.0, need)
    items = fuel.items()
    cruise = float(
        jet.fuel_flow_kgps(
            fuel.zero_fuel_kg + fuel.taxi_in_kg + items["final reserve"],
            jet.card.cruise_speed, jet.card.cruise_altitude, 0.0,
        )
    )  # fmt: skip
    assert items["extra"] + items["final reserve"] == pytest.approx(7_200 * cruise, rel=1e-6)
    assert "alternate" not in items


def test_the_lump_of_the_card_stays_available() -> None:
    jet = CardPerformance(load_aircraft("il-62m"))
    need = ReserveNeed(load_rules("type-card", "jet"))
    items = plan_fuel(jet, _profile(jet, 3_000_000.0), 5_000.0, need).items()
    assert items["reserve"] == jet.card.reserve
    assert set(items) == {"taxi out", "climb", "cruise", "descent", "taxi in", "reserve"}


def test_an_unknown_rule_set_or_one_for_other_engines_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        load_rules("icoa", "jet", "trip.yaml:9: air.reserves")
    assert "icao" in caught.value.cure
    assert caught.value.where == "trip.yaml:9: air.reserves"
    with pytest.raises(InputError, match="holds for no jet"):
        load_rules("icao-helicopter-vfr", "jet")


def test_the_nearest_aerodrome_that_will_do_becomes_the_alternate(
    request_for: Make, countries: Countries
) -> None:
    runs = fly(request_for("EDDF", "EGLL", "airbus-a340-300", payload_kg=20_000.0), countries)
    assert runs.diversion is not None
    assert runs.diversion.chosen
    assert 40_000.0 <= runs.diversion.distance_m < 200_000.0
    assert runs.diversion.landing.runway is not None


def test_a_named_alternate_is_kept_and_its_runway_checked(
    request_for: Make, countries: Countries
) -> None:
    request = request_for("ZKPY", "UHWW")
    assert request.aerodromes is not None
    good, short = (request.aerodromes.by_code(code) for code in ("UHHH", "KP-0003"))
    assert good is not None
    assert short is not None
    runs = fly(request_for("ZKPY", "UHWW", alternates=(good,)), countries)
    assert runs.diversion is not None
    assert (runs.diversion.aerodrome.code, runs.diversion.chosen) == ("UHHH", False)
    with pytest.raises(NoPlan) as caught:
        fly(request_for("ZKPY", "UHWW", alternates=(short,)), countries)
    assert {reason.kind for reason in caught.value.reasons} == {"runway"}
