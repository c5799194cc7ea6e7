"""Types of openap: their fuel against an integration of our own making, and what is borrowed.

The integrator below shares nothing with Retinue: it walks forward second by second with openap's
own conversions of speeds, from the take-off mass on, and burns what openap's fuel flow says.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from retinue.air import openap_type
from retinue.air.aircraft_type import load_performance
from retinue.air.fuel import fuel_limit_kg, plan_fuel
from retinue.air.openap_type import OpenapPerformance, known_openap_types, load_openap
from retinue.air.performance import CardPerformance
from retinue.air.profile import Profile
from retinue.errors import InputError

openap = pytest.importorskip("openap")

FOOT, KNOT = 0.3048, 1852 / 3600


class SecondBySecond:
    """A flight between aerodromes at sea level, one second after the other."""

    def __init__(self, code: str, altitude_m: float) -> None:
        self.flow, self.wrap = openap.FuelFlow(code), openap.WRAP(code)
        self.aero, self.top = openap.aero, altitude_m

    def _of(self, what: str) -> float:
        return float(getattr(self.wrap, what)()["default"])

    def speed(self, altitude: float, cas: float, mach: float) -> float:
        """True air speed: constant CAS, constant Mach above, 250 kt below 10,000 ft."""
        tas = min(self.aero.cas2tas(cas, altitude), self.aero.mach2tas(mach, altitude))
        if altitude < 10_000 * FOOT:
            # 250 kt of equivalent air speed: true speed by the root of the density.
            tas = min(tas, 250 * KNOT * (1.225 / self.aero.density(altitude)) ** 0.5)
        return float(tas)

    def climb(self, altitude: float) -> tuple[float, float]:
        cas = self._climb_cas
        if altitude < 900.0:
            cas = min(cas, self._first_cas)
        rate = self._climb_rates[int(np.searchsorted(self._climb_below, altitude, "right"))]
        return self.speed(altitude, cas, self._climb_mach), rate

    def descent(self, altitude: float) -> tuple[float, float]:
        if altitude < 900.0:
            tas = min(
                self.speed(altitude, self._descent_cas, self._descent_mach),
                self.speed(altitude, self._final_cas, 1.0),
            )
            return tas, -tas * np.sin(np.radians(3.0))
        rate = self._descent_rates[int(np.searchsorted(self._descent_below, altitude, "right"))]
        return self.speed(altitude, self._descent_cas, self._descent_mach), rate

    def trip_kg(self, length_m: float, take_off_kg: float) -> float:
        self._read()
        # The descent is walked first, to know where it must begin.
        down, altitude = 0.0, self.top
        while altitude > 0.0:
            tas, rate = self.descent(altitude)
            down += (tas**2 - rate**2) ** 0.5
            altitude += rate
        mass, at, altitude, phase = take_off_kg, 0.0, 0.0, "climb"
        rows = []
        while altitude > 0.0 or phase == "climb":
            if phase == "climb" and altitude >= self.top:
                phase = "cruise"
            if phase == "cruise" and at >= length_m - down:
                phase = "descent"
            if phase == "climb":
                tas, rate = self.climb(altitude)
            elif phase == "cruise":
                tas, rate = self.speed(self.top, self._climb_cas, self._cruise_mach), 0.0
            else:
                tas, rate = self.descent(altitude)
            rows.append((tas, max(altitude, 0.0), rate))
            at += (tas**2 - rate**2) ** 0.5
            altitude += rate
        tas, height, rate = np.array(rows).T
        # Openap is called with 50 s at once, the mass falling between: 50 s burn 0.1 per mille.
        for begin in range(0, len(tas), 50):
            some = slice(begin, begin + 50)
            flow = self.flow.enroute(
                mass=np.full(len(tas[some]), mass), tas=tas[some] / KNOT,
                alt=height[some] / FOOT, vs=rate[some] / FOOT * 60,
            )  # fmt: skip
            mass -= float(np.sum(flow))
        return take_off_kg - mass

    def _read(self) -> None:
        of = self._of
        self._climb_cas, self._climb_mach = of("climb_const_vcas"), of("climb_const_mach")
        self._first_cas, self._final_cas = of("initclimb_vcas"), of("finalapp_vcas")
        self._cruise_mach = of("cruise_mach")
        self._descent_cas, self._descent_mach = of("descent_const_vcas"), of("descent_const_mach")
        self._climb_below = (
            1000 * of("climb_cross_alt_concas"), 1000 * of("climb_cross_alt_conmach"),
        )  # fmt: skip
        self._climb_rates = (
            of("climb_vs_pre_concas"), of("climb_vs_concas"), of("climb_vs_conmach"),
        )  # fmt: skip
        self._descent_below = (
            1000 * of("descent_cross_alt_concas"), 1000 * of("descent_cross_alt_conmach"),
        )  # fmt: skip
        self._descent_rates = (
            of("descent_vs_post_concas"), of("descent_vs_concas"), of("descent_vs_conmach"),
        )  # fmt: skip


@pytest.mark.parametrize("code", ["A320", "B738", "E190", "A332", "B77W", "B789"])
@pytest.mark.parametrize("length_m", [700_000.0, 3_000_000.0])
def test_trip_fuel_is_within_3_percent_of_a_one_second_integration(
    code: str, length_m: float
) -> None:
    performance = load_openap(code)
    card = performance.card
    profile = Profile.between(performance, 0.0, 0.0, card.cruise_altitude).stretched(length_m)
    payload = 0.6 * card.maximum_payload
    fuel = plan_fuel(performance, profile, payload)
    assert fuel.block_kg <= fuel_limit_kg(card, payload)
    apart = SecondBySecond(code, card.cruise_altitude).trip_kg(length_m, fuel.take_off_mass_kg)
    assert fuel.trip_kg == pytest.approx(apart, rel=0.03)


def test_a_type_with_its_own_model_borrows_nothing_and_a_synonym_says_so() -> None:
    own, other = load_openap("openap:a320"), load_openap("SU95")
    assert isinstance(own, OpenapPerformance)
    assert isinstance(other, OpenapPerformance)
    assert own.borrowed == ()
    assert own.card.basis_of("maximum take off mass").confidence == "M"
    parts = dict(other.borrowed)
    # openap's table of synonyms: Superjet 100-95 as Embraer E170, its drag as the E175's.
    assert parts["airframe and engine"] == "E170"
    assert other.card.confidence == "assumed"


def test_a_part_that_is_borrowed_is_named() -> None:
    performance = load_openap("A20N")
    assert isinstance(performance, OpenapPerformance)
    # openap has a drag polar of the A320neo but takes its speeds from the A320.
    assert dict(performance.borrowed) == {"speeds and rates": "A320"}


def test_a_name_means_a_card_first_and_openap_where_there_is_none() -> None:
    assert isinstance(load_performance("il-62m"), CardPerformance)
    assert isinstance(load_performance("a320"), OpenapPerformance)
    assert isinstance(load_performance("openap:B744"), OpenapPerformance)
    with pytest.raises(InputError) as caught:
        load_performance("openap:A32", where="trip.yaml:4: air.aircraft")
    assert "A320" in caught.value.cure
    assert caught.value.where == "trip.yaml:4: air.aircraft"


def test_without_openap_one_sentence_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing: Any = lambda: False  # noqa: E731
    monkeypatch.setattr(openap_type, "openap_here", missing)
    monkeypatch.setattr("retinue.air.aircraft_type.openap_here", missing)
    openap_type._openap.cache_clear()
    known_openap_types.cache_clear()
    load_openap.cache_clear()
    try:
        for name in ("openap:A320", "a320"):
            with pytest.raises(InputError) as caught:
                load_performance(name)
            assert "pip install 'retinue[air]'" in caught.value.cure
    finally:
        openap_type._openap.cache_clear()
        known_openap_types.cache_clear()


def test_speeds_rates_and_flow_are_sound_for_every_type() -> None:
    for code in ("A319", "B744", "E190", "CRJ9", "C550", "GLF6"):
        performance = load_openap(code)
        card, height = performance.card, np.linspace(0.0, 11_000.0, 23)
        assert (performance.climb_rate_mps(height) > 0).all()
        assert (performance.descent_rate_mps(height, 0.0) > 0).all()
        assert (performance.climb_mps(height) > 50).all()
        heavy = float(performance.fuel_flow_kgps(card.maximum_take_off_mass, 220.0, 9_000.0, 0.0))
        light = float(performance.fuel_flow_kgps(card.operating_empty_mass, 220.0, 9_000.0, 0.0))
        assert heavy > light > 0.0
        assert performance.highest_m(card.operating_empty_mass) >= performance.highest_m(
            card.maximum_take_off_mass
        )
        low = performance.holding_mps(0.8 * card.maximum_take_off_mass, 457.2)
        assert 50.0 < low <= 250 * KNOT * 1.03
