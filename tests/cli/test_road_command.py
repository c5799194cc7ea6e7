"""The command ``retinue road`` as a user runs it: routes, choke points, refusals with a cure."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.world.osm_files import write_osm


def _world(retinue: Run, folder: Path) -> None:
    nodes = {1: (0.0, 0.0), 2: (500.0, 0.0), 3: (900.0, 0.0), 4: (500.0, 200.0), 5: (900.0, 200.0)}
    road = {"highway": "secondary", "name": "Low Road"}
    write_osm(
        folder / "town.osm",
        nodes,
        {
            10: ([1, 2], {"highway": "secondary"}),
            11: ([2, 3], road | {"maxheight": "3.8", "bridge": "yes"}),
            12: ([2, 4, 5, 3], {"highway": "tertiary"}),
        },
        {4: {"amenity": "hospital", "name": "Hospital"}},
    )
    retinue("world", "build", "town.osm", "-o", "town.world")


def test_roads_are_told_with_choke_points_and_havens(retinue: Run, tmp_path: Path) -> None:
    _world(retinue, tmp_path)
    ends = ("50.0,7.0", "50.0,7.0125530", "--world", "town.world")
    text = retinue("road", *ends, "--routes", "2").stdout
    for word in ("route 1: 0.9 km", "bridge, Low Road", "Hospital", "route 2: 1.3 km"):
        assert word in text
    high = json.loads(retinue("road", *ends, "--height", "4.0 m", "--json").stdout)
    assert [piece["way_id"] for piece in high["routes"][0]["pieces"]] == [10, 12]
    done = retinue("road", *ends, "--avoid", "way 12", "--height", "4 m", "--json", expect=3)
    told = json.loads(done.stdout)
    assert told["reasons"][0]["kind"] == "height"
    assert "too low for 4 m" in told["reasons"][0]["what"]
    assert retinue("world", "info", "town.world").stdout.count("roads: 2 km") == 1


def test_what_cannot_be_asked_is_said_in_a_sentence(retinue: Run, tmp_path: Path) -> None:
    done = retinue("road", "50.0,7.0", "50.0,7.01", expect=2)
    assert "no built world with roads is named" in done.stderr
    _world(retinue, tmp_path)
    ends = ("50.0,7.0", "50.0,7.0125530", "--world", "town.world")
    for option, word in (("--height", "4 t"), ("--weight", "nan t"), ("--avoid", "Nowhere")):
        done = retinue("road", *ends, option, word, expect=2)
        assert option in done.stderr
