"""A drawn line with crossings, and a runner of trains that knows nothing of the model.

::

    A ---x---x---x--- B (stop) ---x---x---x---x--- C
    0                15 km                        40 km
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from retinue.movement import Movement, MovementStop
from retinue.protection.site import SiteOnLeg

START_S = 1_789_000_000.0
CROSSINGS_KM = (0.4, 3.0, 7.5, 14.6, 15.3, 21.0, 27.0, 33.5, 39.0)
STOP_KM = 15.0
STAND_S = 600.0


def movement(
    role: str, later_s: float, speed_mps: float = 20.0, length_m: float = 300.0
) -> Movement:
    """A train at a steady speed that stands ten minutes in B."""
    begin = START_S + later_s
    at_stop = begin + STOP_KM * 1000 / speed_mps
    distance, time = [0.0, STOP_KM * 1000, STOP_KM * 1000, 40_000.0], [begin, at_stop]
    time += [at_stop + STAND_S, at_stop + STAND_S + 25_000 / speed_mps]
    fine = np.arange(0.0, 40_001.0, 250.0)
    marks = np.unique(np.concatenate((fine, [STOP_KM * 1000])))
    times = np.interp(marks, [0.0, STOP_KM * 1000], time[:2])
    after = marks > STOP_KM * 1000
    times[after] = np.interp(marks[after], distance[2:], time[2:])
    where = int(np.searchsorted(marks, STOP_KM * 1000))
    marks = np.insert(marks, where + 1, STOP_KM * 1000)
    times = np.insert(times, where + 1, time[2])
    return Movement(
        role=role,  # type: ignore[arg-type]
        name=f"{role} train",
        length_m=length_m,
        lon_deg=7.0 + marks / 70_000.0,
        lat_deg=np.full(len(marks), 51.0),
        distance_m=marks,
        time_s=times,
        stops=(MovementStop("B", "Europe/Berlin", "crew", STOP_KM * 1000, time[1], time[2]),),
    )


def site(km: float, site_class: str = "level crossing", **more: Any) -> SiteOnLeg:
    """A site of the line."""
    values: dict[str, Any] = {
        "id": f"x{km:g}", "key": f"1-rail/x{km:g}/0", "leg": "1-rail", "mode": "rail",
        "kind": site_class.replace(" ", "_"), "site_class": site_class, "name": f"crossing {km:g}",
        "lat": 51.0, "lon": 7.0 + km / 70.0, "zone": "Europe/Berlin", "from_m": km * 1000,
        "until_m": km * 1000, "road_class": "tertiary", "record": {"name": f"crossing {km:g}"},
    }  # fmt: skip
    return SiteOnLeg(**(values | more))


def line(
    *movements: Movement, observed_s: float | None = None
) -> tuple[Any, tuple[SiteOnLeg, ...]]:
    """The plan of these trains, as much of it as protection asks for, and its sites."""
    leg = SimpleNamespace(
        id="1-rail", mode="rail", movements=movements, from_=SimpleNamespace(zone="Europe/Berlin")
    )
    seen = [] if observed_s is None else [SimpleNamespace(time_utc=observed_s)]
    plan = SimpleNamespace(
        legs=(leg,), depart_utc=min(m.depart_s for m in movements), observations=seen
    )
    sites = tuple(
        sorted(
            (
                *(site(km) for km in CROSSINGS_KM),
                site(10.0, "signal box", name="Mitte", record={"name": "Mitte"}),
                site(30.0, "station passed", name="Halt", record={"name": "Halt"}),
            ),
            key=lambda s: s.from_m,
        )
    )
    return plan, sites


def run_once(
    train: Movement, rng: np.random.Generator, fastest: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return (distance, time) of one real run: heavy tails, no early departure, no magic speed.

    Running times are the plan's times a lognormal factor, never below ``1 - fastest``; on the way
    the train is stopped at random places for Pareto times of infinite variance.
    """
    distance, planned = train.distance_m, train.time_s
    steps = np.diff(planned)
    moving = np.diff(distance) > 0
    pace = max(1.0 - fastest, float(np.exp(rng.normal(0.0, 0.08))))
    factor = np.maximum(1.0 - fastest, pace * np.exp(rng.normal(0.0, 0.05, len(steps))))
    taken = np.where(moving, steps * factor, 0.0)
    for _ in range(rng.poisson(1.5)):
        taken[int(rng.integers(len(steps)))] += min(60.0 * (rng.pareto(1.3)), 20_000.0)
    time = np.empty(len(planned))
    time[0] = planned[0] + max(0.0, rng.exponential(60.0))
    for i in range(len(steps)):
        arrive = time[i] + taken[i]
        # A stop: not before its planned time, and a late train still needs half of it.
        standing = not moving[i]
        time[i + 1] = max(planned[i + 1], time[i] + steps[i] * 0.5) if standing else arrive
    return distance, time
