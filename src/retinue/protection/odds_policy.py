"""How a journey may be varied, and what its observer is able to see."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from retinue.document import read_yaml, validate
from retinue.errors import InputError
from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration, Length, Ratio
from retinue.world.catalogue import find_file, known_names, shown_as

__all__ = ["OddsPolicy", "known_odds_policies", "load_odds_policy"]

KIND = "odds"
_KEY = "retinue odds"


class Departure(SourcedRecord):
    """The window of departures, counted from the plan's own."""

    earlier: Duration = Field(ge=0, le=30 * 86_400)
    later: Duration = Field(ge=0, le=30 * 86_400)
    slot: Duration = Field(ge=60, le=86_400)


class Observer(SourcedRecord):
    """What one guess names: a square and a bin of time."""

    cell: Length = Field(ge=100, le=500_000)
    bin: Duration = Field(ge=60, le=86_400)


class EndZones(SourcedRecord):
    """Where the journey cannot be hidden."""

    radius: Length = Field(ge=0, le=500_000)
    known_stay: Duration = Field(gt=0, description="who stays so long is known to be there")
    also: tuple[str, ...] = Field(default=(), description="names of places of the plan")


class LookAlikes(SourcedRecord):
    """What looks alike, where it is not to be read from the plan's vehicles."""

    trains: tuple[Literal["advance", "following", "pilot", "spare"], ...] = ()
    cars: int | None = Field(default=None, ge=1, le=20, description="the real one included")
    aircraft: int | None = Field(default=None, ge=1, le=20)


class Cost(SourcedRecord):
    """What the variety may cost."""

    extra_at_most: Ratio | None = Field(default=None, ge=0, description="of the plan's own cost")
    hour_of_shift: float = Field(default=0.0, ge=0, le=1e12, description="base currency")


class StrategyLimits(SourcedRecord):
    """Limits on the mix itself."""

    cap: Ratio = Field(default=1.0, gt=0, le=1)


class OddsPolicy(Record):
    """The whole of it."""

    retinue_odds: Literal[1]
    title: str
    departure: Departure
    observer: Observer
    end_zones: EndZones
    look_alikes: LookAlikes
    cost: Cost
    strategy: StrategyLimits

    @model_validator(mode="after")
    def _countable(self) -> OddsPolicy:
        slots = (self.departure.earlier + self.departure.later) / self.departure.slot
        if slots > 1000:
            raise ValueError("more than 1000 slots; take longer slots or a shorter window")
        return self

    def shifts_s(self) -> tuple[float, ...]:
        """Return the shifts of the departure, the earliest first; nought is one of them."""
        slot = self.departure.slot
        before = int(self.departure.earlier / slot + 1e-9)
        after = int(self.departure.later / slot + 1e-9)
        return tuple(slot * number for number in range(-before, after + 1))

    def assumed(self) -> list[str]:
        """Return ``part: value`` of all that nobody published."""
        parts = {
            "departure": self.departure, "observer": self.observer, "end zones": self.end_zones,
            "look alikes": self.look_alikes, "cost": self.cost, "strategy": self.strategy,
        }  # fmt: skip
        return [f"{name}: {value}" for name, part in parts.items() for value in part.assumed()]


def known_odds_policies(folder: Path | None = None) -> list[str]:
    """Return the names that the catalogues hold."""
    return known_names(KIND, folder)


def load_odds_policy(
    name: str = "standard", folder: Path | None = None, *, where: str = ""
) -> OddsPolicy:
    """Load it by name or path.

    Raises
    ------
    InputError
        Where there is none of that name, or any fault in it.
    """
    path = find_file(KIND, name, folder, what="policy of odds", where=where, begins=_KEY)
    node = read_yaml(path, shown_as(path))
    if not isinstance(node.value, dict) or _KEY not in node.value:
        raise InputError(
            "this is no policy of odds: it does not begin with a version",
            where=f"{node.file}:{node.line}",
            cure=f'Begin it with "{_KEY}: 1".',
        )
    return validate(node, OddsPolicy)
