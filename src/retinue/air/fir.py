"""Flight information regions under a track, from a file of the user's.

Boundaries are published by each state; no open world-wide collection of them is current,
so none is shipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retinue.air.great_circle import Track

__all__ = ["Fir", "FirStretch", "Firs", "fir_crossings", "load_firs"]


@dataclass(frozen=True)
class Fir:
    """A flight information region.

    Attributes
    ----------
    ident
        ICAO designator, e.g. ``RKRR``; empty where the file has none.
    """

    ident: str
    name: str


@dataclass(frozen=True)
class FirStretch:
    """A stretch of a track in one region.

    Attributes
    ----------
    ident, name
        Both empty where no region of the file covers the stretch (a gap).
    enter_m, exit_m
        Distance along the track.
    lat, lon
        Where the track enters.
    also
        Designators or names of further regions that cover the stretch (an overlap).
    """

    ident: str
    name: str
    enter_m: float
    exit_m: float
    lat: float
    lon: float
    also: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The region as a table prints it."""
        return " ".join(part for part in (self.ident, self.name) if part) or "no region of the file"


@dataclass(frozen=True, eq=False)
class Firs:
    """All regions of a file.

    Attributes
    ----------
    source
        What the file is called.
    """

    regions: tuple[Fir, ...]
    shapes: Any
    source: str
    digest: str

    def __repr__(self) -> str:
        """Return a text that differs where the file's content does."""
        return f"Firs({self.source!r}, {self.digest!r})"


def load_firs(name: str, folder: Path | None = None, where: str = "") -> Firs:
    """Read a GeoJSON file of regions."""
    raise NotImplementedError


def fir_crossings(track: Track, firs: Firs) -> tuple[FirStretch, ...]:
    """Return the regions under a track, in order and without gap."""
    raise NotImplementedError
