"""What holds along the tracks of a RailJSON infrastructure, as stretches without overlap."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from retinue.json_document import JsonValue
from retinue.world.osm_tags import Faults
from retinue.world.railjson_document import LOADING_GAUGES, power_system
from retinue.world.railjson_tracks import Track, stretch_on
from retinue.world.track_assembly import Stretch
from retinue.world.track_network import DEAD_SECTION, NOT_ELECTRIFIED, UNKNOWN_POWER

__all__ = ["attribute_stretches"]

_DIRECTIONS = ("START_TO_STOP", "STOP_TO_START", "BOTH")
Ranges = dict[int, list[tuple[float, float, Any]]]


def attribute_stretches(
    root: JsonValue, tracks: Sequence[Track], by_id: dict[str, Track], faults: Faults
) -> dict[str, list[Stretch]]:
    """Return all attributes for `TrackDrawing`."""
    found: dict[str, list[Stretch]] = {
        "railway": [(track.number, 0.0, np.inf, "rail") for track in tracks]
    }
    found |= _line_names(tracks)
    found |= _speeds(root, tracks, by_id, faults)
    found["power"] = _power(root, tracks, by_id, faults)
    slopes: Ranges = {}
    curves: Ranges = {}
    gauges: Ranges = {}
    for track in tracks:
        # The format tells all slopes and curves: elsewhere the track is level and straight.
        slopes[track.number] = [(0.0, track.length_m, 0.0)] + [
            (*stretch_on(track, item), item["gradient"].number(least=-100.0, most=100.0) / 1000.0)
            for item in track.item["slopes"].items()
        ]
        curves[track.number] = [(0.0, track.length_m, np.inf)] + [
            (*stretch_on(track, item), _radius(item["radius"]))
            for item in track.item["curves"].items()
        ]
        limits = track.item.get("loading_gauge_limits")
        gauges[track.number] = [
            (*stretch_on(track, item), item["category"].choice(LOADING_GAUGES))
            for item in (limits.items() if limits else ())
        ]
    found["incline"] = _laid(slopes, lambda values: values[-1])
    found["curve_radius"] = _laid(curves, min)
    found["loading_gauge"] = _laid(gauges, lambda values: ";".join(dict.fromkeys(values)))
    return found


def _radius(item: JsonValue) -> float:
    """Return a radius; RailJSON writes 0 for a straight, and the sign says the side."""
    radius = abs(item.number())
    return radius if radius > 0.0 else np.inf


def _laid(ranges: Ranges, joint: Callable[[list[Any]], Any]) -> list[Stretch]:
    """Return stretches without overlap; where several ranges hold, `joint` of their values."""
    found: list[Stretch] = []
    for edge, told in ranges.items():
        cuts = sorted({m for low, high, _ in told for m in (low, high)})
        first = len(found)
        for low, high in pairwise(cuts):
            values = [value for a, b, value in told if a <= low and high <= b]
            if not values:
                continue
            value = joint(values)
            if len(found) > first and found[-1][2] == low and found[-1][3] == value:
                found[-1] = (edge, found[-1][1], high, value)
            else:
                found.append((edge, low, high, value))
    return found


def _ranges(item: JsonValue, by_id: dict[str, Track]) -> Iterator[tuple[Track, float, float, str]]:
    """Yield track, begin, end and direction of the ranges of an object."""
    for row in item["track_ranges"].items():
        track = by_id[row["track"].choice(by_id)]
        word = row.get("applicable_directions") or row["direction"]
        low, high = stretch_on(track, row)
        if high > low:
            yield track, low, high, word.choice(_DIRECTIONS)


def _speeds(
    root: JsonValue, tracks: Sequence[Track], by_id: dict[str, Track], faults: Faults
) -> dict[str, list[Stretch]]:
    sides: dict[str, Ranges] = {"speed_forward": {}, "speed_backward": {}}
    by_tag: Ranges = {}
    for section in root["speed_sections"].items():
        limit = section.get("speed_limit")
        value = None if limit is None else limit.number(above=0.0)
        tags = section["speed_limit_by_tag"].members()
        words = "; ".join(
            f"{tag}={item.number(above=0.0) * 3.6:.4g} km/h" for tag, item in tags.items()
        )
        routes = section.get("on_routes")
        if routes is not None and routes.items():
            faults.add("speed section for some routes only, taken for all", section.path)
        for track, low, high, direction in _ranges(section, by_id):
            if value is not None and direction != "STOP_TO_START":
                sides["speed_forward"].setdefault(track.number, []).append((low, high, value))
            if value is not None and direction != "START_TO_STOP":
                sides["speed_backward"].setdefault(track.number, []).append((low, high, value))
            if words:
                by_tag.setdefault(track.number, []).append((low, high, words))
    found = {name: _laid(ranges, min) for name, ranges in sides.items()}
    found["speed_conditional"] = _laid(by_tag, lambda values: "; ".join(dict.fromkeys(values)))
    return found


def _power(
    root: JsonValue, tracks: Sequence[Track], by_id: dict[str, Track], faults: Faults
) -> list[Stretch]:
    """Return the power along tracks; a file without any electrification tells nothing."""
    told = root["electrifications"].items()
    ranges: Ranges = {}
    if told:
        ranges = {track.number: [(0.0, track.length_m, NOT_ELECTRIFIED)] for track in tracks}
    for section in told:
        volts = section["voltage"].text()
        system = power_system(volts)
        if system is None:
            faults.add("voltage that is not known", f"{section.path}: {volts}")
        for track, low, high, _ in _ranges(section, by_id):
            ranges[track.number].append((low, high, system or UNKNOWN_POWER))
    for section in root["neutral_sections"].items():
        for track, low, high, _ in _ranges(section, by_id):
            ranges.setdefault(track.number, []).append((low, high, DEAD_SECTION))
    return _laid(ranges, _joint_power)


def _joint_power(values: list[str]) -> tuple[str, ...]:
    if DEAD_SECTION in values:
        return (DEAD_SECTION,)
    wired = sorted({value for value in values if value != NOT_ELECTRIFIED})
    return tuple(wired) or (NOT_ELECTRIFIED,)


def _line_names(tracks: Sequence[Track]) -> dict[str, list[Stretch]]:
    found: dict[str, list[Stretch]] = {"ref": [], "name": [], "track_ref": []}
    for track in tracks:
        extensions = track.item.get("extensions")
        sncf = extensions.get("sncf") if extensions else None
        if sncf is None:
            continue
        whole = (track.number, 0.0, np.inf)
        for name, key in (("name", "line_name"), ("track_ref", "track_name")):
            word = sncf.get(key)
            if word is not None:
                found[name].append((*whole, word.text()))
        code = sncf.get("line_code")
        if code is not None:
            found["ref"].append((*whole, f"{code.number():.0f}"))
    return found
