"""What each reader of a sheet may know, gathered from the records of plan and protection."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from retinue.plan import Duty, Plan, Protection, Task

__all__ = ["Known", "foreign_names", "identifiers", "known_to", "secrets_of"]

_WHERE = re.compile(r"\((-?\d+\.\d{4}), (-?\d+\.\d{4})\)")

#: Words of every sheet, and of railways and roads in general: a place of that name cannot be told
#: from the word.
_WORDS = frozenset(
    re.findall(
        r"\w+",
        "about above aerodrome ambulance amendment and announced any are area arrive arrives "
        "at away back base be before begin begins being beside between border box braking "
        "bridge by call calls can car case caterer clear close closed closure come commander "
        "complete control convoy cross crosses crossing cutting damaged dangerous decides "
        "delivered departs deputy done due duty earlier electrical else emergency engine "
        "expected fails fire first flight foot for found freight from goods ground group "
        "guard halt has head held hold if in inspect is isolate isolated it its journey "
        "junction last later leave level line lock long may message min more most movement "
        "movements name named narrow needs next no nobody not nothing notice number occupied "
        "of office on once one open opened operate opposite or order ordered over overtakes "
        "passed passes past patrol patrols people person plan post power principal programme "
        "protection rail railway reached recall released remarks replaced replaces report "
        "reported request restricted road rules runs seal searches seen sheet shown shunting "
        "signal signaller signed something special stand standard station stay still stopped "
        "strict supply sweep tail taken takes team than the there these time times to too "
        "track traffic train trains trolley tunnel under until vehicle version viaduct visit "
        "void wagons have  waits way when while who with within without works yard ",
    )
)


@dataclass
class Known:
    """What one reader may know.

    Attributes
    ----------
    names
        Places, teams, words of their own records.
    positions
        (lat, lon), degrees, four decimals.
    moments
        Unix seconds.
    numbers
        Figures as they are printed.
    """

    names: set[str] = field(default_factory=set)
    positions: set[tuple[float, float]] = field(default_factory=set)
    moments: set[float] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)

    def count(self, most: int) -> None:
        """Let things be numbered up to ``most``."""
        self.numbers |= {str(n) for n in range(1, most + 1)}

    def minutes(self, seconds: float) -> None:
        """Let a duration be told in minutes."""
        self.numbers |= {f"{seconds / 60:.0f}", f"{max(seconds / 60, 1):.0f}"}

    def place(self, lat: float, lon: float) -> None:
        """Let a position be told."""
        self.positions.add((round(lat, 4), round(lon, 4)))


def known_to(plan: Plan, protection: Protection, role: str, whom: str) -> Known:
    """Return what a reader may know."""
    known = Known(names={whom, _WHERE.sub("", whom).strip()})
    match role:
        case "crossing keeper":
            _keeper(protection, whom, known)
        case "station":
            _station(plan, protection, whom, known)
        case "team leader":
            _team(protection, whom, known)
        case "caterer":
            _caterer(plan, whom, known)
        case "railway notice" | "traffic control":
            for leg in plan.legs:
                known.names |= {e.place for e in leg.timeline} if leg.mode == "rail" else set()
        case _:
            known.names |= {p.text for p in plan.papers}
            # A flight plan has its aerodromes; they are the addressee's business.
            known.names |= {plan.origin.name, plan.destination.name}
            known.names |= {end.name for leg in plan.legs for end in (leg.from_, leg.to)}
    return known


def _at(lat: float, lon: float, whom: str) -> bool:
    found = _WHERE.search(whom)
    return found is not None and found[0] == f"({lat:.4f}, {lon:.4f})"


def _called(place: str, whom: str) -> bool:
    """Return whether a record's place is the one meant: by name, or without one by its kind."""
    own = _WHERE.sub("", whom).strip().removeprefix("post at ")
    return place == own or re.fullmatch(rf"{re.escape(own)} at km -?\d+\.\d", place) is not None


def _keeper(protection: Protection, whom: str, known: Known) -> None:
    own = [c for c in protection.closures if _at(c.lat, c.lon, whom) and _called(c.place, whom)]
    known.count(len(own))
    for closure in own:
        known.place(closure.lat, closure.lon)
        known.moments |= {closure.latest_close_utc, closure.band_open_utc}
        rule = closure.emergency
        known.names.add(rule.decides)
        known.numbers.add(f"{rule.last_safe_s:.0f}")
        known.minutes(rule.most_delay_s)
        known.minutes(closure.budget_s or 0.0)
        known.count(len(closure.roles))
        _bands(protection, {(closure.leg, closure.site)}, known)


def _bands(protection: Protection, keys: set[tuple[str, str]], known: Known) -> None:
    for band in protection.passages:
        if (band.leg, band.site) in keys:
            known.moments |= {
                band.head_utc, band.head_low_utc, band.head_high_utc,
                band.tail_utc, band.tail_low_utc, band.tail_high_utc,
            }  # fmt: skip


def _station(plan: Plan, protection: Protection, whom: str, known: Known) -> None:
    own = [
        site
        for site in protection.sites
        if str(site.get("class", "")).startswith("station")
        and _at(float(site["lat_deg"]), float(site["lon_deg"]), whom)
        and _called(str(site["name"]), whom)
    ]
    keys = {(str(site["leg"]), str(site["id"])) for site in own}
    _bands(protection, keys, known)
    for site in own:
        known.place(float(site["lat_deg"]), float(site["lon_deg"]))
        _standing(plan, site, known)
    for task in protection.tasks:
        if (task.leg, task.site) in keys:
            _task(task, known)


def _standing(plan: Plan, site: dict[str, Any], known: Known) -> None:
    begin, end = float(site["chainage_m"]) - 1.0, float(site["until_m"]) + 1.0
    for leg in plan.legs:
        if leg.id != site["leg"]:
            continue
        for movement in leg.movements:
            if begin <= float(movement.distance_m[0]) <= end:
                known.moments.add(movement.depart_s)
            if begin <= float(movement.distance_m[-1]) <= end:
                known.moments.add(movement.arrive_s)
            for stop in movement.stops:
                if begin <= stop.distance_m <= end:
                    known.moments |= {stop.arrive_s, stop.depart_s}


def _task(task: Task, known: Known) -> None:
    known.place(task.lat, task.lon)
    if task.end_lat is not None and task.end_lon is not None:
        known.place(task.end_lat, task.end_lon)
    known.moments |= {task.latest_utc, task.until_utc}
    if task.decide_utc is not None:
        known.moments.add(task.decide_utc)
    known.numbers.add(str(task.people))
    known.minutes(task.duration_s)
    known.names |= {*task.skills, task.request_to} - {""}


def _team(protection: Protection, whom: str, known: Known) -> None:
    tasks = {task.id: task for task in protection.tasks}
    own = [duty for duty in protection.duties if _leads(duty, tasks, whom)]
    known.count(len(own))
    for duty in own:
        known.moments |= {duty.start_utc, duty.end_utc}
        known.numbers.add(str(duty.people))
        if not duty.assumed:
            known.names |= {duty.team, duty.base, duty.vehicle}
        for step in duty.steps:
            task = tasks[step.task]
            _task(task, known)
            name = re.sub(r" at km -?\d+\.\d$", "", task.place)
            known.names |= {step.contact} if task.from_m is not None else {name, step.contact}
            known.moments |= {step.arrive_utc, step.start_utc, step.end_utc, step.leave_utc}
            known.minutes(step.travel_s)


def _leads(duty: Duty, tasks: dict[str, Task], whom: str) -> bool:
    if not duty.assumed:
        return duty.team == whom
    first = tasks[duty.steps[0].task]
    beat = first.from_m is not None and whom.startswith("post at track")
    return _at(first.lat, first.lon, whom) and (beat or _called(first.place, whom))


def _caterer(plan: Plan, whom: str, known: Known) -> None:
    for leg in plan.legs:
        for movement in leg.movements:
            for stop in movement.stops:
                if stop.place != whom:
                    continue
                known.names |= {stop.why, *(task.what for task in stop.tasks)} - {""}
                known.moments |= {stop.arrive_s, stop.depart_s}
                for task in stop.tasks:
                    begin = stop.arrive_s + task.start_s
                    known.moments |= {begin, begin + task.duration_s}


def secrets_of(plan: Plan) -> list[tuple[str, str]]:
    """Return (what it is, word) of what only those who know the journey may read."""
    found = [("the journey's title", plan.title)]
    found += [("a leg's title", leg.title) for leg in plan.legs]
    found += [
        ("a word of the journey's title", word)
        for word in re.findall(r"[^\W\d_][\w'-]{3,}", plan.title)
        if word.casefold() not in _WORDS and word[0].isupper()
    ]
    try:
        asked = yaml.safe_load(plan.journey.text)
    except yaml.YAMLError:
        asked = None
    party = asked.get("party") if isinstance(asked, dict) else None
    found += [("one of the party", name) for name in _people(party)]
    return [(what, word) for what, word in found if not _common(word)]


def _common(words: str) -> bool:
    """Return whether a name has nothing but words of every sheet."""
    return set(re.findall(r"[^\W\d_]+", words.casefold())) <= _WORDS


def _people(value: Any) -> Iterable[str]:
    """Yield every word of a party's entries that may be a name."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _people(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in ("will not", "will_not", "longest", "highest", "motion"):
                yield from _people(item)


def identifiers(plan: Plan, protection: Protection) -> list[str]:
    """Return every identifier of plan and protection that could be searched for elsewhere."""
    made = plan.made_with
    found = [
        plan.hash, plan.hash[:12], plan.hash[:8], protection.plan_hash, protection.hash,
        protection.hash[:12], protection.hash[:8], made.pack_sha256, made.catalogue_sha256,
        made.world_sha256, plan.journey.file, plan.made_at,
        *(leg.id for leg in plan.legs),
        *(str(site.get("id", "")) for site in protection.sites),
        *(str(site.get("key", "")) for site in protection.sites),
        *(one.id for one in protection.closures), *(one.site for one in protection.closures),
        *(one.id for one in protection.tasks), *(one.id for one in protection.duties),
        *(one.id for one in protection.crews), *(one.id for one in protection.weaknesses),
        *(one.id for one in protection.decisions if "/" in one.id),
    ]  # fmt: skip
    return [word for word in dict.fromkeys(found) if len(word) > 2]


def foreign_names(plan: Plan, protection: Protection, known: Known) -> list[str]:
    """Return the names of places, teams and crews that are not the reader's."""
    found = [
        plan.origin.name, plan.destination.name,
        *(end.name for leg in plan.legs for end in (leg.from_, leg.to)),
        *(stop.place for leg in plan.legs for m in leg.movements for stop in m.stops),
        *(event.place for leg in plan.legs for event in leg.timeline),
        *(str(site.get("name") or "") for site in protection.sites),
        *(c.place for c in protection.closures), *(t.place for t in protection.tasks),
        *(c.close.place for c in protection.closures),
        *(d.team for d in protection.duties), *(d.base for d in protection.duties),
        *(c.crew for c in protection.crews), *(h.name for h in protection.havens),
    ]  # fmt: skip
    own = {name.casefold() for name in known.names}
    return [
        name
        for name in dict.fromkeys(found)
        if len(name) > 1 and name.casefold() not in own and name.casefold() not in _WORDS
    ]
