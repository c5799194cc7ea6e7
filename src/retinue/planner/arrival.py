"""The latest arrival that a journey asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retinue.clock import duration_text, local_text, parse_moment
from retinue.errors import InputError, NoPlan, Reason

if TYPE_CHECKING:
    from retinue.journey import JourneyFile
    from retinue.plan import Observation
    from retinue.planner.chain import Chain
    from retinue.planner.staged import StagedLeg

__all__ = ["check_arrival"]


def check_arrival(
    file: JourneyFile,
    staged: Sequence[StagedLeg],
    depart_s: float,
    chain: Chain,
    observations: Sequence[Observation],
) -> None:
    """Refuse a journey that arrives later than it asks for; one under way is told elsewhere.

    Raises
    ------
    InputError
        Where the arrival asked for cannot be read, or lies before the departure.
    NoPlan
        Where it is missed.
    """
    if file.journey.arrive_by is None:
        return
    where = file.where("arrive by")
    zone = staged[-1].destination.zone
    try:
        latest = parse_moment(file.journey.arrive_by, zone)
    except ValueError as error:
        raise InputError(str(error), where=where) from error
    if latest <= depart_s:
        raise InputError(
            f"the arrival {local_text(latest, zone).strip()} lies before the departure"
            f" {local_text(depart_s, staged[0].origin.zone).strip()}",
            where=where,
            cure="Check both dates and their zones.",
        )
    late = chain.timed[-1].leg.arrive_utc - latest
    if late > 0 and not observations:
        raise NoPlan(
            f"the journey arrives {duration_text(late)} after the latest arrival asked for",
            where=where,
            reasons=[
                Reason(
                    f"it arrives at {local_text(chain.timed[-1].leg.arrive_utc, zone).strip()},"
                    f" asked for is {local_text(latest, zone).strip()}",
                    kind="arrival",
                    cure=f"depart {duration_text(late)} earlier, or shorten stops",
                )
            ],
        )
