"""A coach has one number in drawings, tables and store lists, whatever hauls the train."""

from retinue.plan import Plan
from retinue.report.coach_numbers import coach_words, room_vehicle, vehicle_numbers
from retinue.report.order_tables import vehicle_rows


def test_a_change_of_locomotives_renumbers_no_coach(sample: Plan) -> None:
    train = sample.legs[1].trains[0]
    coaches = [one for one in train.vehicles if one.role != "locomotive"]
    locomotive = next(one for one in train.vehicles if one.role == "locomotive")
    for count in (0, 1, 3):
        numbers = vehicle_numbers([locomotive] * count + coaches)
        assert numbers == [""] * count + [str(k) for k in range(1, len(coaches) + 1)]


def test_a_store_room_is_named_by_its_coachs_number(sample: Plan) -> None:
    vehicles = sample.legs[1].trains[0].vehicles
    kitchen = next(k for k, one in enumerate(vehicles) if one.label == "Kitchen")
    number = int(vehicle_numbers(vehicles)[kitchen])
    assert number < kitchen + 1
    for counted in (kitchen + 1, number):  # over all vehicles, or over coaches alone
        assert room_vehicle(f"Kitchen ({counted})", vehicles) == kitchen
        assert coach_words(f"Kitchen ({counted})", vehicles) == f"{number} Kitchen"
    for strange in ("Kitchen", "Kitchen (999)", "Kitchen (0)", "Cellar (3)", ""):
        assert coach_words(strange, vehicles) == strange


def test_the_table_and_the_drawing_number_alike(sample: Plan) -> None:
    train = sample.legs[1].trains[0]
    assert [row[0] for row in vehicle_rows(train)] == vehicle_numbers(train.vehicles)
