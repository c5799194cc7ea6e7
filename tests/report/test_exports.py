"""Exports are read back with other people's readers and say what the plan says."""

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

import gpxpy
import icalendar
import numpy as np
import pytest
import shapely.geometry

from retinue.errors import InputError
from retinue.movement import Movement
from retinue.plan import Plan
from retinue.report.exports import EXPORTS, calendar, export, geojson, gpx, timeline_csv
from tests.report.sample_details import flown, marched


@pytest.mark.parametrize("kind", list(EXPORTS))
def test_the_same_plan_gives_the_same_file(sample: Plan, kind: str) -> None:
    assert export(sample, kind) == export(sample, kind)


def test_an_unknown_export_is_named() -> None:
    with pytest.raises(InputError, match="kml"):
        export(None, "kml")  # type: ignore[arg-type]


def test_geojson_holds_each_movement_and_stop(sample: Plan) -> None:
    record = json.loads(geojson(sample))
    shapes = [shapely.geometry.shape(f["geometry"]) for f in record["features"]]
    assert all(shape.is_valid for shape in shapes)
    lines = [f for f in record["features"] if f["geometry"]["type"] == "LineString"]
    assert len(lines) == 6  # two drives, three trains, one flight
    for line in lines:
        assert len(line["properties"]["times_utc"]) == len(line["geometry"]["coordinates"])
    stops = {
        f["properties"]["place"]: f for f in record["features"] if f["geometry"]["type"] == "Point"
    }
    assert stops["Khasan"]["properties"]["arrive_local"].endswith("+10:00")
    assert stops["Kowon"]["geometry"]["coordinates"] == pytest.approx([127.243, 39.435], abs=1e-3)


def test_geojson_is_cut_at_the_180th_meridian(sample: Plan) -> None:
    way = Movement(
        role="main", name="flight", length_m=50.0, lon_deg=np.array([178.0, -178.0]),
        lat_deg=np.array([60.0, 62.0]), distance_m=np.array([0.0, 300e3]),
        time_s=np.array([0.0, 1200.0]),
    )  # fmt: skip
    leg = sample.legs[0].model_copy(update={"movements": (way,)})
    feature = json.loads(geojson(sample.model_copy(update={"legs": (leg,)})))["features"][0]
    assert feature["geometry"] == {
        "type": "MultiLineString",
        "coordinates": [[[178.0, 60.0], [180.0, 61.0]], [[-180.0, 61.0], [-178.0, 62.0]]],
    }
    assert feature["properties"]["times_utc"][1] == "1970-01-01T00:10:00Z"


def test_gpx_tracks_carry_the_times(sample: Plan) -> None:
    book = gpxpy.parse(gpx(sample))
    assert len(book.tracks) == 6
    main = book.tracks[1]
    bounds = main.get_time_bounds()
    assert bounds.start_time is not None and bounds.end_time is not None
    leg = sample.legs[1]
    assert bounds.start_time.timestamp() == leg.depart_utc
    assert bounds.end_time.timestamp() == leg.arrive_utc
    assert {w.name for w in book.waypoints} >= {"Kowon", "Tumangang", "Vladivostok"}


def test_calendar_events_stand_in_local_time_with_their_zone(sample: Plan) -> None:
    book: Any = icalendar.Calendar.from_ical(calendar(sample))
    events = {str(e["SUMMARY"]): e for e in book.walk("VEVENT")}
    border = events["Khasan: border"]
    assert border["DTSTART"].params["TZID"] == "Asia/Vladivostok"
    assert border["DTSTART"].dt.utcoffset() == timedelta(hours=10)
    assert border["DTEND"].dt - border["DTSTART"].dt == timedelta(minutes=30)
    zones = {str(z["TZID"]) for z in book.walk("VTIMEZONE")}
    assert zones == {"Asia/Pyongyang", "Asia/Vladivostok"}
    assert {e["DTSTAMP"].dt.timestamp() for e in events.values()} == {sample.depart_utc}


def test_a_plan_made_anew_updates_its_events(sample: Plan) -> None:
    def ids(plan: Plan) -> list[str]:
        book: Any = icalendar.Calendar.from_ical(calendar(plan))
        return [str(e["UID"]) for e in book.walk("VEVENT")]

    later = sample.model_copy(update={"hash": "0" * 64, "made_at": "2026-11-22T20:00:00Z"})
    assert ids(later) == ids(sample)
    assert len(set(ids(sample))) == len(ids(sample)) == 9  # three legs, four stops, two handovers


def test_csv_tells_local_time_with_its_offset_and_utc(sample: Plan) -> None:
    rows = list(csv.DictReader(io.StringIO(timeline_csv(sample))))
    assert len(rows) == sum(len(leg.timeline) for leg in sample.legs) + 2
    for row in rows:
        local, utc = (
            datetime.fromisoformat(row["local_time"]),
            datetime.fromisoformat(row["time_utc"]),
        )
        assert local == utc


def test_csv_runs_no_formula(sample: Plan) -> None:
    leg = sample.legs[0]
    event = leg.timeline[0].model_copy(update={"place": '=HYPERLINK("x")', "text": "@SUM(A1)"})
    plan = sample.model_copy(update={"legs": (leg.model_copy(update={"timeline": (event,)}),)})
    row = next(csv.DictReader(io.StringIO(timeline_csv(plan))))
    assert row["place"].startswith("'=") and row["text"].startswith("'@")


def test_names_cannot_break_an_export(hostile: Plan) -> None:
    json.loads(geojson(hostile))
    gpxpy.parse(gpx(hostile))
    icalendar.Calendar.from_ical(calendar(hostile))


def test_geojson_holds_what_lies_on_the_way(sample: Plan) -> None:
    other = sample.alternatives[0].model_copy(update={"legs": (flown(sample),)})
    plan = sample.model_copy(
        update={"legs": (*sample.legs[:-1], marched(sample)), "alternatives": (other,)}
    )
    features = json.loads(geojson(plan))["features"]
    kinds = [f["properties"].get("feature") for f in features]
    assert kinds.count("restricted area") == 1  # the other one is not in force
    for kind in ("airspace", "flight information region", "choke point", "safe haven"):
        assert kinds.count(kind) == 1
    area = next(f for f in features if f["properties"].get("feature") == "restricted area")
    shape = shapely.geometry.shape(area["geometry"])
    assert shape.is_valid and shape.exterior.is_ccw  # RFC 7946, 3.1.6
