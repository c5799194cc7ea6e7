"""Random closed sets: flights between large aerodromes, countries, polygons and circles."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from tests.checks.airspace_reference import SPHERE, Point

from retinue.air.area_shape import circle_ring, polygon_ring
from retinue.air.areas import RestrictedArea
from retinue.air.great_circle import Track
from retinue.world.aerodromes import Aerodrome, Aerodromes
from retinue.world.countries import Countries

__all__ = ["Case", "draw", "large_aerodromes"]


@dataclass(frozen=True)
class Case:
    """One flight and what is closed to it."""

    number: int
    start: Point
    end: Point
    closed: tuple[str, ...]
    polygons: tuple[tuple[Point, ...], ...]
    circles: tuple[tuple[Point, float], ...]

    @property
    def areas(self) -> tuple[RestrictedArea, ...]:
        """The polygons and circles as a flight is given them."""
        rings = [polygon_ring(p) for p in self.polygons]
        rings += [circle_ring(*c) for c in self.circles]
        return tuple(RestrictedArea(f"R{n}", ring) for n, ring in enumerate(rings))


def large_aerodromes(aerodromes: Aerodromes) -> list[Aerodrome]:
    """Return the aerodromes that the source calls large."""
    found = (aerodromes.at(row) for row in range(len(aerodromes)))
    return [aerodrome for aerodrome in found if aerodrome.kind == "large_airport"]


def draw(number: int, aerodromes: list[Aerodrome], countries: Countries) -> Case:
    """Return the case of a number: the same number, the same case."""
    random = np.random.default_rng(number)
    while True:
        one, two = (aerodromes[i] for i in random.choice(len(aerodromes), 2, replace=False))
        start, end = (one.lat, one.lon), (two.lat, two.lon)
        apart = SPHERE.inv(one.lon, one.lat, two.lon, two.lat)[2]
        if 500e3 < apart < 9_000e3:
            break
    track = Track.through([start, end])
    lat, lon = track.at(np.linspace(0.0, track.length_m, 60))
    own = {one.country, two.country}
    over = sorted({c for c in countries.country_at(lat, lon, 22_224.0) if c} - own)
    outlined = {countries.iso2[row] for row in countries.topology.shapes[1]}
    known = sorted({c for c in outlined if c} - own)
    closed = {c for c in over if random.random() < 0.6}
    drawn = random.choice(len(known), int(random.integers(0, 4)), replace=False)
    closed |= {known[i] for i in drawn}

    def beside() -> Point:
        at = random.uniform(0.1, 0.9) * track.length_m
        y, x = track.at(np.array([at]))
        away = random.uniform(0.0, 0.15) * track.length_m
        lon2, lat2, _ = SPHERE.fwd(float(x[0]), float(y[0]), random.uniform(0, 360), away)
        return lat2, lon2

    polygons = []
    for _ in range(int(random.integers(0, 4))):
        centre = beside()
        size = random.uniform(0.03, 0.15) * track.length_m
        corners = int(random.integers(3, 9))
        turns = (np.arange(corners) + random.uniform(0.0, 0.8, corners)) * 360.0 / corners
        ring = [
            SPHERE.fwd(centre[1], centre[0], t, size * random.uniform(0.3, 1.0))[:2] for t in turns
        ]
        polygons.append(tuple((y, x) for x, y in ring))
    circles = [
        (beside(), float(random.uniform(0.02, 0.1) * track.length_m))
        for _ in range(int(random.integers(0, 3)))
    ]
    sound = tuple(p for p in polygons if _sound(p))
    return Case(number, start, end, tuple(sorted(closed)), sound, tuple(circles))


def _sound(ring: tuple[Point, ...]) -> bool:
    try:
        polygon_ring(ring)
    except ValueError:
        return False
    return math.isfinite(ring[0][0])
