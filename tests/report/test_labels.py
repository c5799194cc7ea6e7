"""Names on a map never cover each other and never leave the sheet."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.report.labels import Label, overlap, place_labels

POINT = st.tuples(st.floats(10, 390), st.floats(10, 290))
NONE = np.empty((0, 2))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(POINT, st.integers(0, 3)), min_size=1, max_size=25))
def test_no_two_labels_overlap_and_all_lie_on_the_sheet(
    points: list[tuple[tuple[float, float], int]],
) -> None:
    labels = [Label(f"Station {k}", x, y, rank) for k, ((x, y), rank) in enumerate(points)]
    placed = place_labels(labels, 400, 300, lines=NONE)
    for one, other in combinations(placed, 2):
        assert not overlap(one.box, other.box, 0.0)
    for one in placed:
        left, top, right, bottom = one.box
        assert left >= 0 and right <= 400 and top >= 0 and bottom <= 300


def test_important_labels_are_moved_rather_than_dropped() -> None:
    labels = [Label(f"Residence {k}", 200 + k, 150, rank=1) for k in range(8)]
    placed = place_labels(labels, 400, 300, lines=NONE)
    assert len(placed) == 8
    assert any(one.leader for one in placed)


def test_a_label_keeps_off_the_route_and_off_what_is_taken() -> None:
    route = np.column_stack((np.linspace(0, 400, 200), np.full(200, 150.0)))
    (one,) = place_labels([Label("Kowon", 200, 150)], 400, 300, lines=route)
    assert one.box[3] < 150 or one.box[1] > 150
    taken = (0.0, 0.0, 400.0, 140.0)
    (one,) = place_labels([Label("Kowon", 200, 150)], 400, 300, lines=NONE, taken=[taken])
    assert not overlap(one.box, taken, 0.0)


def test_no_name_is_read_as_another_points() -> None:
    # Moscow at the sheet's edge, Danilov a little to the right and above.
    labels = [Label("Moscow Yaroslavsky", 49, 150, rank=0), Label("Danilov", 67, 142, rank=1)]
    route = np.column_stack((np.linspace(49, 390, 300), np.linspace(150, 139, 300)))
    placed = {one.label.text: one for one in place_labels(labels, 400, 300, lines=route)}

    def away(label: Label, box: tuple[float, float, float, float]) -> float:
        across = max(box[0] - label.x, 0.0, label.x - box[2])
        return float(np.hypot(across, max(box[1] - label.y, 0.0, label.y - box[3])))

    for own in labels:
        box = placed[own.text].box
        assert all(away(own, box) <= away(other, box) for other in labels)


def test_a_name_under_a_point_at_the_edge_slides_inwards() -> None:
    taken = [(12.0, 100.0, 400.0, 160.0)]
    (one,) = place_labels([Label("A very long name", 8, 150)], 400, 300, lines=NONE, taken=taken)
    assert one.box[0] >= 2.0
