"""Where and when a train can be supplied: stops, suppliers, borders, and what a way takes."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from retinue.errors import InputError
from retinue.movement import Band
from retinue.plan import Plan
from retinue.plan.records import PlaceRecord
from retinue.provisioning.border_rules import load_border_rules
from retinue.provisioning.lots import keeping_of
from retinue.provisioning.menu import load_menu
from retinue.provisioning.suppliers import SupplyBase, known_suppliers, load_suppliers
from retinue.provisioning.supply import (
    crossings_of,
    forbids_by,
    imports_by,
    load_supply_rules,
    supply_options,
)

RULES = load_supply_rules()
EURO = {"EUR": 1.0}
MENU = load_menu("five-cuisines")


def base(name: str, country: str, supplies: tuple[str, ...] = ("*",)) -> SupplyBase:
    place = PlaceRecord(name=name, lat=0.0, lon=0.0, country=country, zone="UTC")
    return SupplyBase(name, place, supplies)


def test_the_origin_comes_first_and_every_long_stop_can_be_supplied_by_road_and_air(
    vladivostok: Plan,
) -> None:
    options = supply_options(vladivostok, RULES, EURO)
    assert options[0].mode == "origin"
    places = {o.place.name for o in options[1:]}
    stops = {s.place: s.depart_s - s.arrive_s for s in vladivostok.legs[1].main.stops}
    assert places == {p for p, dwell in stops.items() if dwell > RULES.air.handling}  # type: ignore[union-attr]
    for option in options[1:]:
        assert option.packed_s < option.due_s <= option.from_s <= option.usable_s
        assert option.waits_until_s >= option.due_s
        assert option.usable_s <= option.until_s


def test_a_delivery_waits_from_the_earliest_passage_to_the_latest(vladivostok: Plan) -> None:
    leg = vladivostok.legs[1]

    def band_of(_: str, number: int) -> Band:
        planned = leg.main.stops[number].arrive_s
        return Band(planned - 1_800.0, planned, planned + 36_000.0)

    for option in supply_options(vladivostok, RULES, EURO, band_of)[1:]:
        assert option.from_s - option.due_s == pytest.approx(1_800.0)
        assert option.waits_until_s - option.from_s == pytest.approx(36_000.0)


def test_a_stop_is_supplied_by_each_base_with_what_it_has(vladivostok: Plan) -> None:
    bases = [base("Paris", "FR", ("wine merchant",)), base("Moscow", "RU")]
    options = supply_options(vladivostok, RULES, EURO, bases=bases)
    flown = [o for o in options if o.mode == "air"]
    assert {o.base.name for o in flown if o.base} == {"Paris", "Moscow"}
    for option in flown:
        assert option.brings("wine merchant")
        assert option.brings("butcher") == (
            option.base is not None and option.base.name == "Moscow"
        )
    assert len({o.id for o in options}) == len(options)


def test_cheese_from_paris_may_not_be_flown_to_a_stop_in_russia(vladivostok: Plan) -> None:
    # The Russian embargo of August 2014 names dairy of the European Union.
    rules = load_border_rules()
    options = supply_options(
        vladivostok, RULES, EURO, bases=[base("Paris", "FR")], imports=imports_by(rules)
    )
    khasan = next(o for o in options if o.mode == "air" and o.place.country == "RU")
    assert "dairy" in khasan.barred
    assert "wine" not in khasan.barred
    cheese = next(i for i in MENU.ingredients.values() if i.border_class == "dairy")
    assert keeping_of(cheese, khasan, (), RULES).serve_until_s == -math.inf
    home = supply_options(
        vladivostok, RULES, EURO, bases=[base("Moscow", "RU")], imports=imports_by(rules)
    )
    assert all(not o.barred for o in home if o.place.country == "RU")


def test_a_way_that_takes_longer_packs_earlier_and_one_that_fails_is_left_out(
    vladivostok: Plan,
) -> None:
    options = {o.id: o for o in supply_options(vladivostok, RULES, EURO)}
    slow, lost = [o.id for o in options.values() if o.mode == "air"][:2]
    found = {
        o.id: o
        for o in supply_options(
            vladivostok, RULES, EURO, carried={slow: 2 * 86_400.0, lost: math.inf}
        )
    }
    assert lost not in found
    assert found[slow].packed_s == found[slow].due_s - 2 * 86_400.0
    # A way that is quicker than the rules say does not pack later.
    quick = supply_options(vladivostok, RULES, EURO, carried={slow: 60.0})
    assert next(o for o in quick if o.id == slow).packed_s == options[slow].packed_s


def test_hours_of_live_seafood_begin_at_its_packing(vladivostok: Plan) -> None:
    lobster = MENU.ingredients["live lobster"]
    for option in supply_options(vladivostok, RULES, EURO):
        keeping = keeping_of(lobster, option, (), RULES, 36 * 3600.0)
        assert keeping.use_by_s == option.packed_s + 36 * 3600.0
        assert keeping.serve_until_s < keeping.use_by_s


def test_every_border_of_the_journey_is_crossed_once_with_what_it_forbids(
    vladivostok: Plan,
) -> None:
    crossings = crossings_of(vladivostok, forbids_by(load_border_rules()))
    assert [(c.from_country, c.to_country) for c in crossings] == [("KP", "RU")]
    rules = load_border_rules()
    for name in crossings[0].forbidden:
        ruling = rules.ruling(cast(Any, name), "KP", "RU", on_board=True)
        assert ruling.verdict == "forbidden"
    # What may stay aboard may still not be delivered: the stricter verdict is that of imports.
    aboard, brought = forbids_by(rules), imports_by(rules)
    assert brought("fresh meat", "RU", "CN")
    assert len(aboard("wine", "FR", "RU")) == 0


def test_a_price_without_a_rate_is_refused(vladivostok: Plan) -> None:
    with pytest.raises(InputError, match="no exchange rate of EUR"):
        supply_options(vladivostok, RULES, {"RUB": 1.0})


def test_a_journey_without_a_train_is_refused() -> None:
    with pytest.raises(InputError, match="no leg by train"):
        supply_options(cast(Plan, SimpleNamespace(legs=())), RULES, EURO)


def test_the_shipped_suppliers_have_a_source_each() -> None:
    # "market" is what an ingredient is of that names no other class.
    classes = {item.supplier for item in MENU.ingredients.values()} | {"market"}
    for name in known_suppliers():
        found = load_suppliers(name)
        assert len(found.listed) == len(found.where)
        for one in found.listed:
            assert set(one.supplies) <= classes | {"*"}
            assert one.source in found.sources


SUPPLIERS = """
retinue suppliers: 1
source: a
confidence: K
sources: {a: a test}
suppliers:
  - {name: Moscow, at: UUEE, supplies: ["*"]}
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("retinue suppliers: 1", "title: x", "not a file of suppliers"),
        ("source: a", "source: b", 'source "b" is not described'),
        ("supplies: [\"*\"]", "supplies: []", "supplies"),
        ("at: UUEE, ", "", "at"),
        ("  - {name", "  - {name: moscow, at: UUWW, supplies: [x]}\n  - {name", "stands twice"),
    ],
)  # fmt: skip
def test_a_faulty_file_of_suppliers_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(SUPPLIERS.replace(old, new), "utf-8")
    with pytest.raises(InputError, match=words) as refused:
        load_suppliers("mine.yaml", tmp_path)
    assert "mine.yaml" in str(refused.value)


def test_rules_of_supply_by_air_need_an_aircraft(tmp_path: Path) -> None:
    from retinue.world.catalogue import SHIPPED

    text = (SHIPPED / "supply.yaml").read_text("utf-8")
    path = tmp_path / "supply.yaml"
    path.write_text("\n".join(x for x in text.splitlines() if "aircraft:" not in x), "utf-8")
    with pytest.raises(InputError, match="names no aircraft"):
        load_supply_rules(path)
