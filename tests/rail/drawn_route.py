"""Rail routes drawn in ASCII, so that a test shows the line it speaks of.

One character is 5 km; letters are operating points::

    A--------B~C===<===D
    - single track 3 kV DC 1435 mm      = double track, no wires, 1520 mm
    ~ single track, both gauges, no wires
    lower-case letter: the train reverses there
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retinue.world.rail_route import (
    Facility,
    OperatingPoint,
    RailRoute,
    RoutePoint,
    RouteStretch,
    Value,
)

CHARACTER_M = 5_000.0


@dataclass(frozen=True)
class Kind:
    """What a drawn character stands for."""

    gauges_mm: tuple[int, ...]
    electrification: str
    tracks: int
    speed_kmh: float
    country: str


KINDS = {
    "-": Kind((1435,), "3kv-dc", 1, 60.0, "KP"),
    "_": Kind((1435,), "3kv-dc", 1, 30.0, "KP"),
    "~": Kind((1435, 1520), "none", 1, 40.0, "RU"),
    "=": Kind((1520,), "none", 2, 80.0, "RU"),
}

EXCHANGE = Facility(
    kind="bogie-exchange", gauges_mm=(1435, 1520), low_s=5400.0, likely_s=10800.0, high_s=18000.0
)


def drawn(
    art: str,
    *,
    ruling_gradient: float | None = None,
    exchange_at: str = "",
    zones: dict[str, str] | None = None,
    block_m: float | None = None,
    loops: dict[str, float] | None = None,
) -> RailRoute:
    """Return the route that an ASCII drawing shows."""
    points, stretches = [], []
    at, run_from, open_kind = 0.0, 0.0, ""
    names: list[tuple[str, float]] = []
    for character in art.strip():
        if character.isalpha():
            names.append((character, at))
            continue
        if character != open_kind or (names and names[-1][1] == at):
            if open_kind and at > run_from:
                stretches.append(_stretch(open_kind, run_from, at, ruling_gradient, block_m))
            open_kind, run_from = character, at
        at += CHARACTER_M
    stretches.append(_stretch(open_kind, run_from, at, ruling_gradient, block_m))
    for letter, distance in names:
        beyond = next((s for s in stretches if s.from_m >= distance), stretches[-1])
        country = beyond.country
        name = f"Station {letter.upper()}"
        points.append(
            RoutePoint(
                OperatingPoint(
                    id=letter.upper(),
                    name=name,
                    lat=40.0 + distance * 1e-5,
                    lon=128.0,
                    country=country,
                    zone=(zones or {}).get(
                        letter, "Asia/Pyongyang" if country == "KP" else "Asia/Vladivostok"
                    ),
                    facilities=(EXCHANGE,) if letter in exchange_at else (),
                    loop_length_m=(loops or {}).get(letter),
                ),
                distance,
                reverses=letter.islower(),
            )
        )
    grid = np.arange(0.0, at + 1.0, 1000.0)
    return RailRoute(
        tuple(points), tuple(stretches), np.full(grid.size, 128.0), 40.0 + grid * 1e-5, grid, at
    )


def _stretch(
    character: str, from_m: float, to_m: float, gradient: float | None, block_m: float | None
) -> RouteStretch:
    kind = KINDS[character]
    return RouteStretch(
        line_id=f"line-{kind.country}",
        line_name=f"{kind.country} line",
        from_m=from_m,
        to_m=to_m,
        gauges_mm=kind.gauges_mm,
        electrification=kind.electrification,
        line_speed_mps=kind.speed_kmh / 3.6,
        tracks=kind.tracks,
        ruling_gradient=gradient,
        country=kind.country,
        block_length_m=block_m,
        values={"line_speed": Value(f"{kind.speed_kmh:g} km/h", "drawn", "assumed")},
    )
