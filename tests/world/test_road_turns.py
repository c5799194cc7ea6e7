"""Turns, one-way streets, barriers and permissions, each in a drawing of a few streets."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.world.ascii_roads import drawn_roads

from retinue.errors import NoPlan
from retinue.world.road_route import RoadVehicleLimits
from retinue.world.road_search import RoadRouter

# From A to C straight on; E lies on a detour over D.
CROSS = """
      D---------E
      |         |
A-----B---------C
      |
      F
"""
Ways = dict[str, dict[str, str]]
WAYS: Ways = {"AB": {}, "BC": {}, "BD": {}, "DE": {}, "EC": {}, "BF": {}}


def test_the_nearest_way_is_straight_on(tmp_path: Path) -> None:
    assert drawn_roads(tmp_path, CROSS, WAYS).way("AC") == "ABC"


def test_no_left_turn_leads_round_the_block(tmp_path: Path) -> None:
    roads = drawn_roads(tmp_path, CROSS, WAYS, rules=[("no_left_turn", "AB", "B", "BD")])
    assert roads.way("AD") == "ABCED"
    assert roads.way("FD") == "FBD"  # holds for those who come from A only


def test_a_restriction_that_leaves_cars_out_does_not_hold(tmp_path: Path) -> None:
    rule = ("no_left_turn|except=motorcar", "AB", "B", "BD")
    assert drawn_roads(tmp_path, CROSS, WAYS, rules=[rule]).way("AD") == "ABD"
    rule = ("|restriction:hgv=no_left_turn", "AB", "B", "BD")
    assert drawn_roads(tmp_path, CROSS, WAYS, rules=[rule]).way("AD") == "ABD"


def test_a_restriction_for_cars_alone_holds(tmp_path: Path) -> None:
    rule = ("|restriction:motorcar=no_left_turn", "AB", "B", "BD")
    roads = drawn_roads(tmp_path, CROSS, WAYS, rules=[rule])
    # Objects with that key only are read too.
    assert roads.way("AD") == "ABCED"


def test_only_straight_on_forbids_every_other_turn(tmp_path: Path) -> None:
    roads = drawn_roads(tmp_path, CROSS, WAYS, rules=[("only_straight_on", "AB", "B", "BC")])
    assert roads.way("AD") == "ABCED"
    assert roads.way("AF") == "ABCEDBF"
    assert roads.way("FA") == "FBA"


def test_a_restriction_over_a_way_binds_who_came_that_way(tmp_path: Path) -> None:
    picture = """
A----B---C----D
     |   |
     E   F
"""
    ways: Ways = {"AB": {}, "BC": {}, "CD": {}, "BE": {}, "CF": {}}
    roads = drawn_roads(tmp_path, picture, ways, rules=[("no_right_turn", "AB", "BC", "CF")])
    assert roads.way("EF") == "EBCF"
    # From A it is forbidden: on to the dead end at D and back, where none holds.
    assert roads.way("AF") == "ABCDCF"
    roads = drawn_roads(tmp_path, picture, ways, rules=[("only_straight_on", "AB", "BC", "CD")])
    assert roads.way("AF") == "ABCDCF"
    assert roads.way("AE") == "ABCDCBE"
    assert roads.way("EF") == "EBCF"


def test_what_is_conditional_or_incomplete_is_counted(tmp_path: Path) -> None:
    rules = [
        ("|restriction:conditional=no_left_turn @ (06:00-09:00)", "AB", "B", "BD"),
        ("no_left_turn", "XX", "B", "BD"),
        ("no_left_turn", "AB", "E", "BD"),
        ("no_way", "AB", "B", "BD"),
    ]
    roads = drawn_roads(tmp_path, CROSS, WAYS, rules=rules)
    assert roads.way("AD") == "ABD"
    assert roads.faults() == {
        "conditional turn restriction, passed over": 1,
        "turn restriction that cannot be read": 1,
        "turn restriction that no car meets here, left out": 2,
    }


def test_a_column_turns_round_at_dead_ends_and_turning_circles_only(tmp_path: Path) -> None:
    picture = "A--B----C------D"
    ways = {"AB": {"oneway": "yes"}, "BC": {}, "CD": {}}
    roads = drawn_roads(tmp_path, picture, ways)
    # B is a dead end for who comes from C.
    route = roads.route("CB", vias="D")
    assert route.length_m == pytest.approx(190.0, rel=1e-2)
    roads = drawn_roads(tmp_path, "A--B----C------D--E", {"ABCDE": {}}, {"C": {
        "highway": "turning_circle"
    }})  # fmt: skip
    assert roads.way("AA", vias="B") == "ACA"  # at C, not at B


@pytest.mark.parametrize(
    ("tags", "there", "back"),
    [
        ({"oneway": "yes"}, "ABC", "CEDBA"),
        ({"oneway": "-1"}, "ABDEC", "CBA"),
        ({"oneway": "no"}, "ABC", "CBA"),
        ({"oneway": "reversible"}, "ABDEC", "CEDBA"),
        ({"oneway": "alternating"}, "ABC", "CBA"),
        ({"oneway": "yes", "oneway:motorcar": "no"}, "ABC", "CBA"),
        ({"highway": "motorway"}, "ABC", "CEDBA"),
        ({"access": "private"}, "ABDEC", "CEDBA"),
        ({"access": "no", "motor_vehicle": "yes"}, "ABC", "CBA"),
        ({"vehicle": "no", "motorcar": "permissive"}, "ABC", "CBA"),
        ({"motor_vehicle": "agricultural;forestry"}, "ABDEC", "CEDBA"),
        ({"motor_vehicle:forward": "no"}, "ABDEC", "CBA"),
        ({"access": "destination"}, "ABDEC", "CEDBA"),
        ({"highway": "footway"}, "ABDEC", "CEDBA"),
        ({"highway": "pedestrian"}, "ABDEC", "CEDBA"),
        ({"highway": "pedestrian", "motor_vehicle": "designated"}, "ABDEC", "CEDBA"),
        ({"highway": "track"}, "ABDEC", "CEDBA"),
    ],
)
def test_ways_are_open_as_their_tags_say(
    tmp_path: Path, tags: dict[str, str], there: str, back: str
) -> None:
    roads = drawn_roads(tmp_path, CROSS, WAYS | {"BC": tags, "Cx": {}})
    assert roads.way("AC") == there
    assert roads.way("CA") == back


def test_residents_roads_are_used_at_the_ends(tmp_path: Path) -> None:
    picture = """
A----B----C----D
     |    |
     E----F
"""
    ways = {"AB": {}, "BC": {"access": "destination"}, "CD": {}, "BE": {}, "EF": {}, "FC": {}}
    roads = drawn_roads(tmp_path, picture, ways)
    route = roads.route("AD")
    assert {piece.access for piece in route.pieces} == {""}
    assert route.penalty_s == 0.0
    beyond = {"AB": {}, "BC": {}, "CD": {"access": "destination"}, "BE": {}, "EF": {}, "FC": {}}
    route = drawn_roads(tmp_path, picture, beyond).route("AD")
    assert [piece.access for piece in route.pieces] == ["", "", "destination"]
    assert route.penalty_s == 1800.0


def test_who_was_let_in_drives_private_roads(tmp_path: Path) -> None:
    roads = drawn_roads(tmp_path, CROSS, WAYS | {"BC": {"access": "private"}})
    through = RoadRouter(roads.network, private=True).route(roads.places["A"], roads.places["C"])
    assert through.length_m < roads.route("AC").length_m


def test_a_roundabout_is_driven_one_way_round(tmp_path: Path) -> None:
    picture = """
A----B---C----D
     |   |
     E---F----G
"""
    # Drawn against the clock, as where one drives on the right.
    ways = {"AB": {}, "BEFCB": {"junction": "roundabout"}, "CD": {}, "FG": {}}
    roads = drawn_roads(tmp_path, picture, ways)
    assert roads.way("AD") == "ABFCD"
    assert roads.way("DA") == "DCBA"
    assert roads.way("GD") == "GFCD"
    assert roads.way("DG") == "DCBFG"


@pytest.mark.parametrize(
    ("tags", "way"),
    [
        ({"barrier": "bollard"}, "ABDEC"),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, "ABXC"),
        ({"barrier": "gate", "access": "private"}, "ABDEC"),
        ({"barrier": "gate"}, "ABDEC"),  # 30 s to open it: the detour is quicker
        ({"barrier": "cattle_grid"}, "ABXC"),
        ({"barrier": "border_control"}, "ABXC"),
        ({"barrier": "moat"}, "ABDEC"),
        ({"barrier": "height_restrictor", "maxheight": "2.1"}, "ABDEC"),
    ],
)
def test_barriers_let_through_whom_they_say(tmp_path: Path, tags: dict[str, str], way: str) -> None:
    picture = CROSS.replace("B---------C", "B----X----C")
    ways: Ways = {"AB": {}, "BXC": {}, "BD": {}, "DE": {}, "EC": {}, "BF": {}}
    roads = drawn_roads(tmp_path, picture, ways, {"X": tags})
    assert roads.way("AC", RoadVehicleLimits(height_m=2.5)) == way


def test_a_locked_barrier_is_named(tmp_path: Path) -> None:
    roads = drawn_roads(tmp_path, "A---B----X-----C----D", {"ABXCD": {}}, {"X": {
        "barrier": "bollard"
    }})  # fmt: skip
    with pytest.raises(NoPlan) as refused:
        roads.route("AD")
    (reason,) = refused.value.reasons
    assert reason.kind == "barrier"
    assert reason.what == f"the bollard at node {ord('X')} lets no car pass"


LOW = {
    "3.8": 3.8, "3.8 m": 3.8, "12'6\"": 3.81, "380 cm": 3.8, "default": 4.0, "below_default": 3.5,
    "none": None, "3,8": 3.8, "high": None,
}  # fmt: skip


@pytest.mark.parametrize("text", LOW)
def test_heights_are_read_and_held(tmp_path: Path, text: str) -> None:
    roads = drawn_roads(tmp_path, CROSS, WAYS | {"BC": {"maxheight": text}})
    limit = LOW[text]
    for height in (3.4, 3.79, 3.81, 4.0, 4.4):
        fits = limit is None or height <= limit
        expected = "ABC" if fits else "ABDEC"
        assert roads.way("AC", RoadVehicleLimits(height_m=height)) == expected
    assert roads.way("AC") == "ABC"


@pytest.mark.parametrize(
    ("tags", "limits", "passes"),
    [
        ({"maxweight": "7.5"}, RoadVehicleLimits(mass_kg=7_500.0), True),
        ({"maxweight": "7.5"}, RoadVehicleLimits(mass_kg=7_600.0), False),
        ({"maxweight": "8 st"}, RoadVehicleLimits(mass_kg=7_257.0), True),
        ({"maxweight": "8 st"}, RoadVehicleLimits(mass_kg=7_258.0), False),
        ({"maxweight": "16000 lbs"}, RoadVehicleLimits(mass_kg=7_258.0), False),
        ({"maxweight": "3500 kg"}, RoadVehicleLimits(mass_kg=3_600.0), False),
        ({"maxweightrating": "3.5"}, RoadVehicleLimits(mass_kg=3_600.0), False),
        ({"maxaxleload": "9"}, RoadVehicleLimits(axle_load_kg=9_500.0), False),
        ({"maxaxleload": "9"}, RoadVehicleLimits(mass_kg=20_000.0), True),
        ({"maxwidth": "2.2"}, RoadVehicleLimits(width_m=2.3), False),
        ({"maxwidth:physical": "2.2"}, RoadVehicleLimits(width_m=2.3), False),
        ({"maxlength": "10"}, RoadVehicleLimits(length_m=12.0), False),
        ({"maxlength": "10"}, RoadVehicleLimits(length_m=9.0), True),
    ],
)
def test_measures_are_read_and_held(
    tmp_path: Path, tags: dict[str, str], limits: RoadVehicleLimits, passes: bool
) -> None:
    roads = drawn_roads(tmp_path, CROSS, WAYS | {"BC": tags})
    assert roads.way("AC", limits) == ("ABC" if passes else "ABDEC")
