"""Possessions and temporary speed restrictions that a rail leg met, as the plan keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from retinue.clock import local_text
from retinue.plan.records import PlanRecord, Utc

if TYPE_CHECKING:
    from retinue.plan.leg import Leg

__all__ = ["RESTRICTIONS", "LegRestriction", "leg_restrictions"]

#: Its key in `Leg.details`; a leg that met none has no such key.
RESTRICTIONS = "restrictions"


class LegRestriction(PlanRecord):
    """A restriction in force where and when the leg's trains run."""

    sender: str
    id: str
    version: int
    sha256: str = Field(description="of its content; another content re-opens the plan")
    kind: Literal["possession", "speed"]
    effect: Literal["slows", "beside", "own track", "closed"] = Field(
        description="slows: held by every train of the convoy; beside: work on another track; "
        "own track: the leg's track is taken, another is said to be there; closed: no track is left"
    )
    from_place: str
    to_place: str
    from_m: float = Field(description="chainage of the leg")
    to_m: float
    begins_utc: Utc
    ends_utc: Utc
    speed_mps: float | None = None
    why: str = ""

    @property
    def name(self) -> str:
        """Id, version and sender."""
        return f"{self.id}, version {self.version}, by {self.sender}"

    def span(self, zone: str) -> str:
        """Return since when and until when it is in force, local time."""
        return f"{local_text(self.begins_utc, zone).strip()} to " \
            f"{local_text(self.ends_utc, zone).strip()}"  # fmt: skip


def leg_restrictions(leg: Leg) -> tuple[LegRestriction, ...]:
    """Return what a leg stands on, in the order of running."""
    return tuple(LegRestriction.model_validate(one) for one in leg.details.get(RESTRICTIONS, ()))
