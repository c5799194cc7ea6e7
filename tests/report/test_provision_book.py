"""The printed provisioning holds every delivery, meal, stop and figure of its document."""

import io
import json
import re

import pypdf
import pytest

from retinue.errors import InputError
from retinue.plan import Plan, Provision
from retinue.plan.local_clock import LocalClock
from retinue.report.movement_order import movement_order
from retinue.report.provision_book import book_content, provision_book


def words_of(document: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(document)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture(scope="module")
def book(sample: Plan, provision: Provision) -> bytes:
    return provision_book(sample, provision)


@pytest.fixture(scope="module")
def words(book: bytes) -> str:
    return words_of(book)


def test_the_sample_is_a_sound_document(provision: Provision) -> None:
    assert Provision.from_json(provision.to_json()) == provision


def test_every_delivery_stands_there_with_place_and_time(
    words: str, sample: Plan, provision: Provision
) -> None:
    clock = LocalClock.of(sample)
    for delivery in provision.stores.deliveries:
        assert f"Loading at {delivery.place.name}" in words
        begin, end = clock.clock(delivery.from_utc), clock.clock(delivery.until_utc)
        assert f"{begin}–{end} +09" in words


def test_every_meal_and_sitting_stands_there(
    words: str, sample: Plan, provision: Provision
) -> None:
    clock = LocalClock.of(sample)
    for meal in provision.kitchen.meals:
        assert clock.moment(meal.time_utc) in words
    for one in provision.kitchen.sittings:
        assert f"{clock.clock(one.from_utc)}–{clock.clock(one.until_utc)}" in words


def test_every_service_stop_stands_there_and_a_proposed_one_says_so(
    words: str, provision: Provision
) -> None:
    for stop in provision.services.stops:
        assert stop.place in words
        assert all(coach in words for coach in stop.amounts_m3)
    assert words.count("proposed") >= sum(stop.proposed for stop in provision.services.stops)


def test_locked_toilets_are_told_with_place_and_time(words: str) -> None:
    assert "11 Sep 16:00–18:30 +09" in words
    assert re.search(r"toilets locked\W+Tumangang", words)


def test_store_lists_hold_every_good_once_a_room_and_once_a_supplier(
    sample: Plan, provision: Provision
) -> None:
    chapters = {c["title"]: c["parts"] for c in book_content(sample, provision)["chapters"]}
    for title in ("Store lists by coach", "Store lists by supplier"):
        named = [
            cell
            for part in chapters[title]
            for row in part["rows"]
            for cell in row["cells"]
            if cell in {lot.ingredient for lot in provision.stores.lots}
        ]
        assert sorted(named) == sorted({lot.ingredient for lot in provision.stores.lots})


def test_the_loading_plan_adds_up_to_what_is_brought(sample: Plan, provision: Provision) -> None:
    chapters = {c["title"]: c["parts"] for c in book_content(sample, provision)["chapters"]}
    tables = [part for part in chapters["Loading plans"] if part["kind"] == "table"]
    for table, delivery in zip(tables, provision.stores.deliveries, strict=True):
        kg = sum(lot.kg for lot in provision.stores.lots if lot.delivery == delivery.id)
        column = table["heads"].index("kg")
        *rows, whole = [float(row["cells"][column].replace("\u202f", "")) for row in table["rows"]]
        assert whole == pytest.approx(kg, abs=0.6)
        assert sum(rows) == pytest.approx(kg, abs=0.6)


def test_what_must_stay_cold_goes_in_before_what_bears_warmth(
    sample: Plan, provision: Provision
) -> None:
    chapters = {c["title"]: c["parts"] for c in book_content(sample, provision)["chapters"]}
    first = next(part for part in chapters["Loading plans"] if part["kind"] == "table")
    stores = [row["cells"][1] for row in first["rows"][:-1]]
    assert stores == ["frozen", "chilled", "dry"]


def test_a_promise_that_is_not_kept_is_said_in_words(sample: Plan, provision: Provision) -> None:
    stores = provision.stores
    broken = [one.model_copy(update={"lower_bound": 0.9}) for one in stores.service]
    worse = provision.model_copy(
        update={"stores": stores.model_copy(update={"service": tuple(broken)})}
    )
    assert "NOT KEPT" not in json.dumps(book_content(sample, provision)["promise"])
    assert "NOT KEPT for principal, guests" in json.dumps(book_content(sample, worse)["promise"])


def test_a_level_is_cut_and_never_rounded_up_to_its_promise() -> None:
    from retinue.report.provision_figures import share_text

    assert share_text(0.98999999) == "98.999\u00a0%"
    assert share_text(1.0) == "100\u00a0%"


def test_the_same_document_gives_the_same_bytes(
    book: bytes, sample: Plan, provision: Provision
) -> None:
    assert provision_book(sample, provision) == book


def test_a_provisioning_of_another_plan_is_refused(sample: Plan, provision: Provision) -> None:
    other = provision.model_copy(update={"plan_hash": "0" * 64})
    with pytest.raises(InputError):
        provision_book(sample, other)


def test_the_movement_order_has_a_chapter_on_life_on_board(
    sample: Plan, provision: Provision
) -> None:
    words = words_of(movement_order(sample, None, provision))
    for expected in ("Life on board", "Meal timetable", "Stock over time", "Chongjin", "854"):
        assert expected in words
    assert "Life on board" not in words_of(movement_order(sample))


def test_an_empty_provisioning_is_a_short_book(sample: Plan) -> None:
    from retinue.plan.meals import KitchenRecord
    from retinue.plan.services import ServicesRecord
    from retinue.plan.stores import Stores

    bare = Provision(
        plan_hash=sample.hash, title=sample.title, policy="p", menu="m", kitchen=KitchenRecord(),
        services=ServicesRecord(), stores=Stores(currency="EUR"),
    ).sealed()  # fmt: skip
    assert len(pypdf.PdfReader(io.BytesIO(provision_book(sample, bare))).pages) == 1
