"""Cars in a hold: what does not fit is refused with its cure, what fits stands apart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.air.aircraft import AircraftCard, load_aircraft
from retinue.air.loading_list import BETWEEN_M, CLEARANCE_M, CargoVehicle, load_hold
from retinue.errors import NoPlan


def _card(**values: object) -> AircraftCard:
    hold = {
        "hold_length": 20.0, "hold_width": 3.4, "hold_height": 3.4, "door_width": 3.4,
        "door_height": 3.4, "floor_load": 1500.0, "axle_load": 5000.0, "maximum_cargo": 40_000.0,
    }  # fmt: skip
    return load_aircraft("il-76td").model_copy(update=hold | values)


def _car(**values: object) -> CargoVehicle:
    own: dict[str, object] = {
        "name": "car", "label": "car", "length_m": 5.5, "width_m": 1.95, "height_m": 1.5,
        "mass_kg": 4200.0, "axles": 2, "axle_load_kg": 2300.0,
    }  # fmt: skip
    return CargoVehicle(**(own | values))  # type: ignore[arg-type]


def test_three_cars_stand_one_behind_the_other() -> None:
    places, unknown = load_hold(_card(), [_car()] * 3)
    assert unknown == ()
    assert [place.row for place in places] == [1, 1, 1]
    assert places[0].from_m == pytest.approx(BETWEEN_M / 2)
    assert places[1].from_m - places[0].to_m == pytest.approx(BETWEEN_M)


def test_the_heaviest_stands_in_the_middle() -> None:
    cars = [_car(name=n, label=n, mass_kg=m) for n, m in (("a", 2e3), ("b", 5e3), ("c", 3e3))]
    places, _ = load_hold(_card(), cars)
    assert places[1].vehicle.name == "b"


def test_motorcycles_stand_side_by_side() -> None:
    one = _car(length_m=2.2, width_m=1.0, height_m=1.4, mass_kg=380.0, axle_load_kg=230.0)
    places, _ = load_hold(_card(), [one] * 4)
    assert {place.row for place in places} == {1, 2}


@pytest.mark.parametrize(
    ("kind", "car", "card", "count"),
    [
        ("hold", {"height_m": 3.3}, {"door_height": None}, 1),
        ("hold", {"width_m": 3.2}, {"door_width": None}, 1),
        ("door", {"height_m": 2.0}, {"door_height": 2.1}, 1),
        ("floor-load", {"mass_kg": 9000.0}, {}, 1),
        ("axle-load", {"axle_load_kg": 5200.0}, {}, 1),
        ("payload", {}, {"maximum_cargo": 8000.0}, 2),
        ("hold", {}, {}, 4),
    ],
)
def test_what_does_not_fit_is_refused_with_a_cure(
    kind: str, car: dict[str, object], card: dict[str, object], count: int
) -> None:
    with pytest.raises(NoPlan) as caught:
        load_hold(_card(**card), [_car(**car)] * count, where="trip.yaml:9: support.air.carries")
    assert kind in {reason.kind for reason in caught.value.reasons}
    assert all(reason.cure for reason in caught.value.reasons)
    assert caught.value.where == "trip.yaml:9: support.air.carries"


def test_what_is_not_known_is_said_and_not_taken_as_room() -> None:
    card = _card(hold_length=None, floor_load=None, door_width=None)
    _, unknown = load_hold(card, [_car(width_m=None)])
    told = " ".join(unknown)
    for what in ("length of the hold", "floor load", "width of the door", "how wide the car is"):
        assert what in told


@given(
    st.lists(
        st.builds(
            _car,
            length_m=st.floats(1.5, 7.0),
            width_m=st.floats(0.7, 2.4),
            mass_kg=st.floats(200.0, 6000.0),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_cars_that_are_taken_stand_in_the_hold_and_never_in_each_other(
    cars: list[CargoVehicle],
) -> None:
    card = _card()
    try:
        places, _ = load_hold(card, cars)
    except NoPlan:
        return
    assert sorted(p.vehicle.name for p in places) == sorted(c.name for c in cars)
    assert card.hold_length is not None
    assert card.hold_width is not None
    rows = {place.row for place in places}
    wide = max(c.width_m or 0.0 for c in cars)
    assert len(rows) * (wide + CLEARANCE_M) + CLEARANCE_M <= card.hold_width + 1e-9
    for row in rows:
        at = [(p.from_m, p.to_m) for p in places if p.row == row]
        assert all(b[0] - a[1] >= BETWEEN_M - 1e-9 for a, b in pairwise(at))
        assert at[0][0] >= 0.0
        assert at[-1][1] <= card.hold_length
