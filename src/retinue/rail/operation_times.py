"""The times of tasks on a standing train, read from the catalogue of operations."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from retinue.document import read_yaml, validate
from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration, Length, Ratio, Speed

__all__ = ["BogieExchangeTimes", "OperationTimes", "TaskTime", "operation_times"]

SHIPPED = Path(__file__).parent.parent / "data" / "operations.yaml"


class TaskTime(SourcedRecord):
    """How long one task takes."""

    task: str = Field(min_length=1)
    fixed: Duration = Field(default=0.0, ge=0)
    each_coach: Duration = Field(default=0.0, ge=0)
    each_locomotive: Duration = Field(default=0.0, ge=0)
    train_lengths: float = Field(default=0.0, ge=0)
    further_way: Length = Field(default=0.0, ge=0)
    speed: Speed | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _way_has_speed(self) -> TaskTime:
        if (self.train_lengths or self.further_way) and self.speed is None:
            raise ValueError('a way needs a "speed"')
        return self

    def likely_s(self, *, coaches: int, locomotives: int, length_m: float) -> float:
        """Return the likely time for a train, in s."""
        way = self.train_lengths * length_m + self.further_way
        moving = way / self.speed if self.speed else 0.0
        counted = self.each_coach * coaches + self.each_locomotive * locomotives
        return self.fixed + counted + moving


class WholeTrain(Record):
    """A published range for a whole train."""

    low: Duration = Field(gt=0)
    likely: Duration = Field(gt=0)
    high: Duration = Field(gt=0)


class BogieExchangeTimes(SourcedRecord):
    """What an exchange of bogies takes where its facility says no more."""

    shunting: Duration = Field(ge=0)
    brake_test: TaskTime
    whole_train: WholeTrain
    whole_train_coaches: int = Field(ge=1)
    fixed_share: Ratio = Field(ge=0, le=1)


class OperationTimes(SourcedRecord):
    """All of them."""

    operations: Literal[1]
    low: Ratio = Field(gt=0, le=1)
    high: Ratio = Field(ge=1)
    locomotive_change: tuple[TaskTime, ...] = Field(min_length=1)
    reversal: tuple[TaskTime, ...] = Field(min_length=1)
    bogie_exchange: BogieExchangeTimes
    gauge_adjustment: tuple[TaskTime, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ends_in_a_brake_test(self) -> OperationTimes:
        for tasks in (self.locomotive_change, self.reversal, self.gauge_adjustment):
            if "brake test" not in tasks[-1].task:
                raise ValueError("the last task of a change of locomotives is a brake test")
        return self


@cache
def operation_times(path: Path = SHIPPED) -> OperationTimes:
    """Return the times of a file, the shipped one by default.

    Raises
    ------
    InputError
        For any fault in the file.
    """
    return validate(read_yaml(path, path.name), OperationTimes)
