"""What changed between two sets of path requests, and whether it lies within what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retinue.plan.approval import PlanState
    from retinue.traffic.path_message import PathMessage, PathPoint

__all__ = ["changed_paths", "still_serves"]


def still_serves(before: PathMessage, after: PathMessage) -> bool:
    """Return whether a request as it was sent still asks for what is wanted now.

    The same places, stops and train, and every moment within the tolerance that was asked for.
    """
    return changed_paths([before], [after])[1] != "submitted"


def changed_paths(
    before: Sequence[PathMessage], after: Sequence[PathMessage]
) -> tuple[tuple[str, ...], PlanState]:
    """Return what changed in the paths asked for, and the first state that lapses with it.

    Parameters
    ----------
    before, after
        The requests of both plans.

    Returns
    -------
    tuple
        Sentences, and ``submitted``, ``accepted`` or ``frozen``.
    """
    old = {(m.leg, m.role): m for m in before}
    new = {(m.leg, m.role): m for m in after}
    told = [f"{key[1]} train of leg {key[0]}: no longer asked for" for key in old if key not in new]
    told += [f"{key[1]} train of leg {key[0]}: asked for anew" for key in new if key not in old]
    first: PlanState = "submitted" if told else "frozen"
    for key, message in old.items():
        if key not in new:
            continue
        name = f"{key[1]} train of leg {key[0]}"
        other = new[key]
        if [_shape(p) for p in message.points] != [_shape(p) for p in other.points]:
            told.append(f"{name}: {_difference(message, other)}")
            first = "submitted"
            continue
        moved = [_shift(a, b) for a, b in zip(message.points, other.points, strict=True)]
        if not any(moved):
            continue
        beyond = [
            (point, shift)
            for point, shift in zip(message.points, moved, strict=True)
            if not -point.before_s <= shift <= point.after_s
        ]
        if beyond:
            point, shift = max(beyond, key=lambda item: abs(item[1]))
            told.append(
                f"{name}: {len(beyond)} of {len(moved)} points moved beyond their tolerance, "
                f"{point.place} by {shift / 60:+.1f} min"
            )
            first = "submitted"
        else:
            largest = max(moved, key=abs)
            told.append(f"{name}: moved by up to {largest / 60:+.1f} min, within tolerance")
            if first == "frozen":
                first = "accepted"
    return tuple(told), first


def _shape(point: PathPoint) -> PathPoint:
    """Return a point without its moments."""
    return replace(
        point,
        arrive_s=None if point.arrive_s is None else 0.0,
        depart_s=None if point.depart_s is None else 0.0,
        dwell_s=0,
    )


def _shift(a: PathPoint, b: PathPoint) -> float:
    """Return the larger of the shifts of arrival and departure, s."""
    shifts = [
        there - here
        for here, there in ((a.arrive_s, b.arrive_s), (a.depart_s, b.depart_s))
        if here is not None and there is not None
    ]
    return max(shifts, key=abs)


def _difference(a: PathMessage, b: PathMessage) -> str:
    places = [p.place for p in a.points], [p.place for p in b.points]
    if places[0] != places[1]:
        gone = [name for name in places[0] if name not in places[1]]
        came = [name for name in places[1] if name not in places[0]]
        words = [f"no longer {', '.join(gone[:3])}" if gone else "",
                 f"now {', '.join(came[:3])}" if came else ""]  # fmt: skip
        return "other places: " + ("; ".join(filter(None, words)) or "in another order")
    at = next(k for k, (x, y) in enumerate(zip(a.points, b.points, strict=True))
              if _shape(x) != _shape(y))  # fmt: skip
    one, two = a.points[at], b.points[at]
    if one.train != two.train:
        return f"another train from {one.place}"
    if one.activities != two.activities:
        return f"another kind of stop at {one.place}"
    return f"another point at {one.place}"
