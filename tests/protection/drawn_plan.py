"""A fictional train over a drawn line, protected by the rooms; all that a reader must not learn can
be chosen.

::

    origin ---x---x---Mitte---x--- B (stop) ---x--- Mill Lane --- Halt ---x--- destination
    0                10 km        15 km             27 km        30 km         40 or 60 km
"""

from __future__ import annotations

from typing import Any

import numpy as np

from retinue.clock import parse_moment
from retinue.movement import Movement, MovementStop, StopTask
from retinue.plan import Event, JourneyRecord, Leg, MadeWith, PlaceRecord, Plan, Protection, Task
from retinue.planner.team_travel import as_the_crow_flies
from retinue.protection.bands import load_passage_model, passage_bands
from retinue.protection.closures import closures_of
from retinue.protection.communications import channels_of
from retinue.protection.crews import crew_duties
from retinue.protection.decisions import decisions_of
from retinue.protection.duties import give_out
from retinue.protection.policy import load_policy
from retinue.protection.public_cost import load_road_flows
from retinue.protection.site import sites_of
from retinue.protection.tasks import patrol_tasks, site_tasks
from retinue.protection.teams import Team

ZONE = "Europe/Berlin"
START_S = parse_moment("2026-05-04 23:20 Europe/Berlin")
SPEED_MPS = 20.0
KEEPER = "Mill Lane (51.0000, 7.3857)"
STATION = "Halt (51.0000, 7.4286)"
STOP = "Bergen (51.0000, 7.2143)"
TEAM = "Red team"
CATERER = "Bergen"
POLICY, TEXT = load_policy("strict")
JOURNEY = """retinue: 1
title: {title}
party:
  principal: 1
  members:
    - {{who: {who}, will not: fly}}
"""


def _lon(km: float) -> float:
    return round(7.0 + km / 70.0, 6)


def train(role: Any, later_s: float, end_km: float) -> Movement:
    """A train at a steady speed that stands ten minutes in Bergen."""
    marks = np.unique(np.concatenate((np.arange(0.0, end_km * 1000 + 1, 250.0), [15_000.0])))
    times = START_S + later_s + marks / SPEED_MPS
    after = int(np.searchsorted(marks, 15_000.0)) + 1
    marks = np.insert(marks, after, 15_000.0)
    times = np.insert(times, after, times[after - 1])
    times[after:] += 600.0
    arrive = float(times[after - 1])
    stop = MovementStop(
        "Bergen", ZONE, "catering", 15_000.0, arrive, arrive + 600.0,
        (StopTask("meals aboard", 60.0, 300.0),),
    )  # fmt: skip
    return Movement(
        role=role, name=f"{role} train", length_m=300.0, lon_deg=7.0 + marks / 70_000.0,
        lat_deg=np.full(len(marks), 51.0), distance_m=marks, time_s=times, stops=(stop,),
    )  # fmt: skip


def _site(kind: str, km: float, name: str, number: int) -> dict[str, Any]:
    record: dict[str, Any] = {
        "leg": "1-rail", "id": f"{kind}:{number}", "kind": kind, "chainage_m": km * 1000,
        "until_m": km * 1000, "run": 0, "lat_deg": 51.0, "lon_deg": _lon(km),
    }  # fmt: skip
    return (
        record
        | ({"name": name} if name else {})
        | ({"road_class": "tertiary"} if "crossing" in kind else {})
    )


OTHERS = (
    ("level_crossing", 3.0, "North Road"), ("level_crossing", 7.5, ""),
    ("signal_box", 10.0, "Mitte"), ("station", 12.0, "Lindow"),
    ("level_crossing", 21.0, "Tanner's Way"), ("level_crossing", 33.5, "East Road"),
    ("tunnel", 36.0, "Owl tunnel"),
)  # fmt: skip
OWN = (
    ("station", 15.0, "Bergen"), ("level_crossing", 27.0, "Mill Lane"), ("station", 30.0, "Halt"),
)  # fmt: skip


def drawn(
    *,
    title: str = "Visit of the Duke to Castle Clover",
    origin: str = "Asterburg",
    destination: str = "Clover",
    end_km: float = 40.0,
    who: str = "Duke Bertram",
    others: tuple[tuple[str, float, str], ...] = OTHERS,
    named: bool = True,
) -> tuple[Plan, Protection]:
    """Return the plan of a fictional journey and its protection.

    Parameters
    ----------
    others
        (kind, km, name) of sites beside Bergen, Mill Lane and Halt.
    named
        Whether one team has a name and the rest are to be named, or all.
    """
    listed = [s for s in (*OWN, *others) if s[1] < end_km]
    sites = [_site(*s, number) for number, s in enumerate(listed)]
    movements = (train("advance", -1_200.0, end_km), train("main", 0.0, end_km))
    main = movements[1]
    ends = [
        PlaceRecord(name=name, lat=51.0, lon=_lon(km), country="DE", zone=ZONE)
        for name, km in ((origin, 0.0), (destination, end_km))
    ]
    events = [
        Event(
            time_utc=main.time_at(km * 1000), zone=ZONE, kind=kind, place=place, text="",
            distance_m=km * 1000, country="DE",
        )
        for kind, km, place in (
            ("depart", 0.0, origin), ("arrive", 15.0, "Bergen"), ("depart", 15.0, "Bergen"),
            ("pass", 30.0, "Halt"), ("arrive", end_km, destination),
        )
    ]  # fmt: skip
    leg = Leg(
        id="1-rail", mode="rail", title=f"{origin} to {destination} by rail",
        **{"from": ends[0]}, to=ends[1], depart_utc=main.depart_s, arrive_utc=main.arrive_s,
        distance_m=end_km * 1000, running_time_s=end_km * 1000 / SPEED_MPS, movements=movements,
        timeline=tuple(events), countries=("DE",),
    )  # fmt: skip
    plan = Plan(
        title=title,
        made_with=MadeWith(
            retinue="0", pack_version="0", pack_sha256="a" * 64, catalogue_sha256="b" * 64
        ),
        journey=JourneyRecord(
            name="clover", file="clover.yaml", text=JOURNEY.format(title=title, who=who)
        ),
        origin=ends[0], destination=ends[1], depart_utc=movements[0].depart_s,
        arrive_utc=main.arrive_s, legs=(leg,), sites=tuple(sites),
    ).sealed()  # fmt: skip
    return plan, _protected(plan, named=named)


def _protected(plan: Plan, *, named: bool) -> Protection:
    sites, model = sites_of(plan), load_passage_model()
    bands = passage_bands(plan, sites, model, POLICY.coverage)
    closures = closures_of(sites, bands, POLICY, model, load_road_flows())
    tasks = (*site_tasks(sites, bands, closures, POLICY), *patrol_tasks(plan, POLICY, model))
    given = [_given_to_one(plan, task, named) for task in tasks if not task.request_to]
    duties = tuple(
        duty.model_copy(update={"id": f"duty-{number}"})
        for number, duty in enumerate(d for one in given for d in one.duties)
    )
    return Protection(
        plan_hash=plan.hash, title=plan.title, policy="strict", policy_text=TEXT,
        sites=tuple(
            {"key": s.key, "class": s.site_class, "name": s.name, **(s.record or {})}
            for s in sites
        ),
        passages=tuple(p.record(POLICY.coverage) for s in sites for p in bands[s.key]),
        closures=closures, tasks=tasks, duties=duties,
        uncovered=tuple(u for one in given for u in one.uncovered),
        crews=crew_duties(plan, POLICY, None), decisions=decisions_of(plan, tasks, POLICY),
        channels=channels_of(plan, sites, POLICY),
    ).sealed()  # fmt: skip


def _given_to_one(plan: Plan, task: Task, named: bool) -> Any:
    """Give each task to a team of its own: who else works where is then nobody's business."""
    own = task.place == "Mill Lane" and named
    team = Team(
        TEAM if own else f"team {task.id}", "Millbridge" if own else plan.origin.name,
        task.lat, task.lon, ZONE, task.people, frozenset(task.skills), "car",
        task.earliest_utc - 3600, task.until_utc + 3600, 24 * 3600.0, assumed=not own,
    )  # fmt: skip
    return give_out(
        (task,), (team,), as_the_crow_flies(), plan.depart_utc, lambda _, compute: compute()
    )
