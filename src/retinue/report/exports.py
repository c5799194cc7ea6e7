"""The plan for other programs and phones: GeoJSON, GPX, iCalendar, CSV.

Every export is a pure function of the plan: the same plan gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from retinue.clock import iso_utc, local, zone
from retinue.errors import InputError
from retinue.movement import Movement
from retinue.plan import Leg, Plan
from retinue.report.map_drawing import ATTRIBUTION

__all__ = ["EXPORTS", "calendar", "export", "geojson", "gpx", "timeline_csv"]

#: The name space of event identities, so that a plan made anew updates its events.
_EVENTS = uuid.uuid5(uuid.NAMESPACE_URL, "retinue:journey-events")


def _ways(plan: Plan) -> Iterator[tuple[str, Leg]]:
    """Return every leg with the name of its alternative, empty for the plan itself."""
    for leg in plan.legs:
        yield "", leg
    for other in plan.alternatives:
        for leg in other.legs if other.feasible else ():
            yield other.title, leg


def geojson(plan: Plan) -> str:
    """Return the movements and stops as GeoJSON (RFC 7946).

    A movement is a LineString, or a MultiLineString where it crosses the 180th meridian
    (RFC 7946, 3.1.9); ``times_utc`` holds the time of each of its points in order, the
    crossing's included.  Stops are Points.  What a flight goes around is a Polygon; entries
    into airspace, choke points, safe havens, level crossings and junctions that nobody can
    hold are Points with a ``feature``.
    """
    features = []
    for way, leg in _ways(plan):
        for movement in leg.movements:
            geometry, times = _line(movement)
            properties = {
                "leg": leg.id, "mode": leg.mode, "role": movement.role, "name": movement.name,
                "alternative": way, "length_m": round(movement.length_m, 1),
                "distance_m": round(movement.total_m, 1),
                "depart_utc": iso_utc(movement.depart_s), "arrive_utc": iso_utc(movement.arrive_s),
                "times_utc": times,
            }  # fmt: skip
            features.append({"type": "Feature", "geometry": geometry, "properties": properties})
        for record in _stops(way, leg):
            lon, lat = record.pop("lon"), record.pop("lat")
            point = {"type": "Point", "coordinates": [_angle(lon), round(lat, 6)]}
            features.append({"type": "Feature", "geometry": point, "properties": record})
        features += _on_the_way(way, leg)
    document = {
        "type": "FeatureCollection", "title": plan.title, "plan": plan.hash,
        "attribution": ATTRIBUTION, "features": features,
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def _angle(lon: float) -> float:
    """Return a longitude within -180 and 180, six decimals (0.1 m)."""
    return round((lon + 180.0) % 360.0 - 180.0 if abs(lon) > 180.0 else lon, 6)


def _line(movement: Movement) -> tuple[dict[str, Any], list[str]]:
    parts: list[list[list[float]]] = [[]]
    times: list[str] = []
    height = movement.altitude_m
    before: tuple[float, float, float] | None = None
    for k in range(len(movement.time_s)):
        lon, lat = _angle(float(movement.lon_deg[k])), float(movement.lat_deg[k])
        moment = float(movement.time_s[k])
        if before is not None and abs(lon - before[0]) > 180.0:
            # Cut at the meridian: the point on it ends one part and begins the next.
            edge = 180.0 if before[0] > 0 else -180.0
            step = lon + 2 * edge - before[0]
            share = (edge - before[0]) / step if step else 0.0
            cut = before[1] + share * (lat - before[1])
            parts[-1].append([edge, round(cut, 6)])
            parts.append([[-edge, round(cut, 6)]])
            times += [iso_utc(before[2] + share * (moment - before[2]))] * 2
        place = [lon, round(lat, 6)]
        if height is not None:
            place.append(round(float(height[k]), 0))
        parts[-1].append(place)
        times.append(iso_utc(moment))
        before = (lon, lat, moment)
    if len(parts) == 1:
        return {"type": "LineString", "coordinates": parts[0]}, times
    return {"type": "MultiLineString", "coordinates": parts}, times


def _stops(way: str, leg: Leg) -> Iterator[dict[str, Any]]:
    """Return ends and stops of a leg's main movement with local times."""
    main = leg.main
    ends = (
        (leg.from_.name, leg.from_.zone, "", main.distance_m[0], None, main.depart_s),
        (leg.to.name, leg.to.zone, "", main.distance_m[-1], main.arrive_s, None),
    )
    between = tuple(
        (s.place, s.zone, s.why, s.distance_m, s.arrive_s, s.depart_s) for s in main.stops
    )
    for name, zone_name, why, at, arrive, depart in (ends[0], *between, ends[1]):
        lon, lat = main.position(float(at))
        yield {
            "leg": leg.id, "alternative": way, "place": name, "zone": zone_name, "why": why,
            "distance_m": round(float(at), 1), "lon": lon, "lat": lat,
            "arrive_utc": None if arrive is None else iso_utc(arrive),
            "depart_utc": None if depart is None else iso_utc(depart),
            "arrive_local": None if arrive is None else local(arrive, zone_name).isoformat(),
            "depart_local": None if depart is None else local(depart, zone_name).isoformat(),
        }  # fmt: skip


def _on_the_way(way: str, leg: Leg) -> Iterator[dict[str, Any]]:
    """Return restricted areas, entries into airspace, choke points, havens, open junctions."""
    details, main = leg.details, leg.main

    def feature(what: str, geometry: dict[str, Any], **more: Any) -> dict[str, Any]:
        properties = {"feature": what, "leg": leg.id, "alternative": way, **more}
        return {"type": "Feature", "geometry": geometry, "properties": properties}

    def point(lon: float, lat: float) -> dict[str, Any]:
        return {"type": "Point", "coordinates": [_angle(lon), round(lat, 6)]}

    for area in details.get("restricted_areas", ()):
        ring = [[_angle(lon), round(lat, 6)] for lat, lon in area.get("ring", ())]
        # An area over the 180th meridian would be drawn around the world: left out.
        if area["avoided"] and len(ring) > 2 and _width(ring) < 180.0:
            if _turns_right(ring):
                ring.reverse()
            outline = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
            yield feature("restricted area", outline, name=area["name"])
    for what, listed in (("airspace", "overflights"), ("flight information region", "regions")):
        for one in details.get(listed, ()):
            lon, lat = main.position(float(one["enter_m"]))
            name = one.get("ident") or one.get("name") or one.get("country") or "high seas"
            yield feature(what, point(lon, lat), name=name, enter_utc=one["enter_utc"],
                          exit_utc=one["exit_utc"])  # fmt: skip
    block = details.get("rolling_block") or {}
    for what, places in (
        ("choke point", details.get("choke_points", ())),
        ("safe haven", details.get("safe_havens", ())),
        ("level crossing", details.get("level_crossings", ())),
        ("junction left open", block.get("left_open", ())),
    ):
        for one in places:
            name = one.get("name") or one.get("what") or one.get("junction") or ""
            at = one.get("distance_m", one.get("from_m"))
            yield feature(what, point(one["lon"], one["lat"]), name=name, distance_m=at,
                          kind=one.get("kind", ""))  # fmt: skip


def _width(ring: list[list[float]]) -> float:
    return max(lon for lon, _ in ring) - min(lon for lon, _ in ring)


def _turns_right(ring: list[list[float]]) -> bool:
    """Return whether a ring is clockwise; RFC 7946, 3.1.6 wants outer rings the other way."""
    ends = [*ring[1:], ring[0]]
    return sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in zip(ring, ends, strict=True)) > 0


def gpx(plan: Plan) -> str:
    """Return the movements as GPX 1.1 tracks with times, the stops as way points."""
    from gpxpy.gpx import GPX, GPXTrack, GPXTrackPoint, GPXTrackSegment, GPXWaypoint

    document = GPX()
    document.creator = f"Retinue {plan.made_with.retinue}"
    document.name = _xml(plan.title)
    document.description = f"plan {plan.hash[:12]}"
    document.copyright_author = "OpenStreetMap contributors"
    document.copyright_license = "https://opendatacommons.org/licenses/odbl/1-0/"
    for way, leg in _ways(plan):
        for movement in leg.movements:
            track = GPXTrack(
                name=_xml(f"{leg.title}, {movement.name}"), description=_xml(way) or None
            )
            setattr(track, "type", leg.mode)  # noqa: B010 - gpxpy's own hint says None
            segment = GPXTrackSegment()
            heights = movement.altitude_m
            for k, moment in enumerate(np.round(movement.time_s).tolist()):
                segment.points.append(
                    GPXTrackPoint(
                        latitude=round(float(movement.lat_deg[k]), 6),
                        longitude=_angle(float(movement.lon_deg[k])),
                        elevation=None if heights is None else float(heights[k]),
                        time=datetime.fromtimestamp(moment, UTC),
                    )
                )
            track.segments.append(segment)
            document.tracks.append(track)
        for stop in _stops(way, leg):
            moment = stop["arrive_utc"] or stop["depart_utc"]
            document.waypoints.append(
                GPXWaypoint(
                    latitude=round(stop["lat"], 6), longitude=_angle(stop["lon"]),
                    time=datetime.fromisoformat(moment.replace("Z", "+00:00")),
                    name=_xml(stop["place"]), description=_xml(stop["why"]) or None,
                )
            )  # fmt: skip
    return str(document.to_xml(version="1.1")) + "\n"


def _xml(text: str) -> str:
    """Return a text without the characters that XML 1.0 cannot hold."""
    return "".join(c for c in text if c in "\t\n" or unicodedata.category(c) not in ("Cc", "Cs"))


def calendar(plan: Plan) -> str:
    """Return the legs, stops and handovers as iCalendar (RFC 5545) with their zones.

    An event's UID hangs on the journey, the leg and the place, so the calendar of a plan
    made anew updates the events of the old.  DTSTAMP is when the plan was made, or, where
    the plan does not say, its departure.
    """
    from icalendar import Calendar, Event

    stamp = datetime.fromtimestamp(round(plan.depart_utc), UTC)
    if plan.made_at:
        try:
            made = datetime.fromisoformat(plan.made_at.replace("Z", "+00:00"))
            stamp = made.astimezone(UTC) if made.tzinfo else made.replace(tzinfo=UTC)
        except ValueError:
            pass  # a made_at that is no moment leaves the departure
    book = Calendar()
    book.add("prodid", f"-//Retinue//Retinue {plan.made_with.retinue}//EN")
    book.add("version", "2.0")
    book.add("x-wr-calname", plan.title)

    def note(
        key: str, words: str, start: float, end: float, zones: tuple[str, str], **more: str
    ) -> None:
        event = Event()
        event.add("uid", f"{uuid.uuid5(_EVENTS, plan.journey.name + '/' + key)}@retinue")
        event.add("dtstamp", stamp)
        event.add("summary", words)
        event.add("dtstart", datetime.fromtimestamp(round(start), zone(zones[0])))
        event.add("dtend", datetime.fromtimestamp(round(max(end, start)), zone(zones[1])))
        for name, value in more.items():
            if value:
                event.add(name, value)
        book.add_component(event)

    for leg in plan.legs:
        ends = (leg.from_.zone, leg.to.zone)
        about = f"{leg.mode}, {leg.distance_m / 1000:.0f} km; plan {plan.hash[:12]}"
        note(leg.id, f"{leg.mode}: {leg.title}", leg.depart_utc, leg.arrive_utc, ends,
             location=leg.from_.name, description=about)  # fmt: skip
        for number, stop in enumerate(leg.main.stops):
            why = f": {stop.why}" if stop.why else ""
            tasks = "\n".join(f"{t.what}, {t.duration_s / 60:.0f} min" for t in stop.tasks)
            note(
                f"{leg.id}/stop/{number}/{stop.place}", f"{stop.place}{why}", stop.arrive_s,
                stop.depart_s, (stop.zone, stop.zone), location=stop.place, description=tasks,
            )  # fmt: skip
    for one in plan.handovers:
        note(f"handover/{one.from_leg}/{one.to_leg}", f"Handover, {one.place}", one.arrive_utc,
             one.depart_utc, (one.zone, one.zone), location=one.place,
             description="; ".join(one.tasks))  # fmt: skip
    day = timedelta(days=370)
    first = datetime.fromtimestamp(plan.depart_utc, UTC) - day
    last = datetime.fromtimestamp(plan.arrive_utc, UTC) + day
    book.add_missing_timezones(
        first_date=date(first.year, first.month, 1), last_date=date(last.year, last.month, 1)
    )
    return bytes(book.to_ical()).decode("utf-8")


def timeline_csv(plan: Plan) -> str:
    """Return every event of every leg as CSV (RFC 4180), local time with offset beside UTC.

    A text that a spreadsheet would run as a formula is given a leading apostrophe.
    """
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(
        ["alternative", "leg", "mode", "role", "kind", "place", "country", "local_time", "zone",
         "time_utc", "distance_km", "lat_deg", "lon_deg", "duration_s", "text", "observed"]
    )  # fmt: skip
    for way, leg in _ways(plan):
        for event in sorted(leg.timeline, key=lambda one: one.time_utc):
            writer.writerow(
                [
                    _cell(way), _cell(leg.id), leg.mode, _cell(event.role), event.kind,
                    _cell(event.place), event.country,
                    local(event.time_utc, event.zone).isoformat(), event.zone,
                    iso_utc(event.time_utc),
                    "" if event.distance_m is None else f"{event.distance_m / 1000:.3f}",
                    "" if event.lat is None else f"{event.lat:.5f}",
                    "" if event.lon is None else f"{event.lon:.5f}",
                    "" if event.duration_s is None else f"{event.duration_s:.0f}",
                    _cell(event.text), "yes" if event.observed else "",
                ]
            )  # fmt: skip
    return sheet.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


#: File name and writer of each export.
EXPORTS: dict[str, tuple[str, Callable[[Plan], str]]] = {
    "geojson": ("journey.geojson", geojson),
    "gpx": ("journey.gpx", gpx),
    "ics": ("journey.ics", calendar),
    "csv": ("timeline.csv", timeline_csv),
}


def export(plan: Plan, kind: str) -> tuple[str, str]:
    """Return the file name and text of one export.

    Raises
    ------
    InputError
        For an export that does not exist.
    """
    entry = EXPORTS.get(kind.strip().lower())
    if entry is None:
        raise InputError(f'there is no export "{kind}"', cure=f"Choose among {', '.join(EXPORTS)}.")
    name, write = entry
    return name, write(plan)
