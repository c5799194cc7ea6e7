"""What moved between two plans."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retinue.clock import duration_text, local_text
from retinue.counting import counted
from retinue.plan.permit_cover import uncovered_in

if TYPE_CHECKING:
    from retinue.plan.leg import Leg
    from retinue.plan.papers import Permit
    from retinue.plan.plan import Observation, Plan
    from retinue.plan.records import Event

#: Kinds of event that say when a movement was at a place; the first one at a place counts.
AT_PLACE = frozenset({"depart", "arrive", "pass", "border", "take-off", "landing"})

_SUN = frozenset({"sunrise", "sunset", "dawn", "dusk"})

__all__ = ["AT_PLACE", "PlanComparison", "Shift", "VoidedPermit", "compare_plans"]


@dataclass(frozen=True)
class Shift:
    """One event of the main movement that stands in both plans."""

    leg: str
    place: str
    kind: str
    zone: str
    before_s: float
    after_s: float

    @property
    def later_s(self) -> float:
        """Seconds later in the second plan (negative: earlier)."""
        return self.after_s - self.before_s


@dataclass(frozen=True)
class VoidedPermit:
    """A permit that covered the first plan and does not cover the second."""

    permit: Permit
    reasons: tuple[str, ...]

    def text(self) -> str:
        """Return it in a line; one that is not asked for yet is a request to be written anew."""
        permit = self.permit
        name = " ".join(
            word for word in (permit.kind, "permit", permit.country, permit.number) if word
        )
        flight = f"{permit.way}/{permit.leg}" if permit.way else permit.leg
        asked = "void" if permit.state in ("asked", "granted") else "not asked yet, request changed"
        return f"{name} ({flight}, {permit.state}) {asked}: {'; '.join(self.reasons)}"


@dataclass(frozen=True)
class PlanComparison:
    """All that differs between two plans.

    Attributes
    ----------
    before, after
        The plans.
    shifts
        Every event of the main movements that stands in both, moved or not.
    gone, new
        Events of one plan only.
    voided
        Permits that covered the first plan and do not cover the second.
    """

    before: Plan
    after: Plan
    shifts: tuple[Shift, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]
    voided: tuple[VoidedPermit, ...] = ()

    @property
    def moved(self) -> tuple[Shift, ...]:
        """The shifts that are not nothing."""
        return tuple(shift for shift in self.shifts if shift.later_s)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        from retinue.clock import iso_utc

        return {
            "before": self.before.hash,
            "after": self.after.hash,
            "departure_later_s": round(self.after.depart_utc - self.before.depart_utc),
            "arrival_later_s": round(self.after.arrive_utc - self.before.arrive_utc),
            "moved": [
                {
                    "leg": shift.leg,
                    "place": shift.place,
                    "kind": shift.kind,
                    "before_utc": iso_utc(shift.before_s),
                    "after_utc": iso_utc(shift.after_s),
                    "later_s": round(shift.later_s),
                }
                for shift in self.moved
            ],
            "unmoved": len(self.shifts) - len(self.moved),
            "gone": list(self.gone),
            "new": list(self.new),
            "light": self._light(),
            "voided_permits": [
                {
                    "id": one.permit.id,
                    "kind": one.permit.kind,
                    "country": one.permit.country,
                    "number": one.permit.number,
                    "state": one.permit.state,
                    "reasons": list(one.reasons),
                }
                for one in self.voided
            ],
            "distance_changed_m": _distance(self.after) - _distance(self.before),
            "cost_changed": round(_cost(self.after) - _cost(self.before), 2),
        }

    def text(self) -> str:
        """Return the difference in a few lines."""
        if self.before.hash == self.after.hash:
            return "the plans are the same"
        lines = [self._departure()]
        lines += self._moves()
        lines += self._light()
        lines += [f"gone: {item}" for item in self.gone]
        lines += [f"new: {item}" for item in self.new]
        lines += [one.text() for one in self.voided]
        if change := _distance(self.after) - _distance(self.before):
            lines.append(f"distance {change / 1000:+,.1f} km")
        if change := round(_cost(self.after) - _cost(self.before)):
            lines.append(f"cost {change:+,d} {self.after.base_currency}")
        return "\n".join(lines)

    def _departure(self) -> str:
        later = self.after.depart_utc - self.before.depart_utc
        start = local_text(self.after.depart_utc, self.after.origin.zone).strip()
        place = f"(zone of {self.after.origin.name})"
        if not later:
            return f"departure {start} {place}, as before"
        return f"departure {start} {place}, {_later(later)}"

    def _moves(self) -> list[str]:
        groups: dict[float, list[Shift]] = defaultdict(list)
        for shift in self.shifts:
            groups[round(shift.later_s / 60)].append(shift)
        if list(groups) == [0]:
            return ["no event moved by half a minute or more"]
        if len(groups) == 1:
            return [f"everything {_later(next(iter(groups)) * 60)}"]
        lines = []
        for minutes, shifts in groups.items():
            if not minutes:
                lines.append(f"{counted(len(shifts), 'event')} as before")
                continue
            first, last = shifts[0], shifts[-1]
            span = first.place if len(shifts) == 1 else f"{first.place} to {last.place}"
            at = local_text(last.after_s, last.zone).strip()
            lines.append(
                f"{span}: {_later(minutes * 60)} ({counted(len(shifts), 'event')}, the last {at})"
            )
        return lines

    def _light(self) -> list[str]:
        """Say which places are reached after dark now, and which no longer are."""
        old, new = _dark_places(self.before), _dark_places(self.after)
        lines = []
        for dark, word in ((True, "now after dark"), (False, "no longer after dark")):
            names = [
                key[1] for key, is_dark in new.items() if is_dark is dark is not old.get(key, dark)
            ]
            if names:
                lines.append(f"{', '.join(dict.fromkeys(names))} {word}")
        return lines

    def observed_text(self, observed: Observation) -> str:
        """Return what an observed time did: how late, and the arrivals that follow."""
        leg = next(leg for leg in self.after.legs if leg.id == observed.leg)
        before = next(leg for leg in self.before.legs if leg.id == observed.leg)
        planned = _time_of(before, observed.place, observed.time_utc)
        delay = "" if planned is None else f" {_late(observed.time_utc - planned)}"
        head = f"{observed.place}{delay}"
        arrivals = [
            f"{later.to.name} {local_text(later.arrive_utc, later.to.zone).strip()}"
            for later in self.after.legs[self.after.legs.index(leg) :]
        ]
        moved = f"{counted(len(self.moved), 'event')} moved" if self.moved else "nothing else moved"
        told = f"{head}: {', '.join(arrivals)}; {moved}"
        warned = [f"! {subject}: {text}" for subject, text in self.warned]
        return "\n".join([told, *(one.text() for one in self.voided), *warned])

    @property
    def warned(self) -> tuple[tuple[str, str], ...]:
        """Subject and text of warnings that the plan did not have before."""
        known = set(_warnings(self.before))
        return tuple(note for note in _warnings(self.after) if note not in known)


def _dark_places(plan: Plan) -> dict[tuple[str, str, int], bool]:
    """Return whether each place where the plan departs, stops or arrives is in the dark then."""
    found: dict[tuple[str, str, int], bool] = {}
    for leg in plan.legs:
        for number, item in enumerate(leg.details.get("light", {}).get("places", ())):
            found[leg.id, item["place"], number] = item["light"] == "dark"
    return found


def _warnings(plan: Plan) -> dict[tuple[str, str], None]:
    notes = [*plan.notes, *(note for leg in plan.legs for note in leg.notes)]
    # A permit that no longer covers the flight is told on its own.
    return dict.fromkeys(
        (note.subject, note.text)
        for note in notes
        if note.level == "warning" and not note.subject.startswith("permit")
    )


def _later(seconds: float) -> str:
    if not round(seconds / 60):
        return "as planned"
    return f"{duration_text(abs(seconds))} {'later' if seconds > 0 else 'earlier'}"


def _distance(plan: Plan) -> float:
    return sum(leg.distance_m for leg in plan.legs)


def _cost(plan: Plan) -> float:
    return sum(item.amount_base for leg in plan.legs for item in leg.costs)


def _late(seconds: float) -> str:
    if not round(seconds / 60):
        return "on time"
    return f"{duration_text(abs(seconds))} {'late' if seconds > 0 else 'early'}"


def _time_of(leg: Leg, place: str, near_utc: float) -> float | None:
    """Return when a place was to be reached; of one passed twice the pass nearest in time."""
    passes: dict[float | None, float] = {}
    for event in leg.timeline:
        if event.role == "main" and event.place == place and event.kind in AT_PLACE:
            passes.setdefault(event.distance_m, event.time_utc)
    return min(passes.values(), key=lambda time: abs(time - near_utc), default=None)


def _events(plan: Plan) -> dict[tuple[str, str, str, int], Event]:
    seen: dict[tuple[str, str, str], int] = defaultdict(int)
    events: dict[tuple[str, str, str, int], Event] = {}
    for leg in plan.legs:
        for event in leg.timeline:
            # The sun keeps its own time: what it does to the plan is said in words.
            if event.role != "main" or event.kind in _SUN:
                continue
            key = (leg.id, event.place, event.kind)
            events[(*key, seen[key])] = event
            seen[key] += 1
    return events


def compare_plans(before: Plan, after: Plan) -> PlanComparison:
    """Compare two plans event by event.

    Events are matched by leg, place and kind, in order.
    """
    old, new = _events(before), _events(after)
    return PlanComparison(
        before=before,
        after=after,
        shifts=tuple(
            Shift(key[0], key[1], key[2], new[key].zone, event.time_utc, new[key].time_utc)
            for key, event in old.items()
            if key in new
        ),
        gone=tuple(f"{e.place}: {e.text}" for key, e in old.items() if key not in new),
        new=tuple(f"{e.place}: {e.text}" for key, e in new.items() if key not in old),
        voided=tuple(
            VoidedPermit(permit, reasons)
            for permit in before.permits
            if not permit.void
            and permit.state != "refused"
            and (reasons := uncovered_in(permit, after))
        ),
    )
