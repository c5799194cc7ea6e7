"""OSRD's RailJSON infrastructure, version 3.4, as a track network.

A track section is an edge from its BEGIN to its END, a switch a node where the sections of its
ports meet::

    section TA1 (BEGIN -> END)      A .--- B1
    -------------------------------- <           the ways A-B1 and A-B2 are stated (`TurnTable`);
                                      '--- B2    no angle of the schematic drawing is asked

======================  ==================================================================
RailJSON                network
======================  ==================================================================
track_sections          edges of the stated length; the drawing is stretched to it
slopes                  ``incline``, level where none is stated; the format has no heights
curves                  ``curve_radius``; where none is stated the track is straight
loading_gauge_limits    ``loading_gauge``, several as ``G1;GB``
switches                nodes, turns, points
speed_sections          ``speed_forward``/``_backward``, the lowest where several hold;
                        limits by tag as ``speed_conditional``
electrifications        ``power``; elsewhere not electrified, if the file has any at all
neutral_sections        dead sections, for both directions
operational_points      stations with a standing place on each track
signals, detectors,     points; detectors are of the kind ``other``
buffer_stops
======================  ==================================================================

The format knows no gauge and no axle load: they stay unknown.  Routes and the settings of
signals matter to interlockings and are counted only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from retinue.json_document import JsonValue, read_json
from retinue.world.osm_tags import Faults
from retinue.world.railjson_document import check_version
from retinue.world.railjson_things import point_table, stations_of
from retinue.world.railjson_tracks import Track, read_tracks, turn_table
from retinue.world.railjson_values import attribute_stretches
from retinue.world.track_assembly import assemble
from retinue.world.track_attributes import WordList
from retinue.world.track_network import TrackNetwork

__all__ = ["INFRA_VERSION", "STEPS", "import_railjson", "is_railjson"]

INFRA_VERSION = "3.4.12"
STEPS = 3
"""How often `import_railjson` calls its ``progress``."""
_SNIFFED_BYTES = 4096
_PARTS = (
    "track_sections", "switches", "extended_switch_types", "speed_sections", "electrifications",
    "neutral_sections", "operational_points", "signals", "detectors", "buffer_stops", "routes",
)  # fmt: skip


def is_railjson(path: Path) -> bool:
    """Return whether a file is RailJSON infrastructure by its content: JSON that names a part."""
    try:
        with path.open("rb") as stream:
            start = stream.read(_SNIFFED_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")
            if not start.startswith(b"{"):
                return False
            text = start + stream.read()
    except OSError:
        return False
    return any(f'"{part}"'.encode() in text for part in ("track_sections", "operational_points"))


def import_railjson(
    path: Path,
    *,
    made_by: str = "retinue",
    progress: Callable[[str], None] | None = None,
) -> TrackNetwork:
    """Return the track network of a RailJSON infrastructure.

    Parameters
    ----------
    made_by
        Program and version, for the manifest.
    progress
        Called with the name of each of `STEPS` steps before it begins.

    Raises
    ------
    InputError
        With the file and the path in it: another version, a value missing or out of bounds,
        a section, port or switch type that does not exist.
    """
    say = progress or (lambda _: None)
    faults = Faults()
    say("reading the infrastructure")
    root = read_json(path)
    version = check_version(root, "version", INFRA_VERSION)
    if version != INFRA_VERSION:
        faults.add(f"version of the file that is read as {INFRA_VERSION}", version)
    say("joining tracks")
    drawing, tracks, nodes = read_tracks(root, faults)
    by_id = {track.id: track for track in tracks}
    drawing.attributes = attribute_stretches(root, tracks, by_id, faults)
    network = assemble(drawing)
    say("placing signals and stations")
    # The words of the attributes keep their numbers; further ones come behind them.
    words = WordList()
    for index in range(len(network.text)):
        words(network.text[index])
    points = point_table(root, network, by_id, nodes, words, faults)
    stations, station_tracks = stations_of(root, network, by_id, words)
    network = replace(
        network,
        points=points,
        stations=stations,
        station_tracks=station_tracks,
        turns=turn_table(nodes),
        text=words.pool(),
        manifest={},
    )
    network.manifest.update(_manifest(path, root, version, made_by, network, tracks, faults))
    return network


def _manifest(
    path: Path,
    root: JsonValue,
    version: str,
    made_by: str,
    network: TrackNetwork,
    tracks: list[Track],
    faults: Faults,
) -> dict[str, Any]:
    from hashlib import sha256

    lat, lon = network.shapes.lat_deg, network.shapes.lon_deg
    counts = {part: _count(root, part) for part in _PARTS}
    for part in ("slopes", "curves", "loading_gauge_limits"):
        counts[part] = sum(_count(track.item, part) for track in tracks)
    return {
        "made_by": made_by,
        "extract": path.name,
        "extract_sha256": sha256(path.read_bytes()).hexdigest(),
        "extract_timestamp": "",
        "extract_format": f"RailJSON {version}",
        "licences": [],
        "box": [float(lat.min()), float(lon.min()), float(lat.max()), float(lon.max())],
        "found": counts,
        "elevation": {"slopes": "those of the infrastructure file"},
        "assumed": [
            "a voltage without frequency is that of EN 50163, 25 kV at 50 Hz",
            "a neutral section holds for both directions",
            "track without an electrified range is not electrified"
            if counts["electrifications"]
            else "the file has no electrification: power is unknown",
        ],
        "faults": faults.records(),
    }


def _count(item: JsonValue, part: str) -> int:
    found = item.get(part)
    return 0 if found is None else len(found.items())
