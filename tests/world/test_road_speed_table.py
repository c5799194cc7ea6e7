"""The shipped table of road speeds: whole, sourced, and by the law where the law is known."""

from __future__ import annotations

import pytest

from retinue.world.osm_tags import Faults
from retinue.world.road_speed_table import road_speed_table
from retinue.world.road_tags import ROAD_CLASSES, road_tags, speeds_mps

KMH = 1 / 3.6


def test_every_class_has_a_speed_and_every_value_a_source() -> None:
    table = road_speed_table()
    assert set(table.classes.speeds) == set(ROAD_CLASSES)
    for entry in table.limits:
        assert entry.source in table.sources
        assert entry.confidence in ("H", "M", "L", "K", "assumed")


@pytest.mark.parametrize(
    ("tags", "country", "kmh", "assumed", "urban"),
    [
        # DE StVO § 3: 50 in towns, 100 outside; no limit on motorways, where cars drive 130.
        ({"highway": "motorway"}, "DE", 130, True, 0),
        ({"highway": "primary", "maxspeed": "DE:urban"}, "DE", 50, True, 1),
        ({"highway": "trunk", "maxspeed:type": "DE:rural"}, "DE", 100, True, 0),
        ({"highway": "motorway", "maxspeed": "none"}, "DE", 130, False, 0),
        # AT StVO § 20: 130 on motorways.
        ({"highway": "motorway", "maxspeed": "AT:motorway"}, "DE", 130, True, 0),
        ({"highway": "motorway"}, "CH", 120, True, 0),
        ({"highway": "secondary", "maxspeed": "30 mph"}, "GB", 48.28032, False, -1),
        ({"highway": "secondary", "maxspeed": "DE:zone:30"}, "DE", 30, False, 1),
        ({"highway": "residential", "maxspeed": "walk"}, "DE", 7, True, 1),
        ({"highway": "residential", "maxspeed": "50"}, "", 50, False, 1),
        ({"highway": "residential"}, "", 30, True, 1),
        ({"highway": "primary", "maxspeed": "80", "surface": "gravel"}, "LI", 40, False, -1),
        ({"highway": "track", "tracktype": "grade5"}, "LI", 10, True, -1),
        ({"highway": "unclassified", "smoothness": "very_bad"}, "LI", 20, True, -1),
        ({"highway": "primary", "junction": "roundabout"}, "LI", 35, True, -1),
        ({"highway": "unclassified", "ford": "yes"}, "LI", 10, True, -1),
    ],
)
def test_speeds_follow_sign_law_and_surface(
    tags: dict[str, str], country: str, kmh: float, assumed: bool, urban: int
) -> None:
    table = road_speed_table()
    told = speeds_mps(road_tags(tags, "way 1", Faults(), table), country, table)
    assert told[0] == pytest.approx((kmh * KMH, kmh * KMH))
    assert told[1] == (assumed, assumed)
    assert told[2] == urban


def test_directions_have_their_own_limits() -> None:
    table = road_speed_table()
    tags = {"highway": "primary", "maxspeed": "80", "maxspeed:backward": "60"}
    speeds, _, _ = speeds_mps(road_tags(tags, "way 1", Faults(), table), "LI", table)
    assert speeds == pytest.approx((80 * KMH, 60 * KMH))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("maxspeed", "fast"), ("maxspeed", "-5"), ("maxspeed", "1e9"), ("maxheight", "0"),
        ("maxheight", "nan"), ("maxweight", "heavy"), ("maxweight", "-3"), ("lanes", "two"),
        ("oneway", "perhaps"), ("access", "perhaps"), ("width", "9999"), ("maxaxleload", "١٢ t x"),
        ("access:conditional", "no @ (Mo-Fr)"), ("layer", "up"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_counted_and_changes_nothing(key: str, text: str) -> None:
    table = road_speed_table()
    faults = Faults()
    told = road_tags({"highway": "primary", key: text}, "way 1", faults, table)
    assert sum(faults.counts.values()) == 1
    assert told == road_tags({"highway": "primary"}, "way 1", Faults(), table) or key == "width"
