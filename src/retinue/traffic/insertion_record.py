"""The record of an inserted special train and of the trains that gave way, for plan and checker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retinue.plan.traffic import AlteredTrain, HeldWindow, TrafficRecord
from retinue.traffic.record import known_overlaps, traffic_record, train_calls
from retinue.traffic.route_record import with_route
from retinue.traffic.rule_record import with_rules
from retinue.traffic.special_runs import special_runs, traffic_with

if TYPE_CHECKING:
    from retinue.traffic.clearing import Altered, Cleared
    from retinue.traffic.insertion import FoundPath, Prepared
    from retinue.traffic.line_network import LineNetwork
    from retinue.traffic.traffic import Traffic

__all__ = ["altered_records", "inserted_record"]


def altered_records(network: LineNetwork, altered: Sequence[Altered]) -> tuple[AlteredTrain, ...]:
    """Return the records of trains that gave way, by id."""
    return tuple(
        AlteredTrain(
            id=change.old.id,
            measure="held" if change.measure == "re-timed" and _waits(change) else change.measure,
            old_calls=train_calls(network, change.old),
            new_calls=() if change.new is None else train_calls(network, change.new),
            delay_s=change.delay_s,
            weight=change.weight,
            because=change.because,
        )
        for change in sorted(altered, key=lambda change: change.old.id)
    )


def _waits(change: Altered) -> bool:
    """Whether a train stands longer somewhere than published."""
    return change.new is not None and any(
        new.depart_s - new.arrive_s > old.depart_s - old.arrive_s + 0.5
        for new, old in zip(change.new.calls[1:-1], change.old.calls[1:-1], strict=False)
    )


def inserted_record(
    traffic: Traffic,
    prepared: Prepared,
    found: FoundPath,
    *,
    name: str,
    cleared: Cleared | None = None,
    feed: str = "",
    date: str = "",
    known: Sequence[tuple[str, str, int]] | None = None,
) -> TrafficRecord:
    """Return the traffic with the convoy in it, and who gave way.

    Parameters
    ----------
    known
        `known_overlaps` of the traffic, where they are at hand.
    """
    altered = () if cleared is None else cleared.altered
    specials = special_runs(prepared, found, name)
    joined = traffic_with(
        traffic, prepared.blocking, specials, {change.train: change.new for change in altered}
    )
    record = traffic_record(
        joined,
        feed=feed,
        date=date,
        specials={special.run.id: special.role for special in specials},
        known=known_overlaps(traffic) if known is None else known,
        altered=altered_records(traffic.network, altered),
        assumptions=prepared.rules.unseen(traffic.network, prepared.request.way, traffic),
    )
    windows = tuple(
        HeldWindow(
            rule=window.hold.rule,
            resource=window.hold.need.resource,
            from_utc=window.from_s,
            to_utc=window.to_s,
        )
        for window in found.windows
        if window.hold.rule and not window.hold.need.selects
    )
    routed = with_route(record, traffic.network, prepared.request.way, prepared.request.place_m)
    ruled = with_rules(routed, prepared, found, specials)
    return ruled.model_copy(update={"windows": windows})
