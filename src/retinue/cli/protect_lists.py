"""Lists of a protection document as tables for the terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from retinue.clock import duration_text, local_text
from retinue.plan.summary import table_text

if TYPE_CHECKING:
    from retinue.plan import Protection

__all__ = ["list_text"]

_Rows = tuple[list[str], list[list[str]], frozenset[int]]


def list_text(protection: Protection, name: str) -> str:
    """Return one list as a table with its heading."""
    head, rows, right = _TABLES[name](protection)
    if not rows:
        return f"{name}: none"
    return f"{name} ({len(rows)})\n" + table_text(head, rows, right=right)


def _at(time_s: float, zone: str) -> str:
    return local_text(time_s, zone).strip()


def _closures(p: Protection) -> _Rows:
    rows = [
        [
            c.place, c.kind.replace("_", " "), _at(c.close.planned_utc, c.zone), c.close.event,
            _at(c.latest_close_utc, c.zone), _at(c.open.planned_utc, c.zone),
            f"{c.hold_s / 60:.1f}", f"{c.emergency.last_safe_s:.0f}",
            f"{c.emergency.most_delay_s / 60:.1f}",
            f"{c.public.vehicle_hours:.2f}" if c.public else "",
        ]
        for c in p.closures
    ]  # fmt: skip
    head = [
        "site", "kind", "close", "on", "at the latest", "open", "min", "last safe s",
        "longest wait min", "veh-h",
    ]  # fmt: skip
    return head, rows, frozenset({6, 7, 8, 9})


def _posts(p: Protection) -> _Rows:
    rows = [
        [t.place, t.what, str(t.people), ", ".join(t.skills), _at(t.earliest_utc, t.zone),
         _at(t.latest_utc, t.zone), _at(t.until_utc, t.zone), t.request_to or ""]
        for t in p.tasks
    ]  # fmt: skip
    head = ["place", "what", "people", "skills", "from", "begun by", "until", "asked of"]
    return head, rows, frozenset({2})


def _duties(p: Protection) -> _Rows:
    rows = [
        [d.team, d.base, _at(d.start_utc, d.zone), _at(d.end_utc, d.zone), str(len(d.steps)),
         duration_text(d.slack_s), ", ".join(s.place for s in d.steps)[:60]]
        for d in p.duties
    ]  # fmt: skip
    head = ["team", "base", "leaves", "is back", "tasks", "to spare", "places"]
    return head, rows, frozenset({4})


def _uncovered(p: Protection) -> _Rows:
    return ["place", "because", "cure"], [[u.place, u.because, u.cure] for u in p.uncovered], _NONE


def _crews(p: Protection) -> _Rows:
    rows = [
        [c.crew, c.kind, str(c.people), _at(c.start_utc, c.zone), _at(c.end_utc, c.zone),
         " - ".join(dict.fromkeys((c.pieces[0].from_place, c.pieces[-1].to_place))), c.rule]
        for c in p.crews
    ]  # fmt: skip
    return ["crew", "kind", "people", "on", "off", "work", "rule"], rows, frozenset({2})


def _decisions(p: Protection) -> _Rows:
    rows = [
        [_at(d.latest_utc, d.zone), d.what, d.text, d.owner, d.deputy, d.otherwise]
        for d in p.decisions
    ]
    return ["by", "what", "decision", "owner", "deputy", "otherwise"], rows, _NONE


def _channels(p: Protection) -> _Rows:
    rows = [
        [c.leg, c.primary, c.secondary, duration_text(c.check_in_s), "; ".join(c.gaps)]
        for c in p.channels
    ]
    return ["leg", "first", "second", "check-in", "gaps"], rows, _NONE


def _havens(p: Protection) -> _Rows:
    rows = [
        [h.leg, f"{h.from_m / 1000:.1f}", h.kind, h.name, h.by, duration_text(h.travel_s),
         f"{h.travel_m / 1000:.1f}"]
        for h in p.havens
    ]  # fmt: skip
    return ["leg", "at km", "kind", "haven", "by", "time", "km"], rows, frozenset({1, 6})


def _fallbacks(p: Protection) -> _Rows:
    rows = [
        [f.leg, f.kind, f.title, "yes" if f.feasible else "no",
         "" if f.later_s is None else duration_text(abs(f.later_s)) + (
             " later" if f.later_s >= 0 else " earlier"),
         "; ".join(f.reasons)]
        for f in p.fallbacks
    ]  # fmt: skip
    return ["leg", "kind", "fallback", "checked", "arrives", "why not"], rows, _NONE


def _weaknesses(p: Protection) -> _Rows:
    return (
        ["leg", "to do", "cure", "owner"],
        [[w.leg, w.task, w.cure, w.owner] for w in p.weaknesses],
        _NONE,
    )


def _severed(p: Protection) -> _Rows:
    rows = [[s.place, s.kind, duration_text(s.until_utc - s.from_utc), s.cure] for s in p.severed]
    return ["place", "kind", "for", "cure"], rows, _NONE


def _assumptions(p: Protection) -> _Rows:
    rows = [[a.subject, a.what, a.value, a.because] for a in p.assumptions]
    return ["subject", "what", "assumed", "because"], rows, _NONE


_NONE: frozenset[int] = frozenset()
_TABLES: dict[str, Callable[[Protection], _Rows]] = {
    "closures": _closures,
    "posts": _posts,
    "duties": _duties,
    "uncovered": _uncovered,
    "crews": _crews,
    "decisions": _decisions,
    "channels": _channels,
    "havens": _havens,
    "fallbacks": _fallbacks,
    "weaknesses": _weaknesses,
    "severed": _severed,
    "assumptions": _assumptions,
}
