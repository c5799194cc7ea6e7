"""What an outsider could notice before the passage, as tasks for the planner.

Each task says what shows, where, how long before the passage, who can do something about it,
and what the delay, the disguise or the cancelling would leave of that time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from retinue.clock import iso_utc
from retinue.document import read_yaml, validate
from retinue.sourced import Confidence, Record, SourcedRecord
from retinue.units import Duration
from retinue.world.catalogue import SHIPPED, shown_as

if TYPE_CHECKING:
    from retinue.plan import Deadline, Handover, Leg, Plan
    from retinue.protection.policy import Policy

__all__ = [
    "SignatureCure",
    "SignatureItem",
    "SignatureTask",
    "earliest_give_away_s",
    "load_signature",
    "signature_of",
    "signature_of_legs",
]

#: Who stays longer than this in a place needs beds there.
_BEDS_AFTER_S = 8 * 3600.0

_CROSSINGS = {"level_crossing", "foot_crossing"}


class SignatureCure(Record):
    """One way to give away less."""

    how: Literal["delay", "disguise", "cancel"]
    task: str
    leaves: Duration = Field(ge=0, description="what still shows, so long before")


class SignatureItem(SourcedRecord):
    """One thing that shows."""

    id: str = Field(pattern=r"^[a-z][a-z-]*$")
    what: str
    at: Literal["leg", "departure", "stop", "crossing", "stay"]
    modes: tuple[Literal["rail", "air", "road"], ...] = Field(min_length=1)
    gives_away: Duration = Field(gt=0)
    tells_time: bool
    policy: str = Field(default="", description="class of site and value, e.g. station.seal before")
    deadline: str = Field(default="", description="word of a deadline of the plan that dates it")
    from_plan: Literal["", "ready", "advance"] = ""
    owner: str
    cures: tuple[SignatureCure, ...] = Field(min_length=1)


class _Signature(Record):
    retinue_signature: Literal[1]
    items: tuple[SignatureItem, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_once(self) -> _Signature:
        ids = [item.id for item in self.items]
        if len(set(ids)) != len(ids):
            raise ValueError("an id stands twice")
        return self


@dataclass(frozen=True)
class SignatureTask:
    """One thing that shows at one place of the journey.

    Attributes
    ----------
    id
        The same in every plan of one journey.
    item
        Id of the item in the data file.
    shows_utc, passage_utc
        When it begins to show, and the passage that it announces (Unix seconds).
    gives_away_s
        The time between the two.
    tells_time
        Whether its beginning tells the slot, or only day and place.
    places
        How many places it stands for.
    assumed
        Whether nobody published the time.
    """

    id: str
    item: str
    leg: str
    place: str
    zone: str
    what: str
    shows_utc: float
    passage_utc: float
    gives_away_s: float
    tells_time: bool
    owner: str
    cures: tuple[SignatureCure, ...]
    places: int
    source: str
    confidence: Confidence

    @property
    def assumed(self) -> bool:
        """Whether nobody published the time that it gives away."""
        return self.confidence == "assumed"

    @property
    def best_leaves_s(self) -> float:
        """Time still given away after the best cure."""
        return min([self.gives_away_s, *(cure.leaves for cure in self.cures)])

    def as_dict(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "id": self.id,
            "item": self.item,
            "leg": self.leg,
            "place": self.place,
            "zone": self.zone,
            "what": self.what,
            "shows_utc": iso_utc(self.shows_utc),
            "passage_utc": iso_utc(self.passage_utc),
            "gives_away_s": round(self.gives_away_s),
            "tells_time": self.tells_time,
            "places": self.places,
            "owner": self.owner,
            "cures": [
                {"how": c.how, "task": c.task, "leaves_s": round(c.leaves)} for c in self.cures
            ],
            "source": self.source,
            "confidence": self.confidence,
        }


@cache
def load_signature() -> tuple[SignatureItem, ...]:
    """Return the shipped items.

    Raises
    ------
    InputError
        Where the file has a fault.
    """
    path = SHIPPED / "signature.yaml"
    return validate(read_yaml(path, shown_as(path)), _Signature).items


def signature_of(plan: Plan, policy: Policy | None = None) -> list[SignatureTask]:
    """Return what the plan gives away, the earliest first.

    Parameters
    ----------
    policy
        Its own times (sealing, locking, closing) replace those of the data file, and what it
        says is not done shows nothing.
    """
    return signature_of_legs(
        plan.legs, plan.handovers, sites=plan.sites, deadlines=plan.deadlines, policy=policy
    )


def earliest_give_away_s(tasks: Sequence[SignatureTask], *, cured: bool = False) -> float:
    """Return how long before its passage the first of all tasks shows; with the best cures."""
    return max((t.best_leaves_s if cured else t.gives_away_s for t in tasks), default=0.0)


def signature_of_legs(
    legs: Sequence[Leg],
    handovers: Sequence[Handover] = (),
    *,
    sites: Sequence[dict[str, Any]] = (),
    deadlines: Sequence[Deadline] = (),
    policy: Policy | None = None,
    items: Sequence[SignatureItem] | None = None,
) -> list[SignatureTask]:
    """Return what a chain of legs gives away, the earliest before its passage first."""
    tasks: list[SignatureTask] = []
    for item in load_signature() if items is None else items:
        for leg in legs:
            if leg.mode not in item.modes:
                continue
            lead = _lead(item, leg, handovers, policy)
            if lead is None:
                continue
            for place, zone, passage, count in _anchors(item, leg, handovers, sites):
                tasks.append(_task(item, leg, place, zone, passage, count, lead, deadlines))
    unique = {task.id: task for task in reversed(tasks)}
    return sorted(unique.values(), key=lambda t: (-t.gives_away_s, t.passage_utc, t.id))


def _task(
    item: SignatureItem,
    leg: Leg,
    place: str,
    zone: str,
    passage: float,
    count: int,
    lead: tuple[float, str, Confidence],
    deadlines: Sequence[Deadline],
) -> SignatureTask:
    gives_away, source, confidence = lead
    dated = [
        deadline
        for deadline in deadlines
        if item.deadline
        and item.deadline in deadline.what.casefold()
        and leg.id in deadline.legs
        and deadline.latest_utc < passage
    ]
    if dated:
        first = min(dated, key=lambda deadline: deadline.latest_utc)
        gives_away, source = passage - first.latest_utc, f"deadline of the plan: {first.what}"
    return SignatureTask(
        id=f"{item.id}/{leg.id}/{place}",
        item=item.id,
        leg=leg.id,
        place=place,
        zone=zone,
        what=item.what,
        shows_utc=passage - gives_away,
        passage_utc=passage,
        gives_away_s=gives_away,
        tells_time=item.tells_time,
        owner=item.owner,
        cures=tuple(cure for cure in item.cures if cure.leaves < gives_away),
        places=count,
        source=source,
        confidence=confidence,
    )


def _lead(
    item: SignatureItem, leg: Leg, handovers: Sequence[Handover], policy: Policy | None
) -> tuple[float, str, Confidence] | None:
    """Return the time given away with its ground; None where it is not done at all."""
    basis = item.basis_of("gives_away")
    if item.policy and policy is not None:
        site_class, _, value = item.policy.partition(".")
        rule = policy.rule(site_class)
        done = value.removesuffix(" before")
        if rule is None or not getattr(rule, done):
            return None
        stated = float(getattr(rule, value.replace(" ", "_")))
        if stated <= 0:
            return None
        ground = rule.basis_of(value)
        return stated, ground.source, ground.confidence
    if item.id == "patrol-walks" and policy is not None:
        if not policy.patrol.walk:
            return None
        ground = policy.patrol.basis_of("begins_at_most_before")
        return policy.patrol.begins_at_most_before, ground.source, ground.confidence
    if item.from_plan == "ready":
        ready = [h for h in handovers if h.to_leg == leg.id and h.ready_utc < leg.depart_utc]
        if ready:
            return leg.depart_utc - ready[0].ready_utc, "the plan's own hand-over", "H"
    if item.from_plan == "advance":
        ahead = [m for m in leg.movements if m.role in ("advance", "pilot")]
        if not ahead:
            return None
        gap = leg.main.depart_s - min(m.depart_s for m in ahead)
        if gap > 0:
            return gap, "the plan's own movements", "H"
    return item.gives_away, basis.source, basis.confidence


def _anchors(
    item: SignatureItem, leg: Leg, handovers: Sequence[Handover], sites: Sequence[dict[str, Any]]
) -> Iterator[tuple[str, str, float, int]]:
    """Yield place, zone, moment of the passage and how many places it stands for."""
    if item.at in ("leg", "departure"):
        yield leg.from_.name, leg.from_.zone, leg.depart_utc, 1
    elif item.at == "stop":
        yield leg.from_.name, leg.from_.zone, leg.depart_utc, 1
        for stop in leg.main.stops:
            if stop.place not in (leg.from_.name, leg.to.name):
                yield stop.place, stop.zone, stop.arrive_s, 1
        yield leg.to.name, leg.to.zone, leg.arrive_utc, 1
    elif item.at == "crossing":
        found = sorted(
            float(site["chainage_m"])
            for site in sites
            if site.get("leg") == leg.id and site.get("kind") in _CROSSINGS
        )
        if found:
            first = leg.main.time_at(found[0])
            yield f"crossings of leg {leg.id}", leg.from_.zone, first, len(found)
    else:
        for handover in handovers:
            long = handover.depart_utc - handover.arrive_utc >= _BEDS_AFTER_S
            if handover.from_leg == leg.id and long:
                yield handover.place, handover.zone, handover.arrive_utc, 1
