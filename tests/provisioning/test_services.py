"""Services of the model case and of the data they stand on."""

import re
from pathlib import Path

import pytest

from retinue.checks.services import check_services
from retinue.errors import InputError
from retinue.plan import Plan
from retinue.planner.cost import load_rates, price_leg
from retinue.provisioning.closed_times import load_service_rules
from retinue.provisioning.kitchen_data import coaches_of, load_kitchen_data
from retinue.provisioning.service_data import load_service_data
from retinue.provisioning.tank_levels import homes_of
from retinue.provisioning.train_power import energy_of
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
