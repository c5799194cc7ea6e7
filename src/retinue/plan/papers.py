"""Papers of a journey: messages and requests that are ready to send, and permits they earn."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from retinue.plan.records import JsonDict, PlanRecord, Utc

__all__ = ["Deadline", "Paper", "Permit"]


class Paper(PlanRecord):
    """A text that somebody sends: a message, a request, a list."""

    id: str = Field(description="the same in every plan of one journey")
    kind: Literal[
        "flight-plan",
        "overflight-request",
        "landing-request",
        "diplomatic-clearance-request",
        "restricted-zone-request",
        "notam-request",
        "loading-list",
    ]
    title: str
    leg: str
    way: str = Field(default="", description="title of the alternative or support; empty: the plan")
    country: str = ""
    to: str = Field(default="", description="who receives it: a role or an authority")
    text: str = Field(description="as it is sent")
    fields: JsonDict = Field(default_factory=dict, description="the same by field, for programs")
    assumed: tuple[str, ...] = Field(default=(), description="what in it nobody stated")


class Permit(PlanRecord):
    """What one permit is tied to; a plan that leaves one of these voids it.

    An empty tie binds nothing.  `retinue.plan.permit_cover` holds the rule.
    """

    id: str = Field(description="way, leg, kind, country: the same in every plan of one journey")
    kind: Literal["overflight", "landing", "diplomatic", "restricted zone"]
    leg: str
    way: str = Field(default="", description="title of the alternative or support; empty: the plan")
    country: str
    number: str = ""
    state: Literal["to ask", "asked", "granted", "refused"] = "to ask"
    registration: str = ""
    call_sign: str = ""
    aircraft: tuple[str, ...] = Field(default=(), description="names of the one type it holds for")
    entry: tuple[float, float] | None = Field(default=None, description="(lat, lon), degrees")
    exit: tuple[float, float] | None = None
    tolerance_m: float = Field(default=0.0, description="how far the crossing may move")
    valid_from_utc: Utc | None = None
    valid_until_utc: Utc | None = None
    void: tuple[str, ...] = Field(
        default=(), description="why this plan is not covered by it, in words; empty: covered"
    )
    source: str = Field(default="", description="of the country's rule")
    confidence: str = "assumed"


class Deadline(PlanRecord):
    """Something to be asked for, and the latest day for it."""

    id: str
    what: str
    country: str
    way: str = Field(default="", description="title of the alternative or support; empty: the plan")
    legs: tuple[str, ...] = Field(default=(), description='leg, or "way/leg" of another way')
    owner: str
    authority: str = ""
    lead_text: str = Field(description='e.g. "4 business days", "14 weeks"')
    due_text: str = Field(default="", description="what happens then: departure, entry into ...")
    due_utc: Utc = Field(description="the moment it must be settled, counted back from")
    latest_utc: Utc = Field(description="end of the latest local day on which to ask")
    latest_date: str = Field(description="that day, ISO 8601, in the authority's country")
    zone: str
    state: Literal["to do", "asked", "granted", "refused", "not needed"] = "to do"
    number: str = ""
    source: str = ""
    confidence: str = "assumed"
    note: str = Field(default="", description="days off that were counted, and what is assumed")
