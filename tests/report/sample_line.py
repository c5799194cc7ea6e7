"""The sample plan's railway: its places, limits, stops, and trains run over it."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from retinue.movement import Movement, MovementStop, Role, StopTask

KP, RU = "Asia/Pyongyang", "Asia/Vladivostok"

# (name, zone, lat, lon, km, limit to the next in km/h, minutes of stop, why)
LINE = [
    ("Pyongyang", KP, 39.006, 125.737, 0.0, 50, 0, ""),
    ("Sinsongchon", KP, 39.42, 126.22, 66.0, 45, 0, ""),
    ("Yangdok", KP, 39.21, 126.66, 127.0, 30, 0, ""),
    ("Kowon", KP, 39.435, 127.243, 213.0, 45, 20, "crew"),
    ("Hamhung", KP, 39.912, 127.546, 277.0, 45, 0, ""),
    ("Sinpo", KP, 40.03, 128.18, 349.0, 40, 0, ""),
    ("Tanchon", KP, 40.46, 128.91, 436.0, 45, 0, ""),
    ("Kim Chaek", KP, 40.67, 129.20, 480.0, 45, 0, ""),
    ("Kilju", KP, 40.96, 129.33, 521.0, 45, 0, ""),
    ("Chongjin", KP, 41.785, 129.775, 675.0, 35, 30, "crew and water"),
    ("Rajin", KP, 42.249, 130.298, 755.0, 30, 0, ""),
    ("Tumangang", KP, 42.416, 130.611, 845.0, 20, 180, "bogie exchange"),
    ("Khasan", RU, 42.428, 130.646, 850.0, 60, 30, "border"),
    ("Baranovsky", RU, 43.62, 131.92, 1088.0, 60, 0, ""),
    ("Vladivostok", RU, 43.111, 131.882, 1176.0, 60, 0, ""),
]

BENDS = {
    "Sinpo": [(40.05, 128.35), (40.17, 128.55), (40.33, 128.75)],
    "Kilju": [(41.08, 129.45), (41.30, 129.66), (41.50, 129.72)],
    "Rajin": [(42.33, 130.40), (42.29, 130.52)],
    "Khasan": [(42.62, 130.78), (42.75, 131.05), (43.02, 131.25), (43.2, 131.42), (43.55, 131.62)],
    "Baranovsky": [(43.45, 132.03), (43.28, 132.02)],
    "Pyongyang": [(39.15, 125.95), (39.33, 126.05)],
    "Yangdok": [(39.17, 126.95)],
    "Kowon": [(39.62, 127.32), (39.75, 127.45)],
}


def shape() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    lat: list[float] = []
    lon: list[float] = []
    at: list[float] = []
    for here, there in pairwise(LINE):
        chain = [(here[2], here[3]), *BENDS.get(here[0], []), (there[2], there[3])]
        steps = [0.0]
        for a, b in pairwise(chain):
            steps.append(steps[-1] + math.hypot(b[0] - a[0], (b[1] - a[1]) * 0.75))
        for (y, x), s in zip(chain[:-1], steps[:-1], strict=True):
            lat.append(y)
            lon.append(x)
            at.append((here[4] + (there[4] - here[4]) * s / steps[-1]) * 1000)
    return (
        np.array([*lat, LINE[-1][2]]),
        np.array([*lon, LINE[-1][3]]),
        np.array([*at, 1_176_000.0]),
    )


def profile() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    grid = np.arange(0.0, 1_176_001.0, 500.0)
    starts = np.array([s[4] * 1000 for s in LINE])
    limits = np.array([s[5] / 3.6 for s in LINE])
    limit = limits[np.clip(np.searchsorted(starts, grid, side="right") - 1, 0, len(LINE) - 2)]
    halts = [0.0, *(s[4] * 1000 for s in LINE if s[6]), 1_176_000.0]
    from_halt = np.min([np.abs(grid - h) for h in halts], axis=0)
    speed = np.minimum(limit, np.sqrt(2 * 0.05 * from_halt))
    return grid, speed, starts[:-1], limits[:-1]


def train(role: Role, name: str, length_m: float, start_s: float, late_s: float) -> Movement:
    lat, lon, at = shape()
    grid, speed, _, _ = profile()
    pace = np.concatenate(
        ([0.0], np.cumsum(np.diff(grid) / (0.5 * (speed[1:] + speed[:-1]) + 1e-9)))
    )
    distance = np.union1d(grid, at)
    clock = np.interp(distance, grid, pace)
    stops = []
    pieces_d, pieces_t = [distance], [clock]
    offset = 0.0
    for place, zone, _, _, km, _, minutes, why in LINE:
        if not minutes:
            continue
        here = km * 1000
        arrive = start_s + late_s + float(np.interp(here, grid, pace)) + offset
        tasks: tuple[StopTask, ...] = ()
        if why == "bogie exchange":
            tasks = (
                StopTask("shunt into the shed", 0, 2400),
                StopTask("lift and exchange bogies, 21 coaches", 2400, 7200),
                StopTask("brake test", 9600, 1200),
            )
        elif why == "border":
            tasks = (
                StopTask("Russian locomotives 2 x 2M62", 0, 1200),
                StopTask("brake test", 1200, 600),
            )
        stops.append(MovementStop(place, zone, why, here, arrive, arrive + minutes * 60, tasks))
        offset += minutes * 60
    d, t = pieces_d[0], pieces_t[0]
    for stop, minutes in zip(stops, [s[6] for s in LINE if s[6]], strict=True):
        place_at = int(np.searchsorted(d, stop.distance_m, side="right"))
        d = np.insert(d, place_at, stop.distance_m)
        t = np.insert(t, place_at, t[place_at - 1])
        t[place_at:] += minutes * 60
    return Movement(
        role=role,
        name=name,
        length_m=length_m,
        lon_deg=np.interp(d, at, lon),
        lat_deg=np.interp(d, at, lat),
        distance_m=d,
        time_s=np.round(t + start_s + late_s),
        stops=tuple(stops),
    )
