"""On double track the other track's side tells the usual direction; elsewhere nobody knows."""

from __future__ import annotations

import numpy as np
from tests.world.ascii_tracks import drawn
from tests.world.test_track_search import DIESEL, stop, way

from retinue.world.track_search import TrackRouter
from retinue.world.track_side import usual_directions

DOUBLE = """
A-------------B
C-------------D
"""
THREE = DOUBLE + "E-------------F\n"


def test_on_the_right_the_lower_track_runs_east() -> None:
    picture = drawn(DOUBLE)
    usual = usual_directions(picture.network, "right")
    assert usual[[picture.edge("AB"), picture.edge("CD")]].tolist() == [-1, 1]
    assert (usual_directions(picture.network, "left") == -usual).all()


def test_a_single_track_and_the_middle_of_three_stay_unknown() -> None:
    assert usual_directions(drawn("A----------B").network, "right").tolist() == [0]
    three = drawn(THREE)
    usual = usual_directions(three.network, "right")
    assert usual[three.edge("CD")] == 0


def test_a_train_takes_the_usual_track_where_both_are_as_good() -> None:
    picture = drawn(
        r"""
  --------------------
 /                    \
A----------------------B
""".replace(" /                    \\", " /                    \\"),
        row_m=2.0,
    )
    usual = np.zeros(len(picture.network.edges), np.int8)
    upper, lower = picture.edge("AB"), picture.edge("AB2")
    usual[[upper, lower]] = [-1, 1]
    router = TrackRouter(picture.network, usual=usual)
    east = router.route(
        DIESEL,
        (stop(picture, ("AB", 0.1), ("AB2", 0.1)),) * 1
        + (stop(picture, ("AB", 0.9), ("AB2", 0.9)),),
    )
    west = router.route(
        DIESEL,
        (
            stop(picture, ("AB", 0.9), ("AB2", 0.9)),
            stop(picture, ("AB", 0.1), ("AB2", 0.1)),
        ),
    )
    assert way(picture, east) == ["AB2"] and way(picture, west) == ["BA"]
