"""Rolling stock of OSRD's RailJSON, version 3.2: a whole train and its efforts by mode.

================================  ========================================================
RailJSON                          here
================================  ========================================================
``length`` ``mass``               m, kg, of the whole train
``rolling_resistance`` A, B, C    N, N/(m/s), N/(m/s)2 of the whole train (its type ``davis``)
``inertia_coefficient``           rotating mass factor
``gamma``                         braking: CONST, whatever the gradient does, in m/s2; MAX,
                                  the rate of a brake force to which gradient and resistance
                                  add themselves
``comfort_acceleration``          greatest acceleration
``effort_curves.modes``           tractive effort by power system; a mode that is not electric
                                  is the train's own power
================================  ========================================================

What RailJSON has and the equation of motion here has not is kept on the record and told in
`RailjsonStock.not_used`, never dropped in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retinue.errors import InputError
from retinue.json_document import JsonValue, read_json
from retinue.rail.dynamics import BrakingForce, ConstantBraking, TractiveEffort, TrainDynamics
from retinue.world.railjson_document import LOADING_GAUGES, check_version, power_system
from retinue.world.track_limits import TrainLimits

__all__ = [
    "STOCK_VERSION",
    "EffortCondition",
    "EffortMode",
    "RailjsonStock",
    "is_railjson_stock",
    "read_rolling_stock",
]

STOCK_VERSION = "3.2"
COMFORT = ("STANDARD", "AIR_CONDITIONING", "HEATING")
_THERMAL = "diesel"
"""What a mode without wire is here; RailJSON calls any of them ``thermal``."""


@dataclass(frozen=True)
class EffortCondition:
    """When a curve holds; None: whatever it is."""

    comfort: str | None = None
    electrical_profile_level: str | None = None
    power_restriction_code: str | None = None


@dataclass(frozen=True, eq=False)
class EffortMode:
    """Efforts on one supply.

    Attributes
    ----------
    name
        RailJSON's: ``25000V``, ``thermal``.
    system
        The power system here.
    curves
        In the file's order; the first whose condition holds is used, else ``default``.
    """

    name: str
    system: str
    is_electric: bool
    default: TractiveEffort
    curves: tuple[tuple[EffortCondition, TractiveEffort], ...] = ()

    def effort(self, condition: EffortCondition | None = None) -> TractiveEffort:
        """Return the curve for a state of the train; without one the default curve.

        A curve's condition holds where each of its words is None or the state's own; of
        those the one with the most words.
        """
        if condition is None:
            return self.default
        best: tuple[int, TractiveEffort] | None = None
        for known, curve in self.curves:
            pairs = (
                (known.comfort, condition.comfort),
                (known.electrical_profile_level, condition.electrical_profile_level),
                (known.power_restriction_code, condition.power_restriction_code),
            )
            if all(own is None or own == asked for own, asked in pairs):
                words = sum(own is not None for own, _ in pairs)
                if best is None or words > best[0]:
                    best = (words, curve)
        return self.default if best is None else best[1]


@dataclass(frozen=True, eq=False)
class RailjsonStock:
    """A train as RailJSON describes it.

    Attributes
    ----------
    modes
        By RailJSON's name.
    default_mode
        Name of the mode that the file puts first.
    braking
        As `TrainDynamics` takes it.
    not_used
        (what, value) of the file that the running time leaves out.
    """

    name: str
    length_m: float
    mass_kg: float
    max_speed_mps: float
    rotating_mass_factor: float
    davis_a_n: float
    davis_b_n_per_mps: float
    davis_c_n_per_mps2: float
    braking: ConstantBraking | BrakingForce
    comfort_acceleration_mps2: float
    startup_acceleration_mps2: float
    startup_time_s: float
    loading_gauge: str
    modes: dict[str, EffortMode]
    default_mode: str
    signaling_systems: tuple[str, ...] = ()
    power_restrictions: tuple[tuple[str, str], ...] = ()
    not_used: tuple[tuple[str, str], ...] = ()

    @property
    def power_systems(self) -> tuple[str, ...]:
        """Power systems on which it pulls, in order."""
        return tuple(sorted({mode.system for mode in self.modes.values()}))

    @property
    def self_powered(self) -> bool:
        """Whether it has a mode that needs no wire."""
        return any(not mode.is_electric for mode in self.modes.values())

    def dynamics(self, condition: EffortCondition | None = None) -> TrainDynamics:
        """Return the whole-train values of the running time.

        Parameters
        ----------
        condition
            Comfort, supply level and power restriction; without it the default curves.
        """
        return TrainDynamics(
            name=self.name,
            length_m=self.length_m,
            mass_kg=self.mass_kg,
            rotating_mass_factor=self.rotating_mass_factor,
            davis_a_n=self.davis_a_n,
            davis_b_n_per_mps=self.davis_b_n_per_mps,
            davis_c_n_per_mps2=self.davis_c_n_per_mps2,
            effort={mode.system: mode.effort(condition) for mode in self.modes.values()},
            max_speed_mps=self.max_speed_mps,
            braking=self.braking,
            max_acceleration_mps2=self.comfort_acceleration_mps2 or None,
        )

    def limits(self, *, reversal_s: float | None = 900.0) -> TrainLimits:
        """Return what a route search has to know of it; gauge and axle load are not told.

        Parameters
        ----------
        reversal_s
            Time to change ends, of which RailJSON says nothing; None: it cannot.
        """
        return TrainLimits(
            power_systems=tuple(m.system for m in self.modes.values() if m.is_electric),
            self_powered=self.self_powered,
            length_m=self.length_m,
            fitting_loading_gauges=(self.loading_gauge,),
            max_speed_mps=self.max_speed_mps,
            reversal_s=reversal_s,
            name=self.name,
        )


def is_railjson_stock(path: Path) -> bool:
    """Return whether a file looks like RailJSON rolling stock, of any version and state."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False
    return text.lstrip().startswith("{") and '"effort_curves"' in text


def read_rolling_stock(path: Path) -> RailjsonStock:
    """Read a rolling stock file.

    Raises
    ------
    InputError
        With the file and the path in it: another version, a value missing or out of bounds.
    """
    root = read_json(path)
    notes: list[tuple[str, str]] = []
    check_version(root, "railjson_version", STOCK_VERSION)
    resistance = root["rolling_resistance"]
    resistance["type"].choice(("davis",))
    mass = root["mass"].number(above=0.0)
    inertia = root["inertia_coefficient"].number(least=1.0)
    curves = root["effort_curves"]
    modes = {name: _mode(name, item) for name, item in curves["modes"].members().items()}
    if not modes:
        raise curves["modes"].error("a train has at least one mode")
    systems: dict[str, str] = {}
    for name, mode in modes.items():
        if mode.system in systems:
            raise curves["modes"].error(
                f'the modes "{systems[mode.system]}" and "{name}" are the same supply'
            )
        systems[mode.system] = name
    gauge = root["loading_gauge"].choice(LOADING_GAUGES)
    restrictions = root.get("power_restrictions")
    signaling = root.get("supported_signaling_systems")
    for key in ("startup_time", "startup_acceleration", "electrical_power_startup_time",
                "raise_pantograph_time", "energy_sources", "base_power_class"):  # fmt: skip
        kept = root.get(key)
        if kept is not None and kept.value not in ([], 0):
            notes.append((key, str(kept.value) if not isinstance(kept.value, list)
                          else f"{len(kept.value)} of them"))  # fmt: skip
    return RailjsonStock(
        name=root["name"].text(),
        length_m=root["length"].number(above=0.0),
        mass_kg=mass,
        max_speed_mps=root["max_speed"].number(above=0.0),
        rotating_mass_factor=inertia,
        davis_a_n=resistance["A"].number(least=0.0),
        davis_b_n_per_mps=resistance["B"].number(least=0.0),
        davis_c_n_per_mps2=resistance["C"].number(least=0.0),
        braking=_braking(root["gamma"], mass * inertia),
        comfort_acceleration_mps2=root["comfort_acceleration"].number(least=0.0),
        startup_acceleration_mps2=root["startup_acceleration"].number(least=0.0),
        startup_time_s=root["startup_time"].number(least=0.0),
        loading_gauge=gauge,
        modes=modes,
        default_mode=curves["default_mode"].choice(tuple(modes)),
        signaling_systems=tuple(i.text() for i in signaling.items()) if signaling else (),
        power_restrictions=(
            tuple((key, item.text()) for key, item in restrictions.members().items())
            if restrictions
            else ()
        ),
        not_used=tuple(notes),
    )


def _braking(gamma: JsonValue, inertial_mass_kg: float) -> ConstantBraking | BrakingForce:
    rate = gamma["value"].number(above=0.0)
    if gamma["type"].choice(("CONST", "MAX")) == "CONST":
        return ConstantBraking(rate)
    # OSRD: the force is mass x inertia x gamma, and the resistances come on top.
    return BrakingForce(np.zeros(1), np.array([rate * inertial_mass_kg]))


def _mode(name: str, item: JsonValue) -> EffortMode:
    electric = item["is_electric"].flag()
    system = power_system(name) if electric else _THERMAL
    if system is None:
        raise item.error(
            f'"{name}" is no voltage of a railway known here',
            cure="Electric modes are named by their voltage, e.g. 25000V, 15000V, 3000V, 1500V.",
        )
    return EffortMode(
        name,
        system,
        electric,
        _curve(item["default_curve"]),
        tuple(
            (_condition(row.get("cond")), _curve(row["curve"])) for row in item["curves"].items()
        ),
    )


def _condition(item: JsonValue | None) -> EffortCondition:
    if item is None:
        return EffortCondition()
    comfort, level = item.get("comfort"), item.get("electrical_profile_level")
    code = item.get("power_restriction_code")
    return EffortCondition(
        comfort.choice(COMFORT) if comfort else None,
        level.text() if level else None,
        code.text() if code else None,
    )


def _curve(item: JsonValue) -> TractiveEffort:
    speeds = [value.number(least=0.0) for value in item["speeds"].items()]
    efforts = [value.number(least=0.0) for value in item["max_efforts"].items()]
    try:
        return TractiveEffort(np.array(speeds), np.array(efforts))
    except InputError as error:
        raise item.error(error.message, error.cure) from error
