"""An extract of traffic tells nothing of protection to a reader who is not cleared for it.

The extract is read as its reader would, value by value, beside the full record; how it was cut
is of no interest.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from retinue.checks.finding import Finding
from retinue.checks.traffic_rules import RULES
from retinue.clock import from_iso
from retinue.counting import counted

if TYPE_CHECKING:
    from retinue.plan.traffic import TrafficRecord

__all__ = ["check_traffic_extract"]

#: Keys that hold protection wherever they stand, unless they are empty.
_KEYS = (
    "windows", "rules", "orders", "sections", "front", "role", "because", "policy", "rules_off",
)  # fmt: skip
_NEAR_S = 0.5


def check_traffic_extract(extract: str | Mapping[str, Any], record: TrafficRecord) -> Finding:
    """Check what a reader gets, as JSON values or as any text, against the full record.

    Faults named: a filled field of protection; the name of a rule, of the policy or its hash, of a
    train of the convoy as the full record calls it, of a sweep or patrol; that a train carries
    dangerous goods; a moment at which a window or an order begins or ends and no train does
    anything.
    """
    values, text = _read(extract)
    faults = [*_fields(values, "")] if values is not None else []
    told = text.casefold()
    faults += [f'tells of "{word}"' for word in _words(record) if word.casefold() in told]
    if values is not None:
        secret: dict[int, list[float]] = {}
        for one in _secret_moments(record):
            for second in (round(one) - 1, round(one), round(one) + 1):
                secret.setdefault(second, []).append(one)
        faults += [
            f"holds the moment {moment}, which is of a window or an order"
            for moment in _moments(values)
            if any(abs(moment - one) <= _NEAR_S for one in secret.get(round(moment), ()))
        ]
    kind = "a text" if values is None else "a record"
    looked = f"{kind} of {counted(len(text), 'character')}, {len(record.windows)} windows kept back"
    return Finding("traffic extract", looked, tuple(dict.fromkeys(faults)))


def _read(extract: str | Mapping[str, Any]) -> tuple[Any, str]:
    if not isinstance(extract, str):
        return extract, json.dumps(extract, ensure_ascii=False, default=str)
    try:
        return json.loads(extract), extract
    except ValueError:
        return None, extract


def _fields(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _KEYS and inner:
                yield f'holds "{key}"{where}'
            elif key == "dangerous_goods" and inner:
                yield f"says that a train carries dangerous goods{where}"
            elif key == "work" and inner == "protection":
                yield f"says that protection is on the line{where}"
            else:
                yield from _fields(inner, f" under {key}")
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _fields(inner, where)


def _words(record: TrafficRecord) -> list[str]:
    """Return names that a reader must not meet, each once."""
    words = [*RULES]
    if record.rules is not None:
        words += [record.rules.policy_sha256, f'"{record.rules.policy}"']
    for train in record.trains:
        if (train.special and train.role) or train.work == "protection":
            words += [train.id, train.title]
    return [word for word in dict.fromkeys(words) if word.strip('"')]


def _secret_moments(record: TrafficRecord) -> list[float]:
    """Return begins and ends of windows and orders at which no train does anything either."""
    open_to_all = {
        round(moment)
        for train in record.trains
        for moment in (
            *(m for held in train.passes for m in (held.from_utc, held.to_utc)),
            *(m for call in train.calls for m in (call.arrive_utc, call.depart_utc)),
        )
    }
    secret = {moment for one in record.windows for moment in (one.from_utc, one.to_utc)}
    secret |= {moment for one in record.orders for moment in (one.from_utc, one.to_utc)}
    return sorted(
        moment
        for moment in secret
        if not {round(moment) - 1, round(moment), round(moment) + 1} & open_to_all
    )


def _moments(value: Any) -> Iterator[float]:
    """Yield every moment of a document: ISO 8601, or a number as large as Unix seconds are."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _moments(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _moments(inner)
    elif isinstance(value, str):
        if len(value) >= 17 and value.endswith("Z") and value[4:5] == "-":
            try:
                yield from_iso(value)
            except ValueError:
                return
    elif isinstance(value, int | float) and not isinstance(value, bool) and value > 1e8:
        yield float(value)
