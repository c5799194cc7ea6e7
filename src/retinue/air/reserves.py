"""Rule sets for the fuel left in the tanks, and what each item comes to on a flight."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from retinue.air.trajectory import trajectory
from retinue.document import read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration, Length, Ratio
from retinue.world.catalogue import SHIPPED, shown_as

if TYPE_CHECKING:
    from retinue.air.aircraft import EngineKind
    from retinue.air.performance import Performance
    from retinue.air.profile import Profile

__all__ = [
    "DEFAULT_RULES",
    "RESERVE_ITEMS",
    "ReserveFuel",
    "ReserveNeed",
    "ReserveRules",
    "known_rules",
    "load_rules",
]

DEFAULT_RULES = "icao"
LUMP_RULES = "type-card"

#: Items of the fuel that a flight does not mean to burn.
RESERVE_ITEMS = ("contingency", "alternate", "final reserve", "extra", "reserve")


class ReserveRules(SourcedRecord):
    """A rule set.

    `final` is holding at `holding_height` above the aerodrome, by engine.  Where no alternate
    is within reach the destination is isolated: `isolated` at cruise consumption, or, where it
    is less, `isolated_final` and `isolated_share` of the time in cruise.
    """

    title: str
    contingency_share: Ratio = Field(ge=0.0, le=1.0)
    contingency_least: Duration = Field(ge=0.0, description="holding")
    holding_height: Length = Field(default=457.2, ge=0.0)
    alternate: bool = True
    lump: bool = Field(default=False, description="the type card's reserve in place of items")
    final: dict[Literal["jet", "turboprop", "piston", "helicopter"], Duration]
    isolated: dict[Literal["jet", "turboprop", "piston", "helicopter"], Duration] = Field(
        default_factory=dict
    )
    isolated_final: dict[Literal["jet", "turboprop", "piston", "helicopter"], Duration] = Field(
        default_factory=dict
    )
    isolated_share: dict[Literal["jet", "turboprop", "piston", "helicopter"], Ratio] = Field(
        default_factory=dict
    )
    remark: str = ""


class RulesFile(Record):
    """The file of rule sets."""

    retinue_reserves: Literal[1]
    sources: dict[str, str]
    rule_sets: dict[str, ReserveRules]


@cache
def _file() -> RulesFile:
    path = Path(SHIPPED) / "reserves.yaml"
    return validate(read_yaml(path, shown_as(path)), RulesFile)


def known_rules() -> list[str]:
    """Return the names of the rule sets."""
    return sorted(_file().rule_sets)


def rule_source(rules: ReserveRules) -> str:
    """Return the text of a rule set's source."""
    return _file().sources[rules.source]


def load_rules(name: str | None, engine: EngineKind, where: str = "") -> ReserveRules:
    """Return a rule set, ICAO's where None.

    Raises
    ------
    InputError
        Where there is none of that name, or it does not hold for the engine.
    """
    sets = _file().rule_sets
    wanted = DEFAULT_RULES if name is None else name
    if wanted not in sets:
        raise InputError(
            f'there is no rule set "{wanted}" for reserves',
            where=where,
            cure=suggest(wanted, sets) or f"Known: {', '.join(sorted(sets))}.",
        )
    if engine not in sets[wanted].final:
        raise InputError(
            f'the rule set "{wanted}" ({sets[wanted].title}) holds for no {engine} aircraft',
            where=where,
            cure="Holding for it: "
            + ", ".join(sorted(k for k, rules in sets.items() if engine in rules.final))
            + ".",
        )
    return sets[wanted]


@dataclass(frozen=True)
class ReserveFuel:
    """Fuel left in the tanks at the stand, by item; kg."""

    contingency_kg: float = 0.0
    alternate_kg: float = 0.0
    final_kg: float = 0.0
    extra_kg: float = 0.0
    lump_kg: float = 0.0

    @property
    def total_kg(self) -> float:
        """All of it."""
        parts = (self.contingency_kg, self.alternate_kg, self.final_kg, self.extra_kg)
        return sum(parts) + self.lump_kg

    def items(self) -> dict[str, float]:
        """Return the items by name, without those that are nothing."""
        values = (
            self.contingency_kg,
            self.alternate_kg,
            self.final_kg,
            self.extra_kg,
            self.lump_kg,
        )
        return {name: kg for name, kg in zip(RESERVE_ITEMS, values, strict=True) if kg > 0.0}


@dataclass(frozen=True, eq=False)
class ReserveNeed:
    """What a rule set asks for on one flight, as far as the trip does not matter.

    Parameters
    ----------
    alternate
        Flight from the destination to the alternate; None: none is in reach.
    ground_m
        Elevation of the destination.
    """

    rules: ReserveRules
    alternate: Profile | None = None
    ground_m: float = 0.0

    def fuel(
        self, performance: Performance, empty_kg: float, cruise_s: float
    ) -> tuple[ReserveFuel, float, float]:
        """Return the reserve without contingency, its share of the trip and its least.

        Parameters
        ----------
        empty_kg
            Mass with no fuel but that for taxiing in.
        cruise_s
            Time in cruise, for the rule of isolated aerodromes.
        """
        rules, card = self.rules, performance.card
        if rules.lump:
            return ReserveFuel(lump_kg=card.reserve), 0.0, 0.0
        final = _held(performance, empty_kg, self.ground_m, rules, rules.final[card.engine])
        if not rules.alternate:
            fuel = ReserveFuel(final_kg=final)
        elif self.alternate is not None:
            landing = empty_kg + final
            burnt = trajectory(performance, self.alternate, lambda _: landing).burnt_kg
            fuel = ReserveFuel(final_kg=final, alternate_kg=sum(burnt))
        else:
            isolated = self._isolated(performance, empty_kg + final, cruise_s, final)
            fuel = ReserveFuel(final_kg=final, extra_kg=isolated)
        arriving = empty_kg + fuel.total_kg
        least = _held(performance, arriving, self.ground_m, rules, rules.contingency_least)
        return fuel, rules.contingency_share, least

    def _isolated(
        self, performance: Performance, mass_kg: float, cruise_s: float, final_kg: float
    ) -> float:
        """Return what an isolated aerodrome asks for beyond the final reserve."""
        rules, card = self.rules, performance.card
        altitude = card.cruise_altitude
        seconds = rules.isolated.get(card.engine, 0.0)
        flow = float(
            performance.fuel_flow_kgps(mass_kg, performance.cruise_mps(altitude), altitude, 0.0)
        )
        if card.engine in rules.isolated_share:
            other = rules.isolated_final.get(card.engine, 0.0)
            seconds = min(seconds, other + rules.isolated_share[card.engine] * cruise_s)
        return max(flow * seconds - final_kg, 0.0)


def _held(
    performance: Performance, mass_kg: float, ground_m: float, rules: ReserveRules, seconds: float
) -> float:
    """Return the fuel for holding, at the mass in the middle of it."""
    altitude = ground_m + rules.holding_height
    burnt = 0.0
    for _ in range(3):
        middle = mass_kg + burnt / 2
        speed = performance.holding_mps(middle, altitude)
        burnt = seconds * float(performance.fuel_flow_kgps(middle, speed, altitude, 0.0))
    return burnt
