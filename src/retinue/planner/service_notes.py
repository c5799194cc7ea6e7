"""What a planner must know of the services of the train: what fails, which stops are proposed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from retinue.clock import local_text
from retinue.plan import Note

if TYPE_CHECKING:
    from retinue.plan.services import ServicesRecord, ServiceStop

__all__ = ["service_notes"]


def service_notes(services: ServicesRecord) -> Iterator[Note]:
    """Return a warning for each kind that fails between two places, and for each new stop."""
    for text in services.unserved:
        yield Note(level="warning", subject="services", text=text)
    by_place: dict[tuple[str, str], list[ServiceStop]] = {}
    for stop in services.stops:
        if stop.proposed:
            by_place.setdefault((stop.leg, stop.place), []).append(stop)
    for (_, place), stops in by_place.items():
        kinds = " and ".join(dict.fromkeys(stop.kind for stop in stops))
        longest = max(stops, key=lambda stop: stop.end_utc - stop.start_utc)
        line = longest.journey_line.replace(f"why: {longest.kind}}}", f"why: {kinds}}}")
        text = (
            f"{kinds} about {local_text(longest.start_utc, longest.zone).strip()}: no planned stop"
            " serves it in time"
        )
        if line:
            text += f"; to have the train timed with it add to the leg's stops: {line}"
        yield Note(level="warning", subject=f"stop proposed at {place}", text=text)
