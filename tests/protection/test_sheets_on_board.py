"""Need to know on board: a supplier reads of his own goods, a station of its own services.

By non-interference as for the other readers: whatever changes elsewhere, the sheet stays the same;
and by the independent checker, which finds every leak that is planted.
"""

import hashlib
from functools import cache

import pytest

from retinue.checks.extracts import check_extract, check_extracts
from retinue.errors import InputError
from retinue.plan import Plan, Protection, Provision
from retinue.protection.extracts import BOARD_ROLES, extract_for, extracts_of, recipients
from tests.protection.drawn_plan import drawn
from tests.report.sample_provision import sample_provision

BUTCHER = "butcher, Pyongyang"
FISH = "fishmonger, Chongjin"
ROLES = ("caterer", *BOARD_ROLES)


@cache
def case() -> tuple[Plan, Protection, Provision]:
    plan, protection = drawn()
    return plan, protection, sample_provision(plan)


def text_for(role: str, whom: str, provision: Provision | None = None) -> str:
    plan, protection, own = case()
    return extract_for(plan, protection, role, whom, provision or own).text(1)


def test_every_sheet_on_board_is_sound() -> None:
    plan, protection, provision = case()
    sheets = [(e.role, e.whom, e.text(1)) for e in extracts_of(plan, protection, ROLES, provision)]
    assert {role for role, *_ in sheets} == set(ROLES)
    assert check_extracts(plan, protection, sheets, provision).faults == ()


def test_there_is_a_sheet_for_every_supplier_coach_day_and_station() -> None:
    plan, protection, provision = case()
    whom = {role: recipients(plan, protection, role, provision) for role in BOARD_ROLES}
    assert whom["supplier"] == (
        BUTCHER, "dairy, Pyongyang", FISH, "greengrocer, Chongjin", "wholesaler, Pyongyang",
    )  # fmt: skip
    assert whom["coach attendant"] == ("Kitchen (11)",)
    assert whom["kitchen"] == ("meals of 10 Sep 2023", "meals of 11 Sep 2023")
    assert whom["train services"] == ("Chongjin", "Rajin")


def test_a_journey_that_is_not_provisioned_has_nobody_on_board() -> None:
    plan, protection, _ = case()
    assert all(e.role not in BOARD_ROLES for e in extracts_of(plan, protection))
    with pytest.raises(InputError) as caught:
        extract_for(plan, protection, "supplier", BUTCHER)
    assert "retinue provision" in caught.value.cure


def test_a_supplier_reads_what_where_when_and_how_it_is_kept_and_for_nobody() -> None:
    text = text_for("supplier", BUTCHER)
    for own in ("beef shin", "12.25 kg", "1.50 kg", "0 to 5 °C", "14:00 to 17:00", "seal number"):
        assert own in text
    for foreign in ("principal", "guest", "spinach", "fishmonger", "Chongjin", "Borscht", "11)"):
        assert foreign not in text


def _changed_elsewhere(provision: Provision) -> Provision:
    """Return a document in which everything but the butcher's goods is another."""
    stores = provision.stores
    lots = tuple(
        lot
        if lot.supplier == "butcher"
        else lot.model_copy(update={"kg": lot.kg * 3, "supplier": "another " + lot.supplier})
        for lot in stores.lots
    )
    deliveries = tuple(
        one
        if one.id == "origin"
        else one.model_copy(update={"place": one.place.model_copy(update={"name": "Elsewhere"})})
        for one in stores.deliveries
    )
    changed = stores.model_copy(update={"lots": lots, "deliveries": deliveries, "dishes": {}})
    return provision.model_copy(
        update={"stores": changed, "groups": (), "cards": (), "title": "Elsewhere"}
    ).sealed()


def test_whatever_changes_elsewhere_a_supplier_reads_the_same() -> None:
    other = _changed_elsewhere(case()[2])
    assert text_for("supplier", BUTCHER, other) == text_for("supplier", BUTCHER)
    plan, protection, _ = case()
    assert "another greengrocer, Elsewhere" in recipients(plan, protection, "supplier", other)


def test_a_station_reads_its_own_stop_alone() -> None:
    text = text_for("train services", "Chongjin")
    assert "2.60 m3" in text
    assert "10:03 to 10:20" in text
    assert "Rajin" not in text
    assert "proposed" in text_for("train services", "Rajin")


def test_a_coach_attendant_reads_what_ends_first_on_top() -> None:
    lines = text_for("coach attendant", "Kitchen (11)").splitlines()
    chilled = lines[lines.index("Chilled store, 3 °C, use by") :]
    named = [line.split("  ")[1] for line in chilled if " kg" in line][:2]
    assert named == ["beef shin", "spinach"]


def test_a_day_of_the_kitchen_holds_every_dish_with_its_portions() -> None:
    _, _, provision = case()
    text = text_for("kitchen", "meals of 11 Sep 2023")
    assert text.count("42 portions") == 4
    assert {job.dish for job in provision.kitchen.jobs} == {
        dish for dish in ("Borscht", "Bibimbap") if dish in text
    }


@pytest.mark.parametrize(
    ("role", "whom", "leak"),
    [
        ("supplier", BUTCHER, "spinach comes from elsewhere"),
        ("supplier", BUTCHER, "the fishmonger brings more"),
        ("supplier", BUTCHER, "then on to Chongjin"),
        ("supplier", BUTCHER, "for 43 people"),
        ("supplier", BUTCHER, "it goes into Borscht"),
        ("train services", "Chongjin", "then at Rajin"),
        ("train services", "Chongjin", "waste 0.80 m3"),
        ("coach attendant", "Kitchen (11)", "from the butcher"),
        ("kitchen", "meals of 10 Sep 2023", "loaded at Chongjin"),
    ],
)
def test_a_planted_leak_is_found(role: str, whom: str, leak: str) -> None:
    plan, protection, provision = case()
    text = text_for(role, whom)
    assert check_extract(plan, protection, role, whom, text, provision) == ()
    body, rule, footer = text.partition("\n" + "-" * 40)
    planted = f"{body}\n  {leak}\n"
    digest = hashlib.sha256(planted.encode()).hexdigest()
    old = hashlib.sha256(body.encode()).hexdigest()
    spoilt = planted + rule + footer.replace(old, digest)
    assert check_extract(plan, protection, role, whom, spoilt, provision)
