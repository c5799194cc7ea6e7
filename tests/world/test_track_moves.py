"""What trains can do at a node, one drawing for each rule."""

from __future__ import annotations

import numpy as np
from tests.world.ascii_tracks import Drawn, drawn

from retinue.world.track_moves import MoveTable, move_table, rooms

SWITCH = r"""
A--------s---------B
          \
           --------C
"""


def moves(picture: Drawn, table: MoveTable | None = None) -> set[str]:
    """Return all moves that are no reversals, as ``As>sB``."""
    table = table or move_table(picture.network)
    return {
        f"{picture.way([t])}>{picture.way([h])}"
        for t, h in zip(
            table.graph.tail[~table.reversal], table.graph.head[~table.reversal], strict=True
        )
    }


def reversals(picture: Drawn) -> set[str]:
    """Return all reversals, as ``Bs>sA>sC``: in, where the train stands, out."""
    table = move_table(picture.network)
    return {
        f"{picture.way([table.graph.tail[i]])}>{picture.way([table.through[i]])}"
        f">{picture.way([table.graph.head[i]])}"
        for i in np.flatnonzero(table.reversal)
    }


def test_a_switch_joins_its_toe_with_both_legs_and_never_the_legs() -> None:
    assert moves(drawn(SWITCH)) == {"As>sB", "As>sC", "Bs>sA", "Cs>sA"}


def test_from_leg_to_leg_a_train_changes_ends_beyond_the_toe() -> None:
    assert reversals(drawn(SWITCH)) == {"Bs>sA>sC", "Cs>sA>sB"}


def test_the_curved_leg_of_a_switch_is_known() -> None:
    picture = drawn(SWITCH)
    table = move_table(picture.network)
    curved = {
        picture.way([table.graph.head[i]])
        for i in np.flatnonzero(table.diverging)
        if table.graph.tail[i] == picture.state("As")
    }
    assert curved == {"sC"}


CROSSING = r"""
A---     ---B
    \\   /
     \\ /
      @
     / \\
    /   \\
C---     ---D
""".replace("\\\\", "\\")


def test_a_diamond_is_crossed_straight_only() -> None:
    assert moves(drawn(CROSSING.replace("@", "x"))) == {"Ax>xD", "Dx>xA", "Cx>xB", "Bx>xC"}


def test_nobody_changes_ends_on_a_diamond_to_get_to_the_other_track() -> None:
    assert reversals(drawn(CROSSING.replace("@", "x"))) == set()


def test_a_double_slip_leads_from_both_tracks_to_both() -> None:
    assert moves(drawn(CROSSING.replace("@", "X"))) == {
        f"{one}X>X{two}"
        for one, two in map(tuple, ["AB", "AD", "CB", "CD", "BA", "BC", "DA", "DC"])
    }


def test_the_curve_of_a_single_slip_is_allowed_but_uncertain() -> None:
    picture = drawn(CROSSING.replace("@", "%"))
    table = move_table(picture.network)
    assert len(moves(picture, table)) == 8
    straight = table.bend_deg < 1.0
    assert (table.uncertain == ~straight)[~table.reversal].all()


def test_a_steep_switch_is_no_switch() -> None:
    # One column of 5 m to one row of 12 m: the leg leaves at 67 degrees; 45 is the most.
    assert moves(drawn(SWITCH, column_m=5.0, row_m=12.0)) >= {"As>sB", "Bs>sA"}
    assert "As>sC" not in moves(drawn(SWITCH, column_m=5.0, row_m=12.0))


def test_the_angle_is_taken_over_metres_and_not_over_the_first_segment() -> None:
    # The leg's first segment leaves at 62 degrees, as mappers draw it, and 20 m on at 14.
    hooked = """
A--------s--------B
          \\
           --------C
""".replace("\\\\", "\\")
    assert "As>sC" in moves(drawn(hooked, column_m=2.0, row_m=3.75))


def test_tracks_that_meet_in_a_hairpin_at_a_joint_do_not_go_on() -> None:
    picture = drawn("A--j--B", column_m=10.0)
    shapes = picture.network.shapes
    rows = picture.network.shape_rows(picture.edge("jB"))
    shapes.lon_deg[rows] = 2.0 * shapes.lon_deg[rows][0] - shapes.lon_deg[rows]
    table = move_table(picture.network)
    assert len(table.graph.head) == 0
    assert table.closed_joints.tolist() == [picture.nodes["j"]]


def test_room_to_change_ends_is_the_longest_way_out_and_ends_at_closed_track() -> None:
    picture = drawn(SWITCH)
    table = move_table(picture.network)
    length = picture.network.edges.length_m
    everything = np.ones(table.graph.state_count, bool)
    ahead = rooms(table, length, 1e9, everything)
    way = length[picture.edge("As")] + max(length[picture.edge("sB")], length[picture.edge("sC")])
    assert np.isclose(ahead[picture.state("As")], way)
    assert np.isclose(ahead[picture.state("sA")], length[picture.edge("As")])
    assert (rooms(table, length, 100.0, everything) <= 100.0).all()
    closed = everything.copy()
    closed[[picture.state("sB"), picture.state("sC")]] = False
    alone = rooms(table, length, 1e9, closed)
    assert np.isclose(alone[picture.state("As")], length[picture.edge("As")])


def test_room_on_a_circle_is_without_end() -> None:
    picture = drawn("A--B")
    network = picture.network
    table = move_table(network)
    start = np.array([0, 1, 2], np.int32)
    graph = type(table.graph)(start, np.array([0, 1], np.int32))
    circle = MoveTable(
        graph,
        np.full(2, -1, np.int32),
        np.zeros(2, bool),
        np.zeros(2, bool),
        np.zeros(2),
        np.zeros(0, np.int32),
    )
    assert (rooms(circle, network.edges.length_m, 5e3, np.ones(2, bool)) == 5e3).all()
