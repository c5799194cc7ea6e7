"""Small OpenStreetMap files for tests: nodes on a grid of metres, ways with tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

Tags = Mapping[str, str]

#: Degrees of latitude and longitude in a metre near 50 N, good to a per mille here.
LAT_M = 1.0 / 111_229.0
LON_M = 1.0 / 71_696.0


def _tags(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())


def write_osm(
    path: Path,
    nodes: Mapping[int, tuple[float, float]],
    ways: Mapping[int, tuple[Sequence[int], Tags]],
    node_tags: Mapping[int, Tags] | None = None,
    relations: str = "",
) -> Path:
    """Write a file of nodes at (east_m, north_m) of 50 N 7 E, and ways of node ids."""
    tagged = node_tags or {}
    lines = ['<osm version="0.6">']
    lines += [
        f'<node id="{i}" version="1" lat="{50 + north * LAT_M:.7f}" lon="{7 + east * LON_M:.7f}">'
        f"{_tags(tagged.get(i, {}))}</node>"
        for i, (east, north) in sorted(nodes.items())
    ]
    lines += [
        f'<way id="{i}" version="1">{"".join(f"<nd ref={quoteattr(str(r))}/>" for r in refs)}'
        f"{_tags(tags)}</way>"
        for i, (refs, tags) in sorted(ways.items())
    ]
    path.write_text("\n".join([*lines, relations, "</osm>"]), encoding="utf-8")
    return path
