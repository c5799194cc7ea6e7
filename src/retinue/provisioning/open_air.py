"""Air outside by month and place: ``climate.yaml``, read and checked.

    mean = sum(w mean_i) / sum(w),  w = 1 / d_i^2    over the nearest three places within reach

Altitude and coast are in the places' own means: Nairobi lies on the equator and is cool.  Farther
out the band of latitude is taken, half a year off south of the equator.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import BeforeValidator, Field, PrivateAttr

from retinue.document import Node, read_yaml, validate
from retinue.errors import InputError
from retinue.sourced import Record, SourcedRecord
from retinue.units import Length
from retinue.world.catalogue import SHIPPED, shown_as, user_folder
from retinue.world.sphere import distance_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ZERO_K", "AirRecord", "BandOfLatitude", "OpenAir", "band_mean", "load_open_air"]

_NEAREST = 3
#: As near as this a place is the place itself, m.
_SAME_M = 1_000.0
ZERO_K = 273.15


def _numbers(value: object) -> object:
    return value.split() if isinstance(value, str) else value


#: A list, or twelve numbers in one line: a file of many places is read in half the time.
_Means = Annotated[
    tuple[Annotated[float, Field(ge=-80, le=60)], ...],
    BeforeValidator(_numbers),
    Field(min_length=12, max_length=12),
]


class AirRecord(SourcedRecord):
    """Monthly means of the open air at a place, degC."""

    name: str = Field(min_length=1)
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    means: _Means


class BandOfLatitude(SourcedRecord):
    """Monthly means of the open air up to a latitude, degC, as they are north of the equator."""

    to_latitude: float = Field(gt=0, le=90)
    means: _Means


class OpenAir(Record):
    """The whole file."""

    retinue_climate: Literal[1]
    sources: dict[str, str]
    source: str
    confidence: str
    reach: Annotated[Length, Field(gt=0, le=2e7)] = Field(
        description="farther than that from any place the latitude decides"
    )
    places: tuple[AirRecord, ...] = ()
    latitudes: tuple[BandOfLatitude, ...] = Field(min_length=1)
    _found: dict[tuple[float, float], NDArray[np.float64]] = PrivateAttr(default_factory=dict)

    def mean_k(self, month: int, lat_deg: float, lon_deg: float) -> float:
        """Return the month's mean of the open air at a place, kelvin."""
        # A train's hours lie near each other: a tenth of a degree is finer than the places.
        key = (round(lat_deg, 1), round(lon_deg, 1))
        if key not in self._found:
            self._found[key] = self._means(*key)
        return float(self._found[key][month - 1]) + ZERO_K

    def _means(self, lat_deg: float, lon_deg: float) -> NDArray[np.float64]:
        far = distance_m(
            lat_deg, lon_deg, [p.lat for p in self.places], [p.lon for p in self.places]
        ).tolist()
        near = sorted((d, at) for at, d in enumerate(far) if d <= self.reach)[:_NEAREST]
        if not near:
            return np.array([band_mean(self.latitudes, month, lat_deg) for month in range(1, 13)])
        weights = np.array([max(d, _SAME_M) ** -2 for d, _ in near])
        means = np.array([self.places[at].means for _, at in near])
        found: NDArray[np.float64] = weights @ means / weights.sum()
        return found


def band_mean(bands: tuple[BandOfLatitude, ...], month: int, lat_deg: float) -> float:
    """Return a month's mean by latitude alone, degC; the south is half a year off."""
    ordered = sorted(bands, key=lambda band: band.to_latitude)
    band = next((one for one in ordered if abs(lat_deg) <= one.to_latitude), ordered[-1])
    return band.means[(month + 5) % 12 if lat_deg < 0 else month - 1]


def load_open_air(path: Path | None = None) -> OpenAir:
    """Read a file of the open air; by default the user's own, else the shipped one.

    Raises
    ------
    InputError
        For a file that is missing or faulty.
    """
    if path is None:
        own = user_folder() / "climate.yaml"
        path = own if own.is_file() else SHIPPED / "climate.yaml"
    node = read_yaml(path, shown_as(path)).copy()
    if not isinstance(node.value, dict) or "retinue climate" not in node.value:
        raise InputError(
            "this is not a file of the open air",
            where=f"{node.file}:{node.line}",
            cure='Begin it with "retinue climate: 1".',
        )
    for key in ("places", "latitudes"):
        _inherit(node, key)
    air = validate(node, OpenAir)
    parts: tuple[tuple[str, tuple[SourcedRecord, ...]], ...] = (
        ("places", air.places), ("latitudes", air.latitudes),
    )  # fmt: skip
    for key, records in parts:
        for at, record in enumerate(records):
            if record.source not in air.sources:
                raise InputError(
                    f'the source "{record.source}" is not described under "sources"',
                    where=node.where((key, at)),
                    cure=f'Add "{record.source}: ..." to "sources".',
                )
    return air


def _inherit(node: Node, key: str) -> None:
    """Let a record stand on the file's source where it names none."""
    listed = node.value.get(key)
    if listed is None or not isinstance(listed.value, list):
        return
    for record in listed.value:
        if isinstance(record.value, dict):
            for name in ("source", "confidence"):
                if name in node.value:
                    record.value.setdefault(name, node.value[name])
