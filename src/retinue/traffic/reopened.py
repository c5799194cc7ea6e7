"""Which legs of a plan a new state of the possessions and speed restrictions re-opens, and why.

======================  ==========================================================
new                     it lies where a train of the leg runs, and holds then
changed                 another content of one that the leg stood on
withdrawn, gone         one that the leg stood on holds no longer
======================  ==========================================================

An older version than the one that the plan stands on changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retinue.clock import local_text
from retinue.errors import InputError
from retinue.plan.approval import RestrictionChange
from retinue.plan.restrictions import LegRestriction, leg_restrictions
from retinue.traffic.leg_line import LegLine, OnLeg, Position, Stretch, place_on_leg

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan
    from retinue.plan.traffic import RestrictionUse
    from retinue.traffic.restrictions import Restriction

__all__ = ["Reopened", "State", "reopened_by"]

#: Returns how places and lines are found about a leg.
Locate = Callable[["Leg"], tuple[Position, Stretch]]


@dataclass(frozen=True)
class Reopened:
    """Why a leg has to be looked at again.

    Attributes
    ----------
    number, leg
        The leg, from 1.
    used
        What it, or the traffic round it, stood on; None where it knew nothing of it.
    now
        What is listed now; None where nothing is.
    on_leg
        Where it lies now; None where it does not touch any more.
    trains
        Role, entry of the head and leaving of the tail (Unix seconds) of each train that runs
        there while it holds; empty where the change only frees.
    """

    number: int
    leg: Leg
    what: Literal["new", "changed", "withdrawn", "gone"]
    used: LegRestriction | RestrictionUse | None
    now: Restriction | None
    on_leg: OnLeg | None
    trains: tuple[tuple[str, float, float], ...]

    @property
    def places(self) -> tuple[str, str] | None:
        """Between which places, as the leg runs; None where nothing says so any more."""
        if self.now is not None:
            one, two = self.now.between
            return (one, two) if self.on_leg is None or self.on_leg.along else (two, one)
        if isinstance(self.used, LegRestriction):
            return self.used.from_place, self.used.to_place
        return None

    @property
    def span_m(self) -> tuple[float, float] | None:
        """Chainage of the leg; None where it lies off it now, or nobody knows."""
        if self.on_leg is not None:
            return self.on_leg.from_m, self.on_leg.to_m
        if isinstance(self.used, LegRestriction):
            return self.used.from_m, self.used.to_m
        return None

    @property
    def held(self) -> tuple[float, float] | None:
        """Since when and until when it holds, or was to hold; Unix seconds."""
        if self.now is not None:
            return self.now.begins_s, self.now.ends_s
        if isinstance(self.used, LegRestriction):
            return self.used.begins_utc, self.used.ends_utc
        return None

    @property
    def name(self) -> str:
        """Id, version and sender."""
        known = self.now or self.used
        assert known is not None
        return f"{known.id}, version {known.version}, by {known.sender}"

    def change(self) -> RestrictionChange:
        """Return it as the register keeps it."""
        known = self.now or self.used
        assert known is not None
        return RestrictionChange(
            what=self.what, sender=known.sender, id=known.id, version=known.version,
            sha256=known.sha256, leg=self.leg.id, words=str(self), touches=bool(self.trains),
        )  # fmt: skip

    def __str__(self) -> str:
        zone = self.leg.from_.zone
        words = [f"{self.what}:"]
        if self.now is not None:
            words.append(self.now.kind)
            if self.now.speed_mps is not None:
                words[-1] += f" {3.6 * self.now.speed_mps:.0f} km/h"
            words[-1] += ","
        if self.places is not None:
            words.append(" - ".join(self.places))
        if self.span_m is not None:
            words.append("(km {:.1f} to {:.1f})".format(*(x / 1000.0 for x in self.span_m)))
        if self.held is not None:
            since, until = (local_text(t, zone).strip() for t in self.held)
            words[-1] += ","
            words.append(f"{since} to {until};")
        former = f", was version {self.used.version}" if self.now and self.used else ""
        return f"{' '.join(words)} {self.name}{former}{self._trains_text(zone)}"

    def _trains_text(self, zone: str) -> str:
        if not self.trains:
            return "; frees the line"
        told = [
            f"{role} train {local_text(comes, zone).strip()} to "
            f"{local_text(leaves, zone, date=False, offset=False).strip()}"
            for role, comes, leaves in self.trains
        ]
        return f"; there: {', '.join(told)}"


@dataclass(frozen=True)
class State:
    """A plan against the newest state of the restrictions.

    Attributes
    ----------
    reopened
        In the order of the legs, then of the senders.
    remarks
        What could not be placed, and files older than the plan, in sentences.
    """

    reopened: tuple[Reopened, ...]
    remarks: tuple[str, ...]


def reopened_by(
    plan: Plan,
    restrictions: Sequence[Restriction],
    locate: Locate,
    *,
    complete: bool = False,
    stood_on: Mapping[str, Sequence[RestrictionUse]] | None = None,
) -> State:
    """Hold a plan against a new state of the restrictions.

    Parameters
    ----------
    restrictions
        The newest version of each, withdrawn ones among them (`load_restrictions`).
    locate
        Gives for a leg the positions of places and the lines between them.
    complete
        Whether the files list everything that their senders still hold; what a plan stands on
        and they leave out is then gone.
    stood_on
        By leg id what the traffic round it stood on besides, near the leg or not.
    """
    found: list[Reopened] = []
    remarks: dict[str, None] = {}
    for number, leg in enumerate(plan.legs, start=1):
        if leg.mode == "rail":
            others = (stood_on or {}).get(leg.id, ())
            found += _of_leg(
                number, leg, restrictions, locate(leg), remarks, others, complete=complete
            )
    return State(tuple(found), tuple(remarks))


def _of_leg(
    number: int,
    leg: Leg,
    restrictions: Sequence[Restriction],
    finding: tuple[Position, Stretch],
    remarks: dict[str, None],
    others: Sequence[RestrictionUse],
    *,
    complete: bool,
) -> Iterator[Reopened]:
    main = leg.main
    line = LegLine.of(
        main,
        [(e.place, e.distance_m) for e in leg.timeline
         if e.role == "main" and e.distance_m is not None and e.kind in _AT_PLACE],
    )  # fmt: skip
    used: dict[tuple[str, str], LegRestriction | RestrictionUse] = {
        (one.sender, one.id): one for one in others
    }
    used |= {(one.sender, one.id): one for one in leg_restrictions(leg)}
    now = {(one.sender, one.id): one for one in restrictions}
    senders = {one.sender for one in restrictions}
    for key in sorted(used.keys() | now.keys()):
        old, entry = used.get(key), now.get(key)
        if entry is None:
            if complete and old is not None and old.sender in senders:
                yield Reopened(number, leg, "gone", old, None, None, ())
            continue
        if old is not None and entry.sha256 == old.sha256:
            continue
        if old is not None and entry.version < old.version:
            remarks[
                f"the plan stands on version {old.version} of {old.id} by {old.sender}; the files "
                f"hold version {entry.version}"
            ] = None
            continue
        if old is not None and entry.version == old.version:
            remarks[f"{entry.name} says other things than when the plan was made, under the same "
                    f"version ({entry.where})"] = None  # fmt: skip
        if entry.withdrawn:
            if old is not None:
                yield Reopened(number, leg, "withdrawn", old, entry, None, ())
            continue
        try:
            on_leg = place_on_leg(line, entry, *finding)
        except InputError as error:
            remarks[f"NOT PLACED, look at it by hand: {entry.name}: {error.message}"] = None
            on_leg = None
        trains: tuple[tuple[str, float, float], ...] = ()
        if on_leg is not None and (entry.kind == "possession" or on_leg.own_track):
            trains = tuple(on_leg.met_by(leg.movements))
        if old is not None:
            yield Reopened(number, leg, "changed", old, entry, on_leg if trains else None, trains)
        elif trains:
            yield Reopened(number, leg, "new", None, entry, on_leg, trains)


#: Kinds of event that happen at the place they name.
_AT_PLACE = ("depart", "arrive", "pass")
