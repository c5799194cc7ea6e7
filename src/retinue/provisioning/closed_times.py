"""Times at which no meal may be served: locked toilets, border control, ceremonies, night.

Which stop or event closes the dining coach is data, ``service_rules.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from retinue.document import read_yaml, validate
from retinue.errors import InputError
from retinue.plan import Plan
from retinue.plan.meals import ClosedTime
from retinue.sourced import Record, SourcedRecord
from retinue.units import Duration
from retinue.world.catalogue import SHIPPED, shown_as, user_folder

__all__ = ["ServiceRule", "closed_times", "free_of", "load_service_rules"]

_Margin = Annotated[Duration, Field(ge=0, le=86_400)]


class ServiceRule(SourcedRecord):
    """One rule that closes the dining coach."""

    kind: Literal["toilets locked", "border", "ceremony"]
    why: str
    event: str = ""
    stop: tuple[str, ...] = ()
    before: _Margin = 0.0
    after: _Margin = 0.0

    @model_validator(mode="after")
    def _one_ground(self) -> ServiceRule:
        if bool(self.event) == bool(self.stop):
            raise ValueError('a rule names either "event" or "stop"')
        return self


class _RulesFile(Record):
    retinue_service_rules: Literal[1]
    closed: tuple[ServiceRule, ...]
    sources: dict[str, str] = Field(default_factory=dict)


def load_service_rules(path: Path | None = None) -> tuple[ServiceRule, ...]:
    """Read the rules; by default those of the user's catalogue, else the shipped ones.

    Raises
    ------
    InputError
        For a file that is missing or faulty.
    """
    if path is None:
        own = user_folder() / "service_rules.yaml"
        path = own if own.is_file() else SHIPPED / "service_rules.yaml"
    node = read_yaml(path, shown_as(path))
    if not isinstance(node.value, dict) or "retinue service rules" not in node.value:
        raise InputError(
            "this is not a file of service rules",
            where=f"{node.file}:{node.line}",
            cure='Begin it with "retinue service rules: 1".',
        )
    file = validate(node, _RulesFile)
    for at, rule in enumerate(file.closed):
        if rule.source not in file.sources:
            raise InputError(
                f'the source "{rule.source}" is not described under "sources"',
                where=node.where(("closed", at, "source")),
                cure=f'Add "{rule.source}: ..." to "sources".',
            )
    return file.closed


def closed_times(plan: Plan, rules: Sequence[ServiceRule] | None = None) -> tuple[ClosedTime, ...]:
    """Return when the dining coach of the main train is closed by rule, in order of time."""
    wanted = load_service_rules() if rules is None else rules
    found = [closed for rule in wanted for closed in _by_rule(plan, rule)]
    return tuple(sorted(found, key=lambda c: (c.from_utc, c.until_utc, c.kind)))


def _by_rule(plan: Plan, rule: ServiceRule) -> Iterator[ClosedTime]:
    for leg in plan.legs:
        if leg.mode != "rail":
            continue
        spans: list[tuple[float, float, str]] = []
        if rule.event:
            spans += [
                (e.time_utc, e.time_utc + (e.duration_s or 0.0), e.place)
                for e in leg.timeline
                if e.role == "main" and e.kind == rule.event
            ]
        for stop in leg.main.stops:
            words = stop.why.casefold().replace(",", " ").split()
            if any(word.casefold() in words for word in rule.stop):
                spans.append((stop.arrive_s, stop.depart_s, stop.place))
        for begins, ends, place in spans:
            yield ClosedTime(
                from_utc=begins - rule.before,
                until_utc=ends + rule.after,
                kind=rule.kind,
                place=place,
                why=rule.why,
                source=f"{rule.source} ({rule.confidence})",
            )


def free_of(
    spans: Iterable[tuple[float, float]], closed: Iterable[tuple[float, float]]
) -> tuple[tuple[float, float], ...]:
    """Return what is left of stretches of time without the closed ones, in order."""
    left = sorted(spans)
    for begins, ends in sorted(closed):
        cut: list[tuple[float, float]] = []
        for start, stop in left:
            if ends <= start or begins >= stop:
                cut.append((start, stop))
                continue
            if start < begins:
                cut.append((start, begins))
            if ends < stop:
                cut.append((ends, stop))
        left = cut
    return tuple(left)
