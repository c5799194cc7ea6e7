"""Limits of the party's members: modes they exclude, motion, altitude, time at a stretch.

They are respected wherever legs are planned: a journey whose own legs break one is refused,
an alternative or option that breaks one cannot be made, and whose limit it was is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from retinue.clock import duration_text
from retinue.errors import InputError, Reason
from retinue.plan import Note
from retinue.planner.options_comfort import cabin_altitude_m, motion_mps2

if TYPE_CHECKING:
    from retinue.journey import JourneyFile, Party
    from retinue.plan import Leg
    from retinue.plan.leg import Mode

__all__ = ["Breach", "exceeded", "excluded", "limit_notes", "not_assessed", "refuse"]

_WILL_NOT = {"air": "will not fly", "rail": "will not go by train", "road": "will not go by road"}
_BY = {"air": "by air", "rail": "by train", "road": "by road"}


@dataclass(frozen=True)
class Breach:
    """A member's limit that a leg breaks.

    Attributes
    ----------
    member
        Index of the member.
    leg
        Index of the leg.
    """

    member: int
    who: str
    limit: Literal["will not", "highest", "motion", "longest"]
    leg: int
    what: str
    cure: str

    def reason(self) -> Reason:
        """Return the breach as a reason why an option cannot be made."""
        return Reason(self.what, cure=self.cure, kind="party")


def excluded(party: Party, modes: Sequence[Mode]) -> list[Breach]:
    """Return the legs of a mode that somebody will not take; no plan is needed to tell."""
    return [
        Breach(
            number, member.who, "will not", index,
            f"{member.who} {_WILL_NOT[mode]}, and leg {index + 1} is {_BY[mode]}",
            "Plan this leg by another mode (retinue options JOURNEY shows which can be made),"
            f" or let the party travel without {member.who}.",
        )
        for number, member in enumerate(party.members)
        for index, mode in enumerate(modes)
        if mode in member.will_not
    ]  # fmt: skip


def exceeded(party: Party, legs: Sequence[Leg]) -> list[Breach]:
    """Return the limits of altitude, motion and time that planned legs break."""
    found: list[Breach] = []
    for number, member in enumerate(party.members):
        for index, leg in enumerate(legs):
            name = f"leg {index + 1} ({leg.title})"

            def add(
                limit: Literal["highest", "motion", "longest"],
                what: str,
                cure: str,
                *,
                number: int = number,
                who: str = member.who,
                index: int = index,
            ) -> None:
                found.append(Breach(number, who, limit, index, what, cure))

            altitude = cabin_altitude_m(leg)
            if member.highest is not None and altitude is not None and altitude > member.highest:
                add(
                    "highest",
                    f"{member.who} is not to be taken above {member.highest:,.0f} m, and {name}"
                    f" has {altitude:,.0f} m in the cabin",
                    "Fly lower with cruise altitude, take a pressurised aircraft, or go by land.",
                )
            motion = motion_mps2(leg)
            if member.motion is not None and motion > member.motion:
                add(
                    "motion",
                    f"{member.who} bears a vertical motion of {member.motion:.2f} m/s2 at most,"
                    f" and {name} has {motion:.2f} m/s2 (typical of the mode, assumed)",
                    "Choose a smoother mode for this leg.",
                )
            longest = member.longest.get(leg.mode)
            lasts = leg.arrive_utc - leg.depart_utc
            if longest is not None and lasts > longest + 0.5:
                add(
                    "longest",
                    f"{member.who} travels at most {duration_text(longest)} at a stretch"
                    f" {_BY[leg.mode]}, and {name} takes {duration_text(lasts)}",
                    "Break the leg in two with a rest between, or choose a faster mode.",
                )
    return found


def not_assessed(party: Party, legs: Sequence[Leg]) -> tuple[str, ...]:
    """Return, in words, which limits nothing is known to judge by."""
    return tuple(
        f"{member.who}: not above {member.highest:,.0f} m is not assessed on {leg.title}: the"
        " heights of railways and roads are not known here"
        for member in party.members
        if member.highest is not None
        for leg in legs
        if cabin_altitude_m(leg) is None
    )


def limit_notes(party: Party, legs: Sequence[Leg]) -> list[Note]:
    """Return the limits that were not assessed as notes of a plan."""
    return [Note(level="info", subject="party", text=text) for text in not_assessed(party, legs)]


def refuse(file: JourneyFile, breaches: Sequence[Breach]) -> None:
    """Refuse a journey whose own legs break a limit.

    Raises
    ------
    InputError
        For the first breach, naming the member's line and the leg's.
    """
    if not breaches:
        return
    first = breaches[0]
    leg = file.journey.legs[first.leg]
    more = f" ({len(breaches) - 1} more after this one)" if len(breaches) > 1 else ""
    raise InputError(
        f"{first.what} ({file.where('legs', first.leg, leg.mode)}){more}",
        where=file.where("party", "members", first.member, first.limit),
        cure=first.cure,
    )
