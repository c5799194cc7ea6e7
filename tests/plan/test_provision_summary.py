"""The summary and the lists of a provisioning in the terminal: every record, aligned, local."""

import pytest
from tests.report.sample_plan import sample_plan
from tests.report.sample_provision import sample_provision

from retinue.errors import InputError
from retinue.plan import Note, Plan, Provision
from retinue.plan.provision_lists import PROVISION_LISTS, clock_of, percent
from retinue.plan.provision_summary import provision_list_text, provision_text
from retinue.report.printed_clock import PrintedClock
from retinue.report.service_tables import supply_run_table


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


@pytest.fixture(scope="module")
def provision(plan: Plan) -> Provision:
    return sample_provision(plan)


def test_a_planner_sees_promises_meals_deliveries_and_stops_at_once(
    plan: Plan, provision: Provision
) -> None:
    text = provision_text(plan, provision, "out")
    for expected in (
        "43 people, 4 meals", "99.9 %", "99.935 %", "10 Sep 19:00 +09", "11 Sep 21:30 +10",
        "no meal 11 Sep 16:00-18:30 +09: toilets locked, Tumangang", "Chongjin", "PROPOSED",
        "! stop proposed at Rajin", "that at Chongjin: guests are then served 97 %",
        "--show assumptions",
    ):  # fmt: skip
        assert expected in text


def test_a_promise_that_is_not_kept_is_marked(plan: Plan, provision: Provision) -> None:
    assert "%" + " !" not in provision_text(plan, provision)
    stores = provision.stores
    low = tuple(one.model_copy(update={"lower_bound": 0.5}) for one in stores.service)
    worse = provision.model_copy(update={"stores": stores.model_copy(update={"service": low})})
    assert provision_text(plan, worse).count("50 % !") == 2


@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("meals", ["dinner (body)", "served where they are", "toilets locked"]),
        ("stores", ["beef shin", "ice cream", "rice", "live lobster", "spinach"]),
        ("loading", ["Pyongyang", "Chongjin", "Kitchen (11)"]),
        ("kitchen", ["cook 1", "cook 2", "2-lunch", "done ashore"]),
        ("services", ["hydrants stand there", "Rajin", "electricity 2,400 kWh"]),
        ("programme", ["talks", "! 11 Sep 11:45-12:20 +09 meal"]),
        ("steps", ["thaw", "retained sample"]),
        ("supplies", ["Supplies to Chongjin", "97 %"]),
        ("costs", ["deliveries by road", "854"]),
        ("assumptions", ["store rooms"]),
    ],
)
def test_every_list_holds_its_records(provision: Provision, name: str, records: list[str]) -> None:
    text = provision_list_text(provision, name)
    for record in records:
        assert record in text


def test_lists_tell_the_same_with_the_plans_clock(plan: Plan, provision: Provision) -> None:
    for name in ("loading", "services", "kitchen"):
        alone = provision_list_text(provision, name)
        assert provision_list_text(provision, name, plan) == alone


def test_an_unknown_list_is_refused_with_the_known_ones(provision: Provision) -> None:
    with pytest.raises(InputError) as caught:
        provision_list_text(provision, "meal")
    assert "meals" in caught.value.cure
    assert set(PROVISION_LISTS) == {
        "meals", "stores", "loading", "kitchen", "services", "programme", "steps", "supplies",
        "costs", "assumptions",
    }  # fmt: skip


def test_a_share_is_cut_and_never_rounded_up() -> None:
    assert percent(0.9989999) == "99.899 %"
    assert percent(1.0) == "100 %"


def test_a_use_by_day_far_behind_the_journey_has_its_year(provision: Provision) -> None:
    # Goods keep for years: "12 Nov" alone would read as the one that has just passed.
    stores = provision.stores
    lots = tuple(
        one.model_copy(update={"serve_until_utc": one.serve_until_utc + 500 * 86400.0})
        for one in stores.lots
    )
    keeps = provision.model_copy(update={"stores": stores.model_copy(update={"lots": lots})})
    rows = provision_list_text(keeps, "stores").splitlines()[1:]
    assert all(row.rstrip().endswith((" 2024", " 2025")) for row in rows)


def test_a_supply_run_is_told_by_the_clock_of_the_place_it_goes_to(provision: Provision) -> None:
    stores = provision.stores
    deliveries = tuple(
        one.model_copy(update={"place": one.place.model_copy(update={"zone": "Australia/Sydney"})})
        for one in stores.deliveries
    )
    moved = provision.model_copy(
        update={"stores": stores.model_copy(update={"deliveries": deliveries})}
    )
    runs = provision_list_text(moved, "supplies").split("if missed")[0]
    assert "+10" in runs
    assert "+09" not in runs
    # The printed table says the same.
    train = PrintedClock.told_by([(0.0, "Asia/Pyongyang")])
    printed = " ".join(word for row in supply_run_table(moved, train).rows for word in row)
    assert "+10" in printed
    assert "+09" not in printed


def test_no_dish_is_ready_before_the_work_of_its_meal_is_begun(provision: Provision) -> None:
    # A dessert alone: due from the begin of the meal, baked during it.
    kitchen = provision.kitchen
    meal = kitchen.meals[0]
    job = kitchen.jobs[0].model_copy(
        update={
            "meal": meal.id, "start_utc": meal.time_utc + 540.0, "end_utc": meal.time_utc + 1200.0,
            "ready_by_utc": meal.time_utc, "batches": 1, "last_step": True,
        }
    )  # fmt: skip
    late = provision.model_copy(
        update={"kitchen": kitchen.model_copy(update={"jobs": (job,), "shifts": ()})}
    )
    row = provision_list_text(late, "kitchen").splitlines()[1]
    clock = clock_of(late)
    assert f"{clock.moment(job.start_utc)}  {clock.clock(job.end_utc)}" in row


def _with_notes(provision: Provision, notes: tuple[Note, ...]) -> Provision:
    return provision.model_copy(update={"notes": notes})


def test_a_warning_is_told_once_and_with_its_cure(plan: Plan, provision: Provision) -> None:
    cure = "add a stop by 11 Sep 13:32 +09, km 512 of the leg (41.77 N 129.80 E)"
    sentence = (
        "12 coaches run short of water by 174-578 l between Chongjin and Khasan, 39 h 38 without"
        f" a stop that gives it: {cure}"
    )
    services = provision.services.model_copy(update={"unserved": (sentence,)})
    note = Note(level="warning", subject="services", text=sentence)
    short = _with_notes(provision, (note,)).model_copy(update={"services": services})
    told = provision_text(plan, short) + provision_list_text(short, "services")
    assert told.count("run short of water") == 1
    assert told.count(f"! services: {sentence}") == 1


def test_every_warning_is_told_and_few_of_the_rest(plan: Plan, provision: Provision) -> None:
    warnings = tuple(Note(level="warning", subject=f"w{n}", text="bad") for n in range(6))
    others = tuple(Note(level="info", subject=f"i{n}", text="good") for n in range(6))
    text = provision_text(plan, _with_notes(provision, warnings + others))
    assert text.count(": bad") == 6
    assert ": good" not in text
    assert "- 6 more notes stand in provisioning.pdf" in text
    few = provision_text(plan, _with_notes(provision, warnings[:1] + others))
    assert few.count(": good") == 3
    assert "- 3 more notes stand" in few


def test_one_person_is_no_people(plan: Plan, provision: Provision) -> None:
    groups = (provision.groups[0].model_copy(update={"people": 1}),)
    kitchen = provision.kitchen.model_copy(update={"cooks": 1})
    text = provision_text(plan, provision.model_copy(update={"groups": groups, "kitchen": kitchen}))
    assert "\n1 person, " in text
    assert "1 cook at once" in text
