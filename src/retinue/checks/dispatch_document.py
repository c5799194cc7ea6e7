"""DISPLIB documents as the verifier reads them: raw JSON, and every departure from the format.

Source: "DISPLIB: Train Dispatching benchmark library", specification of 17 September 2025,
section 1.2.  Nothing here is shared with the room that solves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retinue.checks.dispatch_faults import DispatchFault

__all__ = ["Component", "Event", "Operation", "ProblemDocument", "read_events", "read_problem"]

#: Faults of one document beyond this count are counted, not listed.
_MOST_FAULTS = 1000


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: its window, least duration, successors, and release time by resource."""

    earliest: int
    latest: int | None
    duration: int
    successors: tuple[int, ...]
    release: dict[str, int]


@dataclass(frozen=True, slots=True)
class Component:
    """One delay component of the objective."""

    train: int
    operation: int
    threshold: int
    coefficient: int
    increment: int


@dataclass(frozen=True, slots=True)
class Event:
    """The start of an operation as the solution gives it; `place` counts the list from 0."""

    place: int
    time: int
    train: int
    operation: int


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """A sound problem."""

    trains: tuple[tuple[Operation, ...], ...]
    components: tuple[Component, ...]


def read_problem(document: Any) -> tuple[ProblemDocument | None, tuple[DispatchFault, ...]]:
    """Read a problem from bare JSON values; None where it is malformed, with every place."""
    reader = _Reader("malformed-problem")
    trains, components = [], []
    if not isinstance(document, dict):
        reader.fault("", "the document is no object")
        return None, reader.result()
    for t, train in enumerate(reader.array(document, "trains", "")):
        trains.append(_train(reader, train, f"trains[{t}]"))
    for c, component in enumerate(reader.array(document, "objective", "")):
        read = _component(reader, component, f"objective[{c}]", trains)
        if read is not None:
            components.append(read)
    if reader.count:
        return None, reader.result()
    return ProblemDocument(tuple(trains), tuple(components)), ()


def _train(reader: _Reader, train: Any, place: str) -> tuple[Operation, ...]:
    if not isinstance(train, list):
        reader.fault(place, "the train is no array of operations")
        return ()
    if not train:
        reader.fault(place, "the train has no operation")
    entered = [False] * len(train)
    operations = []
    for o, operation in enumerate(train):
        here = f"{place}[{o}]"
        if not isinstance(operation, dict):
            reader.fault(here, "the operation is no object")
            continue
        successors = []
        for s, successor in enumerate(reader.array(operation, "successors", here)):
            index = _integer(successor)
            if index is None or not o < index < len(train):
                reader.fault(
                    f"{here}.successors[{s}]",
                    f"{_short(successor)} is no later operation of the train",
                )
            else:
                successors.append(index)
                entered[index] = True
        if o < len(train) - 1 and operation.get("successors") == []:
            reader.fault(f"{here}.successors", "only the last operation has no successor")
        release: dict[str, int] = {}
        for r, use in enumerate(reader.array(operation, "resources", here, optional=True)):
            at = f"{here}.resources[{r}]"
            if not isinstance(use, dict) or not isinstance(use.get("resource"), str):
                reader.fault(at, 'the use of a resource has no "resource" that is text')
                continue
            time = reader.integer(use, "release_time", at, default=0)
            # Listed twice, a resource rests for the longer of the two.
            release[use["resource"]] = max(time, release.get(use["resource"], 0))
        operations.append(
            Operation(
                reader.integer(operation, "start_lb", here, default=0),
                reader.integer(operation, "start_ub", here, default=0)
                if operation.get("start_ub") is not None
                else None,
                reader.integer(operation, "min_duration", here),
                tuple(successors),
                release,
            )
        )
    for o, found in enumerate(entered[1:], start=1):
        if not found:
            reader.fault(f"{place}[{o}]", "no operation leads here, and it is not the entry")
    return tuple(operations)


def _component(
    reader: _Reader, component: Any, place: str, trains: list[tuple[Operation, ...]]
) -> Component | None:
    if not isinstance(component, dict):
        reader.fault(place, "the component is no object")
        return None
    if component.get("type") != "op_delay":
        reader.fault(f"{place}.type", f'{_short(component.get("type"))} is not "op_delay"')
    train = reader.integer(component, "train", place)
    operation = reader.integer(component, "operation", place)
    if train >= len(trains):
        reader.fault(f"{place}.train", f"there is no train {train}")
    elif operation >= len(trains[train]):
        reader.fault(f"{place}.operation", f"train {train} has no operation {operation}")
    return Component(
        train,
        operation,
        reader.integer(component, "threshold", place, default=0),
        reader.integer(component, "coeff", place, default=0),
        reader.integer(component, "increment", place, default=0),
    )


def read_events(
    document: Any, trains: tuple[tuple[Operation, ...], ...]
) -> tuple[tuple[Event, ...], int | None, tuple[DispatchFault, ...]]:
    """Read a solution from bare JSON values.

    Returns
    -------
    tuple
        The events that can be understood, the objective value as claimed (None where it is
        none), and what is wrong with the rest.
    """
    reader = _Reader("malformed-solution")
    if not isinstance(document, dict):
        reader.fault("", "the document is no object")
        return (), None, reader.result()
    claimed = _claimed(reader, document)
    events = []
    for place, item in enumerate(reader.array(document, "events", "")):
        event = _event(reader, item, place, trains)
        if event is not None:
            events.append(event)
    return tuple(events), claimed, reader.result()


def _claimed(reader: _Reader, document: dict[str, Any]) -> int | None:
    value = document.get("objective_value")
    if "objective_value" not in document:
        reader.fault("", '"objective_value" is missing')
    elif _integer(value) is None:
        kind = "wrong-objective" if isinstance(value, float) else ""
        reader.fault("objective_value", f"{_short(value)} is no integer", kind=kind)
    return _integer(value)


def _event(
    reader: _Reader, item: Any, place: int, trains: tuple[tuple[Operation, ...], ...]
) -> Event | None:
    here = f"events[{place}]"
    if not isinstance(item, dict):
        reader.fault(here, "the event is no object", event=place)
        return None
    for key in ("time", "train", "operation"):
        if key not in item:
            reader.fault(here, f'"{key}" is missing', event=place)
            return None
        if isinstance(item[key], bool) or not isinstance(item[key], int | float):
            reader.fault(f"{here}.{key}", f"{_short(item[key])} is no number", event=place)
            return None
    time = _integer(item["time"])
    train, operation = _integer(item["train"]), _integer(item["operation"])
    if train is None or not 0 <= train < len(trains):
        reader.fault(
            here,
            f"there is no train {_short(item['train'])}",
            kind="unknown-train",
            event=place,
            time=time,
        )
        return None
    if operation is None or not 0 <= operation < len(trains[train]):
        reader.fault(
            here,
            f"train {train} has no operation {_short(item['operation'])}",
            kind="unknown-operation",
            event=place,
            train=train,
            time=time,
        )
        return None
    at: dict[str, int] = {"event": place, "train": train, "operation": operation}
    if time is None:
        reader.fault(
            here,
            f"train {train} starts operation {operation} at {_short(item['time'])},"
            " which is no integer",
            kind="fractional-time",
            **at,
        )
        return None
    if time < 0:
        reader.fault(
            here,
            f"train {train} starts operation {operation} at {time}",
            kind="negative-time",
            time=time,
            **at,
        )
    return Event(place, time, train, operation)


class _Reader:
    """Collects faults of one document, each with its place."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.count = 0
        self._faults: list[DispatchFault] = []

    def fault(
        self,
        place: str,
        words: str,
        *,
        kind: str = "",
        event: int | None = None,
        train: int | None = None,
        operation: int | None = None,
        time: int | None = None,
    ) -> None:
        self.count += 1
        if self.count <= _MOST_FAULTS:
            text = f"{place}: {words}" if place else words
            self._faults.append(
                DispatchFault(kind or self.kind, text, event, train, operation, time)
            )

    def result(self) -> tuple[DispatchFault, ...]:
        more = self.count - len(self._faults)
        if more:
            self._faults.append(DispatchFault(self.kind, f"and {more} more"))
        return tuple(self._faults)

    def array(
        self, holder: dict[str, Any], key: str, place: str, *, optional: bool = False
    ) -> list[Any]:
        value = holder.get(key)
        if isinstance(value, list):
            return value
        if key not in holder:
            if not optional:
                self.fault(place, f'"{key}" is missing')
        elif value is not None or not optional:
            self.fault(f"{place}.{key}".lstrip("."), f"{_short(value)} is no array")
        return []

    def integer(
        self, holder: dict[str, Any], key: str, place: str, *, default: int | None = None
    ) -> int:
        # Null stands for a key that is not there.
        if holder.get(key) is None and (default is not None or key not in holder):
            if default is None:
                self.fault(place, f'"{key}" is missing')
            return default or 0
        number = _integer(holder[key])
        if number is None or number < 0:
            self.fault(f"{place}.{key}", f"{_short(holder[key])} is no integer of 0 or more")
            return 0
        return number


def _integer(value: Any) -> int | None:
    """Return a JSON number whose value is an integer (5 and 5.0 are the same number)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None


def _short(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value[:40]}"'
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    if isinstance(value, int) and abs(value) >= 10**30:
        return "a number of more than 30 digits"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)
