"""What a train uses and how it is served: ``services.yaml``, read and checked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from retinue.document import Node, read_yaml, validate
from retinue.errors import InputError
from retinue.provisioning.open_air import BandOfLatitude
from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration, Power, Ratio, Temperature, Volume
from retinue.world.catalogue import SHIPPED, shown_as, user_folder

__all__ = [
    "Climate",
    "CoachPower",
    "ServiceData",
    "ServiceKind",
    "Serving",
    "TankSize",
    "Use",
    "load_service_data",
]

ServiceKind = Literal["water", "waste", "refuse", "fuel", "ice", "linen"]

_Room = Annotated[Volume, Field(ge=0, le=100)]
_Some = Annotated[Volume, Field(gt=0, le=100)]
_Time = Annotated[Duration, Field(ge=0, le=30 * 86_400.0)]


class TankSize(SourcedRecord):
    """How much a coach of a role holds."""

    kind: ServiceKind
    of: str = Field(description='role of the coach, or "*" for every other')
    capacity: _Room


class Use(SourcedRecord):
    """What a person uses in a day, or a cover at table."""

    kind: ServiceKind
    by: Literal["person", "cover"]
    amount: _Room
    at: str = Field(default="", description="role of the coach; empty: where he lives")
    of: tuple[str, ...] = Field(default=(), description="groups; empty: every other")
    every: Annotated[Duration, Field(gt=0, le=60 * 86_400.0)] | None = Field(
        default=None, description="all at once after this time, and not evenly by the day"
    )


class Asleep(SourcedRecord):
    """How much less is used at night."""

    share: Annotated[Ratio, Field(ge=0, le=1)]


class Serving(SourcedRecord):
    """How a stop serves one kind."""

    kind: ServiceKind
    rate: _Some = Field(description="a minute and coach")
    fast: _Some | None = Field(default=None, description="a minute and coach, with fast pumps")
    at_once: int | Literal["*"] = "*"
    begins_after: _Time = 0.0
    least: Annotated[Ratio, Field(ge=0, lt=1)] = Field(description="kept in the tank")
    where: tuple[str, ...] = Field(description="words in the reason of a stop that can serve it")
    long_stop: _Time | None = Field(
        default=None, description="a stop this long can serve it whatever it is for"
    )


class CoachPower(SourcedRecord):
    """Electricity of a coach."""

    of: str
    load: Annotated[Power, Field(ge=0, le=5e6)]
    loss_per_kelvin: Annotated[Power, Field(ge=0, le=1e5)]


class Climate(SourcedRecord):
    """When coaches are heated and cooled."""

    heat_below: Temperature
    cool_above: Temperature
    inside: Temperature
    sun: Annotated[Temperature, Field(ge=0, le=40)]
    cooling_ratio: float = Field(gt=0, le=20)
    heating_ratio: float = Field(gt=0, le=20)
    fuel_per_kwh: _Some = Field(alias="fuel per kWh")


class ServiceData(Record):
    """The whole file."""

    retinue_services: Literal[1]
    sources: dict[str, str]
    tanks: tuple[TankSize, ...]
    use: tuple[Use, ...]
    asleep: Asleep
    serving: tuple[Serving, ...]
    homes: dict[str, tuple[str, ...]]
    power: tuple[CoachPower, ...]
    climate: Climate
    outside: tuple[BandOfLatitude, ...] = Field(
        default=(), description="air by latitude, in place of the file of the open air"
    )

    def tank(self, kind: ServiceKind, role: str) -> TankSize | None:
        """Return the tank of a coach by its role; None where such a coach has none."""
        sizes = [t for t in self.tanks if t.kind == kind and t.of in (role, "*")]
        best = min(sizes, key=lambda t: t.of != role, default=None)
        return None if best is None or best.capacity <= 0.0 else best

    def power_of(self, role: str) -> CoachPower:
        """Return the electricity of a coach by its role."""
        return min((p for p in self.power if p.of in (role, "*")), key=lambda p: p.of != role)


def load_service_data(path: Path | None = None) -> ServiceData:
    """Read a file of services; by default the user's own, else the shipped one.

    Raises
    ------
    InputError
        For a file that is missing or faulty.
    """
    if path is None:
        own = user_folder() / "services.yaml"
        path = own if own.is_file() else SHIPPED / "services.yaml"
    node = read_yaml(path, shown_as(path))
    if not isinstance(node.value, dict) or "retinue services" not in node.value:
        raise InputError(
            "this is not a file of services",
            where=f"{node.file}:{node.line}",
            cure='Begin it with "retinue services: 1".',
        )
    data = validate(node, ServiceData)
    _check(node, data)
    return data


def _check(node: Node, data: ServiceData) -> None:
    parts: dict[str, tuple[SourcedRecord, ...]] = {
        "tanks": data.tanks, "use": data.use, "serving": data.serving,
        "power": data.power, "outside": data.outside,
    }  # fmt: skip
    for part, records in parts.items():
        for at, record in enumerate(records):
            named = [record.source, *(basis.source for basis in record.basis.values())]
            for source in named:
                if source not in data.sources:
                    raise InputError(
                        f'the source "{source}" is not described under "sources"',
                        where=node.where((part, at)),
                        cure=f'Add "{source}: ..." to "sources".',
                    )
    if not any(p.of == "*" for p in data.power):
        raise InputError(
            'no power is given for "every other" coach',
            where=node.where(("power",)),
            cure="Add one with \"of: '*'\".",
        )
    for at, use in enumerate(data.use):
        if use.kind not in {s.kind for s in data.serving}:
            raise InputError(
                f'nothing says how "{use.kind}" is served',
                where=node.where(("use", at, "kind")),
                cure='Add it under "serving".',
            )
