"""An ambulance at a closed site: who decides, until when it may cross, what that costs.

The last safe crossing begins so long before the head is due that the special could still be
stopped if anything went wrong::

    |-- message --|- brakes build up -|-- braking --|  crossing clears, gate, margin |  head

    last safe = message + build-up + v / (2 b) + clearing + margin

(``v / 2b`` is the time in which a train at ``v`` passes its own braking distance ``v^2 / 2b``.)
Before that moment the vehicle crosses as soon as the gate is open; after it, it waits for the
tail.  A train that runs at less than its planned speed passes later; down to `SLOWEST` of it
the stated maximum holds, and a slower one can be stopped short of the site.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retinue.plan.closure import EmergencyRule

if TYPE_CHECKING:
    from retinue.protection.bands import SitePassage
    from retinue.protection.policy import EmergencyFigures

__all__ = ["KEPT", "SLOWEST", "emergency_rule"]

#: Share of the planned speed down to which the stated maximum wait holds.
SLOWEST = 0.5
#: Share of their planned separation that movements of a convoy keep whatever happens.
KEPT = 0.5
_TRAIN_ACCELERATION_MPS2 = 0.25  # of a heavy passenger train from a stop, general knowledge
_CONVOY_ACCELERATION_MPS2 = 1.0


def emergency_rule(
    passages: Sequence[SitePassage], figures: EmergencyFigures, mode: str
) -> EmergencyRule:
    """Return the rule of one closure.

    Parameters
    ----------
    passages
        Of the movements that pass while the site is closed, in their order.
    mode
        ``rail``: the train brakes and the signaller decides; ``road``: the convoy and its
        commander.
    """
    rail = mode == "rail"
    braking = figures.train_deceleration if rail else figures.convoy_deceleration
    build_up = figures.brake_build_up if rail else 0.0
    speed = max((p.speed_mps for p in passages), default=0.0)
    distance = speed * (figures.message + build_up) + speed**2 / (2 * braking)
    last_safe = (
        figures.message + build_up + speed / (2 * braking) + figures.clearing + figures.margin
    )
    return EmergencyRule(
        decides=figures.rail_decides if rail else figures.road_decides,
        last_safe_s=round(last_safe, 1),
        braking_distance_m=round(distance, 1),
        braking_s=round(build_up + speed / braking, 1),
        message_s=figures.message,
        clearing_s=figures.clearing,
        margin_s=figures.margin,
        stop_cost_s=round(_stop_cost(speed, braking, build_up, figures, rail=rail), 1),
        slow_cost_s=round(_slow_cost(speed, braking, rail=rail), 1),
        most_delay_s=round(_most_delay(passages, last_safe, figures), 1),
    )


def _acceleration(rail: bool) -> float:
    return _TRAIN_ACCELERATION_MPS2 if rail else _CONVOY_ACCELERATION_MPS2


def _stop_cost(
    speed: float, braking: float, build_up: float, figures: EmergencyFigures, *, rail: bool
) -> float:
    """Return the special's delay for a stop: braking and starting lose half their time each."""
    changing = speed / (2 * braking) + speed / (2 * _acceleration(rail))
    return build_up + changing + figures.clearing + figures.gate + figures.message


def _slow_cost(speed: float, braking: float, *, rail: bool) -> float:
    """Return the delay for slowing to half speed and back, without running on at it.

    Over a change from v to v/2 at a rate a the mean speed is 3/4 v, so the time lost against v is
    ``v / 2a (1 - 3/4) = v / 8a``.
    """
    return speed / (8 * braking) + speed / (8 * _acceleration(rail))


def _most_delay(
    passages: Sequence[SitePassage], last_safe_s: float, figures: EmergencyFigures
) -> float:
    """Return the longest wait of a vehicle that comes while the site is closed.

    It waits for a movement that is too near, for at most ``last safe / SLOWEST``, and while head
    to tail pass, ``1 / SLOWEST`` of the planned time.  Where the next movement may come before
    anybody could cross (movements keep `KEPT` of their planned separation) it waits for that too.
    """
    across = figures.message + figures.gate
    threshold = last_safe_s / SLOWEST
    longest = wait = 0.0
    end: float | None = None
    for passage in passages:
        head, tail = passage.head.expected_s, passage.tail.expected_s
        if end is None or (head - end) * KEPT > threshold + across:
            wait = 0.0
        wait += threshold + (tail - head) / SLOWEST
        longest, end = max(longest, wait), tail
    return longest + across
