"""What a built world tells of sections and stations: tracks, signals, platform lengths."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MappedSection", "MappedStation"]


@dataclass(frozen=True)
class MappedSection:
    """One section as mapped.

    Attributes
    ----------
    tracks
        Running tracks, 0: not known.
    signals_up_m, signals_down_m
        Main signals for trains from a to b and from b to a, counted from a, increasing.
    """

    tracks: int
    signals_up_m: tuple[float, ...] = ()
    signals_down_m: tuple[float, ...] = ()


@dataclass(frozen=True)
class MappedStation:
    """One station as mapped.

    Attributes
    ----------
    tracks
        Tracks trains may stand on.
    track_lengths_m
        Usable length of each, longest first; nan: not known.
    """

    tracks: int
    track_lengths_m: tuple[float, ...] = ()
