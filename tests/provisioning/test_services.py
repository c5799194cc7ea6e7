"""Services of the model case and of the data they stand on."""

import re
from pathlib import Path

import pytest

from retinue.checks.services import check_services
from retinue.errors import InputError
from retinue.journey import journey_from_text
from retinue.plan import Plan
from retinue.plan.meals import KitchenRecord
from retinue.plan.services import ServicesRecord
from retinue.planner import Planner
from retinue.planner.cost import load_rates, price_leg
from retinue.planner.service_notes import service_notes
from retinue.provisioning.closed_times import load_service_rules
from retinue.provisioning.kitchen_data import coaches_of, load_kitchen_data
from retinue.provisioning.service_data import ServiceData, load_service_data
from retinue.provisioning.services import services_of_train
from retinue.provisioning.tank_levels import homes_of
from retinue.provisioning.train_power import energy_of
from retinue.world.world import World
from tests.provisioning import kitchen_case as case

DATA = Path(__file__).parents[2] / "src" / "retinue" / "data"


def test_the_shipped_files_are_sound() -> None:
    assert {s.kind for s in load_service_data().serving} == {
        "water", "waste", "refuse", "fuel", "ice", "linen"
    }  # fmt: skip
    assert load_kitchen_data().hours.rest == 11 * 3600  # Directive 2003/88/EC, article 3
    assert {rule.kind for rule in load_service_rules()} == {
        "toilets locked", "border", "ceremony"
    }  # fmt: skip


def test_a_coach_holds_what_the_published_practice_says() -> None:
    # 1,600-1,800 l a coach.
    tank = load_service_data().tank("water", "sleeping")
    assert tank is not None
    assert 1.6 <= tank.capacity <= 1.8


@pytest.mark.parametrize("name", ["services", "kitchens", "service_rules"])
@pytest.mark.parametrize("fault", ["", "nothing: 1", "retinue services: 7\n", "[1, 2]", "a: {b"])
def test_a_hostile_file_is_refused_with_its_place(tmp_path: Path, name: str, fault: str) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_text(fault, encoding="utf-8")
    load = {
        "services": load_service_data,
        "kitchens": load_kitchen_data,
        "service_rules": load_service_rules,
    }[name]
    with pytest.raises(InputError) as error:
        load(path)
    assert name in error.value.where


@pytest.mark.parametrize("bad", ["-5 l", "nan l", "1e12 l", "5", "5 kg"])
def test_an_absurd_capacity_names_its_line(tmp_path: Path, bad: str) -> None:
    text = (DATA / "services.yaml").read_text(encoding="utf-8")
    path = tmp_path / "services.yaml"
    path.write_text(text.replace("capacity: 1700 l", f"capacity: {bad}"), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_service_data(path)
    assert re.search(r"services\.yaml:\d+", error.value.where)


def test_an_unknown_source_is_refused(tmp_path: Path) -> None:
    text = (DATA / "kitchens.yaml").read_text(encoding="utf-8")
    path = tmp_path / "kitchens.yaml"
    path.write_text(text.replace("source: orient-express", "source: hearsay"), encoding="utf-8")
    with pytest.raises(InputError, match="hearsay"):
        load_kitchen_data(path)


def test_everybody_lives_in_some_coach(vladivostok: Plan) -> None:
    party = case.party("vladivostok-2023", vladivostok)
    homes = homes_of(coaches_of(vladivostok), party, load_service_data())
    assert sum(sum(home.values()) for home in homes) == pytest.approx(party.people)


def test_the_independent_checker_finds_no_fault(vladivostok: Plan) -> None:
    services = case.services(vladivostok)
    assert services.proven
    assert check_services(vladivostok, services).faults == ()


def test_what_is_used_and_what_is_left_come_to_what_was_there(vladivostok: Plan) -> None:
    services = case.services(vladivostok)
    for kind in ("water", "ice"):
        tanks = [t for t in services.tanks if t.kind == kind]
        given = sum(s.total_m3 for s in services.stops if s.kind == kind)
        used = sum(t.level_m3[0] - t.level_m3[-1] for t in tanks) + given
        per_unit = 1000 if kind == "ice" else 1
        assert used * per_unit == pytest.approx(services.quantities[f"train-{kind}"], abs=0.6)


def test_a_mild_september_needs_neither_heating_nor_cooling(vladivostok: Plan) -> None:
    energy = energy_of(vladivostok, coaches_of(vladivostok), load_service_data())
    assert energy.heating_kwh == 0
    assert energy.cooling_kwh == 0
    assert energy.fuel_m3 * 1000 == pytest.approx(energy.total_kwh * 0.27, rel=1e-3)


def test_every_quantity_has_a_price(vladivostok: Plan) -> None:
    from datetime import date

    quantities = case.services(vladivostok).quantities
    items = price_leg("rail", quantities, load_rates(), "EUR", date(2023, 9, 10))
    assert len(items) == sum(1 for value in quantities.values() if value)


def _alone(plan: Plan, data: ServiceData | None = None) -> ServicesRecord:
    """Serve a train whose kitchen is cold."""
    party = case.party("vladivostok-2023", plan)
    return services_of_train(plan, party, case.policy(), KitchenRecord(), data=data)


def test_a_stop_of_days_serves_the_train_all_the_time(world: World) -> None:
    text = (DATA / "journeys" / "vladivostok-2023.yaml").read_text(encoding="utf-8")
    text = text.replace("{at: Chongjin, for: 30 min,", "{at: Chongjin, for: 96 h,")
    plan = Planner(world).make(journey_from_text(text, "vladivostok-2023"))
    services = _alone(plan)
    assert services.unserved == ()
    assert check_services(plan, services).faults == ()
    water = [s for s in services.stops if s.kind == "water" and s.place == "Chongjin"]
    assert len(water) > 2
    assert all(not stop.proposed for stop in water)


def _with_small_tanks(vladivostok: Plan, litres: float) -> tuple[Plan, ServicesRecord]:
    """Return a train that nobody can serve in time: no stop for water, no place on the way."""
    data = load_service_data()
    small = data.model_copy(
        update={
            "tanks": tuple(
                t.model_copy(update={"capacity": litres / 1000}) if t.kind == "water" else t
                for t in data.tanks
            ),
            "serving": tuple(
                s.model_copy(update={"where": (), "long_stop": None}) if s.kind == "water" else s
                for s in data.serving
            ),
        }
    )
    legs = tuple(
        leg.model_copy(update={"timeline": tuple(e for e in leg.timeline if e.kind != "pass")})
        for leg in vladivostok.legs
    )
    plan = vladivostok.model_copy(update={"legs": legs})
    return plan, _alone(plan, small)


def test_what_nobody_can_serve_is_told_once_with_place_and_cure(vladivostok: Plan) -> None:
    _, services = _with_small_tanks(vladivostok, 420.0)
    assert len([one for one in services.shortfalls if one.kind == "water"]) == 1
    short = services.shortfalls[0]
    assert len(short.amounts_m3) > 2
    assert services.unserved[0] == short.sentence
    for words in (
        f"{len(short.amounts_m3)} coaches run short of water by ", "between Pyongyang and ",
        "without a stop that gives it: add a stop by ", "of the leg (", " N ",
    ):  # fmt: skip
        assert words in short.sentence
    assert short.from_utc < short.lacks_from_utc < short.until_utc
    # No tank fails that is not told, and none is told that does not fail.
    failed = {
        t.coach for t in services.tanks
        if t.kind == "water" and min(t.level_m3) < t.least_m3 - 0.001
    }  # fmt: skip
    assert failed == set(short.amounts_m3)
    notes = [note.text for note in service_notes(services)]
    assert notes.count(short.sentence) == 1


def test_tanks_that_run_dry_are_a_fault_although_they_are_told(vladivostok: Plan) -> None:
    plan, services = _with_small_tanks(vladivostok, 100.0)
    faults = check_services(plan, services).faults
    assert len([fault for fault in faults if "runs dry between" in fault]) == 1
    hidden = services.model_copy(update={"shortfalls": ()})
    assert len(check_services(plan, hidden).faults) > len(faults)
    # What is told of another stretch of the journey excuses nothing.
    (told,) = (one for one in services.shortfalls if one.kind == "water")
    elsewhere = told.model_copy(update={"from_utc": 0.0, "until_utc": 1.0})
    moved = services.model_copy(update={"shortfalls": (elsewhere,)})
    assert check_services(plan, moved).faults == check_services(plan, hidden).faults
