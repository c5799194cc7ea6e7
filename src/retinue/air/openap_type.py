"""Aircraft types that the package openap models (extra ``air``; LGPL, called and not copied).

Drag, engines and fuel flow are openap's; speeds and vertical rates are the medians that its
kinematic model took from observed flights.  What openap does not know is filled by rules of
thumb, each marked assumed with its ground.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retinue.air.aircraft import AircraftCard
from retinue.air.atmosphere import density_ratio, speed_of_sound_mps, true_from_calibrated_mps
from retinue.air.performance import limited_below_mps
from retinue.document import suggest
from retinue.errors import InputError
from retinue.sourced import Basis, Confidence
from retinue.units import SI

if TYPE_CHECKING:
    from retinue.air.performance import Performance

__all__ = [
    "OpenapPerformance",
    "is_openap",
    "known_openap_types",
    "load_openap",
    "openap_here",
    "whole_models",
]

Floats = NDArray[np.float64]

PREFIX = "openap:"

_FOOT_M = 0.3048
_KNOT_MPS = 1852 / 3600
_FPM_MPS = 0.3048 / 60
_GRAVITY = 9.80665
_SEA_DENSITY = 1.225
_FINAL_M = 900.0
_LEAST_CLIMB_MPS = 300 * _FPM_MPS
# Field length over landing speed squared, 0.3 ft/kt^2 (Loftin, NASA RP-1060, chapter 3).
_LANDING_S2_PER_M = 0.3 * 0.3048 / _KNOT_MPS**2
_TAKE_OFF_FACTOR = 1.3
_HEAVIEST_LIGHT_KG, _HEAVIEST_MEDIUM_KG = 7_000.0, 136_000.0

_TEXTS = {
    "openap": "OpenAP, open aircraft performance model, version {version} (LGPL-3.0)",
    "observed": "OpenAP's kinematic model (WRAP): medians of observed flights",
    "loftin": "landing field length by approach speed (Loftin, NASA RP-1060, chapter 3)",
    "observed-field": "1.3 times the median take-off distance observed: 1.15 of CS-25.113, and the"
    " greatest mass",
    "rule": "planning rule of this project for a type of openap",
    "wake": "wake category by mass (ICAO Doc 4444, 4.9.1)",
}


def openap_here() -> bool:
    """Return whether openap is installed, without importing it."""
    return find_spec("openap") is not None


def is_openap(name: str) -> bool:
    """Return whether a name says that it means a type of openap."""
    return name.lower().startswith(PREFIX)


@contextmanager
def _quiet() -> Iterator[None]:
    # Its warnings on synonyms are told as assumptions of the plan.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@cache
def _openap() -> Any:
    """Import openap.

    Raises
    ------
    InputError
        Where it is not installed, with the command that installs it.
    """
    if not openap_here():
        raise InputError(
            "aircraft types of openap need the package openap, which is not installed",
            cure="Install it with: pip install 'retinue[air]'",
        )
    with _quiet():
        import openap
    return openap


@cache
def known_openap_types() -> dict[str, str]:
    """Return the types with a model of their own or a synonym: designator to the model's.

    Empty where openap is not installed.
    """
    if not openap_here():
        return {}
    prop = _openap().prop
    own = {name.upper(): name.upper() for name in prop.available_aircraft()}
    pairs = zip(prop.aircraft_synonym.orig, prop.aircraft_synonym.new, strict=True)
    other = {str(a).strip().upper(): str(b).strip().upper() for a, b in pairs}
    return dict(sorted((other | own).items()))


@cache
def whole_models() -> frozenset[str]:
    """Return the types of which no part is borrowed from another."""
    openap, found = _openap(), []
    for code in (code for code, model in known_openap_types().items() if code == model):
        try:
            openap.Drag(code, use_synonym=False)
            openap.WRAP(code, use_synonym=False)
        except ValueError:
            continue
        found.append(code)
    return frozenset(found)


@dataclass(frozen=True)
class _Speeds:
    """Medians of observed flights: CAS and Mach, vertical rates, and heights between them."""

    climb_cas_mps: float
    climb_mach: float
    first_climb_mps: float
    climb_rates_mps: tuple[float, float, float]
    climb_heights_m: tuple[float, float]
    cruise_mach: float
    descent_cas_mps: float
    descent_mach: float
    descent_rates_mps: tuple[float, float, float]
    descent_heights_m: tuple[float, float]
    final_cas_mps: float


def _speeds(wrap: Any) -> _Speeds:
    def value(what: str) -> float:
        return float(getattr(wrap, what)()["default"])

    return _Speeds(
        climb_cas_mps=value("climb_const_vcas"),
        climb_mach=value("climb_const_mach"),
        first_climb_mps=value("initclimb_vcas"),
        climb_rates_mps=(
            value("climb_vs_pre_concas"),
            value("climb_vs_concas"),
            value("climb_vs_conmach"),
        ),
        climb_heights_m=(
            1000 * value("climb_cross_alt_concas"),
            1000 * value("climb_cross_alt_conmach"),
        ),
        cruise_mach=value("cruise_mach"),
        descent_cas_mps=value("descent_const_vcas"),
        descent_mach=value("descent_const_mach"),
        descent_rates_mps=(
            -value("descent_vs_post_concas"),
            -value("descent_vs_concas"),
            -value("descent_vs_conmach"),
        ),
        descent_heights_m=(
            1000 * value("descent_cross_alt_concas"),
            1000 * value("descent_cross_alt_conmach"),
        ),
        final_cas_mps=value("finalapp_vcas"),
    )


@dataclass(frozen=True)
class OpenapPerformance:
    """Performance of a type by openap.

    Attributes
    ----------
    designator
        As asked for, e.g. ``A320``.
    borrowed
        Part of the model to the type or stand-in it is taken from.
    """

    designator: str
    card: AircraftCard
    borrowed: tuple[tuple[str, str], ...]
    _speeds: _Speeds = field(repr=False)
    _flow: Any = field(repr=False, compare=False)

    def _capped(self, cas_mps: float, mach: float, altitude_m: Floats) -> Floats:
        true = np.minimum(
            true_from_calibrated_mps(cas_mps, altitude_m), mach * speed_of_sound_mps(altitude_m)
        )
        return np.minimum(true, limited_below_mps(altitude_m))

    def cruise_mps(self, altitude_m: float) -> float:
        """Return the median Mach number of cruise, lower down the calibrated climb speed."""
        s = self._speeds
        return float(self._capped(s.climb_cas_mps, s.cruise_mach, np.array([altitude_m]))[0])

    def climb_mps(self, altitude_m: Floats) -> Floats:
        """Return the speed in climb: initial climb, constant CAS, constant Mach."""
        s = self._speeds
        speed = self._capped(s.climb_cas_mps, s.climb_mach, altitude_m)
        first = true_from_calibrated_mps(s.first_climb_mps, altitude_m)
        return np.where(altitude_m < _FINAL_M, np.minimum(first, speed), speed)

    def climb_rate_mps(self, altitude_m: Floats) -> Floats:
        """Return the median rates of climb below, at and above constant calibrated speed."""
        low, middle, high = self._speeds.climb_rates_mps
        first, second = self._speeds.climb_heights_m
        return np.where(altitude_m < first, low, np.where(altitude_m < second, middle, high))

    def descent_mps(self, altitude_m: Floats, ground_m: float) -> Floats:
        """Return the speed in descent; approach speed in the last 900 m."""
        s = self._speeds
        speed = self._capped(s.descent_cas_mps, s.descent_mach, altitude_m)
        final = true_from_calibrated_mps(s.final_cas_mps, altitude_m)
        return np.where(altitude_m - ground_m < _FINAL_M, np.minimum(speed, final), speed)

    def descent_rate_mps(self, altitude_m: Floats, ground_m: float) -> Floats:
        """Return the median rates of descent; on the approach that of three degrees."""
        low, middle, high = self._speeds.descent_rates_mps
        first, second = self._speeds.descent_heights_m
        rate = np.where(altitude_m < first, low, np.where(altitude_m < second, middle, high))
        glide = self.descent_mps(altitude_m, ground_m) * np.sin(np.radians(3.0))
        return np.where(altitude_m - ground_m < _FINAL_M, glide, rate)

    def fuel_flow_kgps(
        self, mass_kg: ArrayLike, true_mps: ArrayLike, altitude_m: ArrayLike, rise_mps: ArrayLike
    ) -> Floats:
        """Return openap's fuel flow."""
        mass, true, altitude, rise = np.broadcast_arrays(mass_kg, true_mps, altitude_m, rise_mps)
        return np.asarray(
            self._flow.enroute(
                mass=mass.astype(np.float64),
                tas=true / _KNOT_MPS,
                alt=altitude / _FOOT_M,
                vs=rise / _FPM_MPS,
            ),
            np.float64,
        )

    def holding_mps(self, mass_kg: float, altitude_m: float) -> float:
        """Return the speed of least drag by openap's polar; at most 250 kt low down."""
        polar = self._flow.drag.polar["clean"]
        lift = (polar["cd0"] / polar["k"]) ** 0.5
        area = self._flow.aircraft["wing"]["area"]
        density = _SEA_DENSITY * float(density_ratio(altitude_m))
        speed = (2 * mass_kg * _GRAVITY / (density * area * lift)) ** 0.5
        limits = limited_below_mps(np.array([altitude_m]))
        return float(min(speed, limits[0], self.cruise_mps(altitude_m)))

    @cached_property
    def _heights(self) -> tuple[Floats, Floats]:
        heights = np.arange(3_000.0, self.card.service_ceiling + 1.0, 50.0)
        return heights, self._capped(self._speeds.climb_cas_mps, self._speeds.cruise_mach, heights)

    def highest_m(self, mass_kg: float) -> float:
        """Return the altitude up to which climb thrust still gives 300 ft/min."""
        heights, speed = self._heights
        knots, feet = speed / _KNOT_MPS, heights / _FOOT_M
        thrust = self._flow.thrust.climb(tas=knots, alt=feet, roc=np.full(len(heights), 300.0))
        drag = self._flow.drag.clean(mass=np.full(len(heights), mass_kg), tas=knots, alt=feet)
        rate = (np.asarray(thrust) - np.asarray(drag)) * speed / (mass_kg * _GRAVITY)
        able = heights[rate >= _LEAST_CLIMB_MPS]
        return float(min(able[-1], self.card.service_ceiling)) if len(able) else 3_000.0


@cache
def load_openap(name: str, where: str = "") -> Performance:
    """Return a type of openap by its designator, with or without ``openap:``.

    Raises
    ------
    InputError
        Where openap is not installed or does not know the type.
    """
    openap = _openap()
    code = name[len(PREFIX) :] if is_openap(name) else name
    code = code.strip().upper()
    known = known_openap_types()
    if code not in known:
        raise InputError(
            f'openap knows no aircraft type "{code}"',
            where=where,
            cure=suggest(code, known) or f"It knows: {', '.join(known)}.",
        )
    with _quiet():
        try:
            flow = openap.FuelFlow(code, use_synonym=True)
            wrap = openap.WRAP(code, use_synonym=True)
        except ValueError as error:
            raise InputError(
                f"openap lacks a part of the model of {code}: {error}",
                where=where,
                cure="Take another type, or write a type card.",
            ) from error
    borrowed = _borrowed(openap, code, known[code], flow, wrap)
    return OpenapPerformance(
        code, _card(openap, code, flow, wrap, borrowed), borrowed, _speeds(wrap), flow
    )


def _borrowed(
    openap: Any, code: str, model: str, flow: Any, wrap: Any
) -> tuple[tuple[str, str], ...]:
    found = [] if model == code else [("airframe and engine", model)]
    polar = str(flow.drag.polar.get("aircraft", ""))
    with _quiet():
        try:
            openap.Drag(code, use_synonym=False)
        except ValueError:
            found.append(("drag", polar or "another type"))
    if str(wrap.ac).upper() != code:
        found.append(("speeds and rates", str(wrap.ac).upper()))
    return tuple(found)


def _card(
    openap: Any, code: str, flow: Any, wrap: Any, borrowed: tuple[tuple[str, str], ...]
) -> AircraftCard:
    """Return the facts that the rest of a plan needs, in the form of a type card."""
    data, speeds = flow.aircraft, _speeds(wrap)
    limits = data["limits"]
    empty, most, landing = (float(limits[k]) for k in ("OEW", "MTOW", "MLW"))
    ceiling = float(limits["ceiling"])
    altitude = min(1000.0 * float(wrap.cruise_alt()["default"]), ceiling)
    speed = float(speeds.cruise_mach * speed_of_sound_mps(altitude))
    mass = 0.85 * most
    with _quiet():
        level = float(flow.enroute(mass=mass, tas=speed / _KNOT_MPS, alt=altitude / _FOOT_M, vs=0))
    idle = float(flow.engine["ff_idl"]) * float(data["engine"]["number"])
    zero_fuel = 0.5 * (empty + landing) if landing < 1.1 * empty else landing - 0.04 * most
    zero_fuel = max(zero_fuel, empty)
    assumed = {
        "maximum zero fuel mass": "rule", "maximum payload": "rule", "reserve": "rule",
        "climb fuel factor": "rule", "descent fuel factor": "rule", "taxi fuel flow": "openap",
        "taxi out": "rule", "taxi in": "rule", "descent gradient": "rule",
        "take off length": "observed-field", "landing length": "loftin",
        "paved runway": "rule", "rvsm": "rule", "crosswind limit": "rule",
        "tailwind limit": "rule",
    }  # fmt: skip
    observed = ("cruise altitude", "cruise speed", "climb speed", "descent speed",
                "approach speed", "climb rate")  # fmt: skip
    how: Confidence = "assumed" if borrowed else "M"
    basis = {name: Basis(source=source, confidence="assumed") for name, source in assumed.items()}
    basis |= {name: Basis(source="observed", confidence=how) for name in observed}
    basis["wake"] = Basis(source="wake", confidence="H")
    if any(part != "speeds and rates" for part, _ in borrowed):
        basis |= {
            name: Basis(source="openap", confidence="assumed")
            for name in ("cruise fuel flow", "fuel flow mass")
        }
    texts = {
        key: text.format(version=openap.__version__ if hasattr(openap, "__version__") else "2")
        for key, text in _TEXTS.items()
    }
    payload = min(100.0 * float(data["pax"]["max"]), zero_fuel - empty)
    return AircraftCard(
        retinue_aircraft=1,
        name=f"{data['aircraft']}"
        if not _stands_in(borrowed)
        else f"{code} (as {data['aircraft']})",
        role="type of openap",
        source="openap",
        confidence="assumed" if _stands_in(borrowed) else "M",
        basis=basis,
        engine="jet",
        designator=code,
        wake=_wake(code, most),
        rvsm=ceiling > 29_000 * _FOOT_M,
        length=SI(data["fuselage"]["length"]),
        span=SI(data["wing"]["span"]),
        seats=int(data["pax"]["max"]),
        operating_empty_mass=SI(empty),
        maximum_take_off_mass=SI(most),
        maximum_landing_mass=SI(landing),
        maximum_zero_fuel_mass=SI(min(zero_fuel, most)),
        maximum_payload=SI(max(payload, 1.0)),
        fuel_capacity=SI(limits["MFC"]),
        reserve=SI(level * 2700.0),
        service_ceiling=SI(ceiling),
        cruise_altitude=SI(altitude),
        cruise_speed=SI(speed),
        climb_speed=SI(speeds.climb_cas_mps),
        descent_speed=SI(speeds.descent_cas_mps),
        approach_speed=SI(speeds.final_cas_mps),
        climb_rate=SI(speeds.climb_rates_mps[0]),
        descent_gradient=SI(0.052),
        cruise_fuel_flow=SI(level),
        fuel_flow_mass=SI(mass),
        climb_fuel_factor=1.9,
        descent_fuel_factor=0.35,
        taxi_fuel_flow=SI(idle),
        taxi_out=SI(720.0),
        taxi_in=SI(360.0),
        take_off_length=SI(_TAKE_OFF_FACTOR * 1000.0 * float(wrap.takeoff_distance()["default"])),
        landing_length=SI(_LANDING_S2_PER_M * speeds.final_cas_mps**2),
        paved_runway=True,
        crosswind_limit=SI(25 * _KNOT_MPS),
        tailwind_limit=SI(10 * _KNOT_MPS),
        sources=texts,
    )


def _stands_in(borrowed: tuple[tuple[str, str], ...]) -> bool:
    return any(part == "airframe and engine" for part, _ in borrowed)


def _wake(code: str, mass_kg: float) -> str:
    # Doc 4444, 4.9.1; Doc 8643 lists the A380-800 alone as J.
    if code == "A388":
        return "J"
    if mass_kg >= _HEAVIEST_MEDIUM_KG:
        return "H"
    return "L" if mass_kg <= _HEAVIEST_LIGHT_KG else "M"
