"""Cars on transporters: what fits stands in the order in which it is needed, and what does not
fit is refused with the reason and what would cure it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError, NoPlan
from retinue.rail.car_loading import CarOnTrain, line_reasons, load_cars
from retinue.rail.formation import Formation
from retinue.rail.rolling_stock import Coach
from tests.rail.stock import coach, formation, locomotive, point, route, stretch

DECK = {
    "length": "20 m", "width": "2.7 m", "height": "2.0 m", "door width": "2.4 m",
    "door height": "1.9 m", "side clearance": "400 mm", "floor height": "1.2 m",
    "ramp gradient": "12 %", "ramp length": "10 m", "spacing": "500 mm", "end clearance": "250 mm",
    "load limit": "12 t", "wheel axle limit": "3.5 t", "bogie centres": "18 m", "gear": "500 kg",
    "source": "drawn", "confidence": "assumed",
}  # fmt: skip


def transporter(cars: int = 2, ramp: str = "rear", **deck: str | None) -> Coach:
    """Return a transporter with the drawn deck, some of its values changed or left out."""
    values = DECK | {key.replace("_", " "): value for key, value in deck.items()}
    written = ", ".join(f"{key}: {value}" for key, value in values.items() if value is not None)
    return coach(role="car-transporter", ramp=ramp, cars=str(cars), deck=f"{{{written}}}",
                 loaded="58 t")  # fmt: skip


def car(length: float = 6.5, mass: float = 5400.0, **more: float) -> CarOnTrain:
    """Return a limousine."""
    sizes = {
        "height_m": 1.55, "width_m": 1.95, "axle_load_kg": 3000.0,
        "wheelbase_m": 4.3, "clearance_m": 0.14,
    } | more  # fmt: skip
    return CarOnTrain("limousine", "main", length, mass, **sizes)


def train(*wagons: Coach) -> Formation:
    """Return a locomotive, two coaches and the wagons at the tail."""
    return formation([locomotive(), coach(), coach(), *wagons])


def kinds(wagon: Coach, cars: list[CarOnTrain]) -> list[str]:
    """Return the kinds of reasons for which cars are refused."""
    with pytest.raises(NoPlan) as refused:
        load_cars(train(wagon), cars, where="trip.yaml:7: rail.train")
    assert refused.value.where == "trip.yaml:7: rail.train"
    assert all(reason.cure for reason in refused.value.reasons)
    return [reason.kind for reason in refused.value.reasons]


def test_the_first_needed_stands_next_to_the_ramp() -> None:
    first, second = car(mass=5000.0), car(mass=4000.0)
    wagon = load_cars(train(transporter()), [first, second]).wagons[0]
    assert wagon.cars == (first, second)
    # 20 m less 13.5 m of cars and space leave 3.25 m at either end.
    assert wagon.ramp_m == pytest.approx((3.25, 10.25))
    assert wagon.load_kg == 9500.0
    # By hand: (50 t + 9.5 t) / 2, and moments of 3.5 m and -3.5 m about the middle over 18 m.
    heavier = (59_500 / 2 + abs(-5000 * 3.5 + 4000 * 3.5) / 18) / 2
    assert wagon.axle_load_kg == pytest.approx(heavier)


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        (car(length=19.6), "car-length"),
        (car(height_m=1.91), "car-height"),
        (car(width_m=2.31), "car-width"),
        (car(mass=11_600.0), "car-mass"),
        (car(axle_load_kg=3600.0), "car-axle-load"),
        # 2 atan(2 x 0.12 / 4.3) is 6.4 degrees, 11 %; the ramp rises 12 %.
        (car(clearance_m=0.12), "ramp"),
    ],
)
def test_a_car_that_does_not_fit_is_refused_by_what_is_wrong(
    changed: CarOnTrain, kind: str
) -> None:
    assert kinds(transporter(), [changed]) == [kind]


def test_a_wagon_whose_axles_cannot_carry_the_cars_is_refused() -> None:
    assert kinds(transporter(load_limit="40 t", wheel_axle_limit=None),
                 [car(mass=24_000.0)]) == ["axle-load"]  # fmt: skip


def test_a_car_too_many_and_a_train_without_transporter_are_told_apart() -> None:
    assert kinds(transporter(), [car(4.0, 2000.0)] * 3) == ["car-count"]
    with pytest.raises(NoPlan, match="has no car transporter"):
        load_cars(train(), [car()])


def test_a_second_transporter_takes_what_the_first_does_not() -> None:
    load = load_cars(train(transporter(), transporter()), [car()] * 3)
    assert [len(wagon.cars) for wagon in load.wagons] == [2, 1]
    # The one at the tail takes those needed first.
    assert [wagon.wagon_id for wagon in load.wagons] == ["v4", "v3"]


def test_what_nobody_knows_refuses_nothing_and_is_listed() -> None:
    unknown = CarOnTrain("limousine", "main", 6.5, 5400.0)
    load = load_cars(train(transporter()), [unknown])
    assert load.unknown == ("limousine: height, width, axle load, clearance not known",)
    bare = coach(role="car-transporter", ramp="rear", cars="2")
    load = load_cars(train(bare), [car()])
    assert "only the number of cars" in load.unknown[0]


def test_the_planned_load_is_not_counted_twice_and_a_heavier_one_is() -> None:
    # The transporter's 8 t of planned load stand for its cars.
    light = train(transporter())
    assert load_cars(light, [car()]).formation.mass_kg == light.mass_kg
    both = load_cars(light, [car(), car()]).formation
    assert both.mass_kg == light.mass_kg + 2 * 5400.0 + 500.0 - 8000.0


@given(
    lengths=st.lists(st.floats(3.0, 9.0), min_size=1, max_size=6),
    masses=st.lists(st.floats(1000.0, 6000.0), min_size=6, max_size=6),
)
def test_every_car_is_carried_once_in_order_or_none_is(
    lengths: list[float], masses: list[float]
) -> None:
    cars = [car(length, mass) for length, mass in zip(lengths, masses, strict=False)]
    wagons = [transporter(cars=4) for _ in range(3)]
    try:
        load = load_cars(train(*wagons), cars)
    except NoPlan as refused:
        assert refused.reasons
        return
    assert list(load.cars) == cars
    for wagon in load.wagons:
        ends = [way + c.length_m for way, c in zip(wagon.ramp_m, wagon.cars, strict=True)]
        assert wagon.ramp_m[0] >= 0.25 - 1e-6 and ends[-1] <= 20.0 - 0.25 + 1e-6
        gaps = [b - a for a, b in zip(ends, wagon.ramp_m[1:], strict=False)]
        assert all(gap == pytest.approx(0.5) for gap in gaps)
        assert wagon.load_kg <= 12_000.0


def test_an_open_deck_is_judged_by_its_loaded_height_in_the_lines_gauge() -> None:
    ends = [point("A", 0.0), point("B", 100.0)]
    # g1 allows 4.28 m (EN 15273); 1.2 m of floor and 3.2 m of van are 4.4 m.
    van = car(height_m=3.2)
    line = route(ends, [stretch(0.0, 100.0, (1435,), loading_gauge="g1", axle_load_kg=22_500.0)])
    high = load_cars(train(transporter(enclosed="false", height=None, door_height=None)), [van])
    assert [reason.kind for reason in line_reasons(high, line)] == ["loading-gauge"]
    low = load_cars(train(transporter(enclosed="false")), [car()])
    assert line_reasons(low, line) == []
    nobody_knows = route(ends, [stretch(0.0, 100.0, (1435,))])
    assert line_reasons(high, nobody_knows) == []


def test_a_line_too_weak_for_the_loaded_bogie_is_named() -> None:
    load = load_cars(train(transporter()), [car(), car()])
    weak = route([point("A", 0.0), point("B", 9.0)],
                 [stretch(0.0, 9.0, (1435,), axle_load_kg=14_000.0)])  # fmt: skip
    reason = line_reasons(load, weak)[0]
    assert reason.kind == "axle-load" and "15.3 t an axle" in reason.what


@pytest.mark.parametrize("value", ["length: -3 m", "length: .nan", "length: 20", "load limit: 0 t"])
def test_a_deck_that_cannot_be_is_refused_with_its_key(value: str) -> None:
    key, text = value.split(": ")
    with pytest.raises(InputError, match=r"coach\.yaml:\d+"):
        transporter(2, "rear", **{key.replace(" ", "_"): text})
