"""Train files: which vehicles stand in which order, as people write it.

::

    retinue train: 1
    title: Special train of 21 coaches
    locomotives: [red-flag-1, red-flag-1]
    coaches:
      - {vehicle: kp-coach, role: guards, label: Guards}
      - {vehicle: kp-saloon, label: Saloon, principal: true, armour: 40 t}
    source: ...
    confidence: M
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from retinue.rail.rolling_stock import Role
from retinue.sourced import Confidence, Record, SourcedRecord
from retinue.units import Length, Mass

__all__ = ["TRAIN_VERSION", "Placement", "TrainFile"]

#: The version that stands in a train file as ``retinue train: 1``.
TRAIN_VERSION = 1


class Placement(Record):
    """One vehicle in its place, or several alike in a row."""

    vehicle: str = Field(description="name in the catalogue, path, or one of the train's own")
    id: str = ""
    label: str = ""
    role: Role | None = Field(default=None, description="the vehicle's own where unset")
    turned: bool = Field(default=False, description="stands back to front")
    principal: bool = Field(default=False, description="the principal travels here")
    armour: Mass | None = Field(default=None, ge=0, description="in place of the vehicle's own")
    armour_factor: float | None = Field(default=None, ge=1, le=3)
    load: Mass | None = Field(default=None, ge=0, description="in place of loaded mass less tare")
    repeat: int = Field(default=1, ge=1, le=100)
    source: str = ""
    confidence: Confidence | None = None

    @model_validator(mode="after")
    def _one_armour(self) -> Placement:
        if self.armour is not None and self.armour_factor is not None:
            raise ValueError("armour is given twice: as a mass and as a factor; keep one")
        return self


class TrainFile(SourcedRecord):
    """A train as its file describes it."""

    retinue_train: Literal[1]
    title: str = Field(min_length=1)
    gauge: Length | None = Field(
        default=None, description="it stands on; the vehicles' where unset"
    )
    locomotives: tuple[Placement, ...] = ()
    coaches: tuple[Placement, ...] = Field(min_length=1)
    own_vehicles: dict[str, dict[str, object]] = Field(
        default_factory=dict, description="vehicles that only this train has"
    )
    remark: str = ""

    @field_validator("locomotives", mode="before")
    @classmethod
    def _by_name(cls, value: object) -> object:
        if isinstance(value, list | tuple):
            return [{"vehicle": item} if isinstance(item, str) else item for item in value]
        return value
