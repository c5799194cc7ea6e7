"""A small sound feed, and copies of it with one thing spoilt: what tests of reading stand on."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["SOUND", "spoilt", "write_feed", "write_folder"]

SOUND: dict[str, str] = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n"
    "a,Agency,https://example.org,Europe/Zurich\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "start_date,end_date\nweek,1,1,1,1,1,0,0,20260105,20261218\n",
    "calendar_dates.txt": "service_id,date,exception_type\nweek,20260106,2\nweek,20260110,1\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"
    "olt,Olten,47.3519,7.9077\naar,Aarau,47.3914,8.0513\nzue,Zürich HB,47.3779,8.5403\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_type\n"
    "ic,a,IC,2\nre,a,RE,106\nbus,a,Bus,3\n",
    "trips.txt": "route_id,service_id,trip_id,trip_short_name\n"
    "ic,week,t1,IC 1\nre,week,t2,RE 2\nre,week,night,RE 9\nbus,week,b1,\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t1,06:00:00,06:00:00,olt,1\nt1,06:08:00,06:09:00,aar,2\nt1,06:35:00,06:35:00,zue,3\n"
    "t2,07:00:00,07:00:00,zue,10\nt2,,,aar,20\nt2,07:40:00,07:40:00,olt,30\n"
    "night,23:50:00,23:50:00,zue,1\nnight,25:10:00,25:10:00,olt,2\n"
    "b1,06:00:00,06:00:00,olt,1\nb1,06:30:00,06:30:00,aar,2\n",
}


def write_feed(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def write_folder(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write a folder."""
    path.mkdir()
    for name, text in files.items():
        content = text.encode() if isinstance(text, str) else text
        (path / name).write_bytes(content)
    return path


def spoilt(name: str, old: str, new: str) -> dict[str, str | bytes]:
    """Return the sound feed with one text of one file changed."""
    assert old in SOUND[name]
    return {**SOUND, name: SOUND[name].replace(old, new, 1)}
