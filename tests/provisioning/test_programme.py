"""The programme: what has a time keeps it and is judged; the rest goes where nothing clashes."""

import pytest

from retinue.errors import InputError
from retinue.journey.programme import ProgrammeItem
from retinue.plan import Plan
from retinue.plan.programme import ProgrammeRecord
from retinue.provisioning.programme import Unconnected, programme_of
from tests.provisioning import kitchen_case as case


def programme(
    plan: Plan, *items: dict[str, object], unconnected: tuple[Unconnected, ...] = ()
) -> ProgrammeRecord:
    return programme_of(
        plan,
        case.party("vladivostok-2023", plan),
        case.policy(),
        case.kitchen(plan),
        [ProgrammeItem.model_validate(item) for item in items],
        unconnected=unconnected,
    )


TALKS: dict[str, object] = {
    "what": "talks",
    "kind": "meeting",
    "who": ["principal"],
    "where": "conference",
    "lasts": "1 h",
    "day": 2,
    "time": "10:15",
}


def kinds(record: ProgrammeRecord) -> set[str]:
    return {conflict.kind for conflict in record.conflicts}


def test_a_principal_is_never_in_two_places(vladivostok: Plan) -> None:
    press = TALKS | {"what": "press", "kind": "press", "where": "office", "time": "10:45"}
    assert "two places" in kinds(programme(vladivostok, TALKS, press))


def test_a_meeting_at_night_is_in_the_quiet_hours_and_sleep_is_not(vladivostok: Plan) -> None:
    late = TALKS | {"time": "02:00"}
    assert kinds(programme(vladivostok, late)) == {"quiet hours"}
    assert kinds(programme(vladivostok, late | {"kind": "sleep", "where": "saloon"})) == set()


def test_a_call_where_there_is_no_connection_is_found(vladivostok: Plan) -> None:
    rail = vladivostok.legs[1]
    dead = (Unconnected(rail.id, 0.0, rail.distance_m, "no network in the country"),)
    call = TALKS | {"kind": "call"}
    assert "no connection" in kinds(programme(vladivostok, call, unconnected=dead))
    assert "no connection" not in kinds(programme(vladivostok, call))


def test_a_ceremony_may_be_at_the_border_and_a_meeting_may_not(vladivostok: Plan) -> None:
    # Khasan: 11 September, 16:40 local.
    item = TALKS | {"time": "16:45", "lasts": "10 min"}
    assert "closed" in kinds(programme(vladivostok, item))
    assert "closed" not in kinds(programme(vladivostok, item | {"kind": "ceremony"}))


def test_a_coach_that_the_train_has_not_is_named(vladivostok: Plan) -> None:
    assert "no such coach" in kinds(programme(vladivostok, TALKS | {"where": "cinema"}))


def test_what_comes_after_a_meal_is_put_where_nothing_clashes(vladivostok: Plan) -> None:
    meal = next(m.id for m in case.kitchen(vladivostok).meals if m.kind == "breakfast")
    film: dict[str, object] = {
        "what": "film",
        "kind": "entertainment",
        "who": ["officials"],
        "where": "saloon",
        "lasts": "1 h",
        "after": meal,
    }
    record = programme(vladivostok, film, TALKS | {"who": ["officials"], "where": "saloon"})
    assert record.conflicts == ()
    assert [entry.what for entry in record.entries] in (["film", "talks"], ["talks", "film"])


def test_what_comes_before_a_meal_is_put_as_near_to_it_as_it_fits(vladivostok: Plan) -> None:
    kitchen = case.kitchen(vladivostok)
    last = [m for m in kitchen.meals if m.kind == "lunch" and "principal" in m.people][-1]
    call: dict[str, object] = {
        "what": "call", "kind": "call", "who": ["principal"], "lasts": "20 min",
        "before": last.id,
    }  # fmt: skip
    (entry,) = programme(vladivostok, call).entries
    served = [s.from_utc for s in kitchen.sittings if s.meal == last.id]
    served += [r.from_utc for r in kitchen.room_service if r.meal == last.id]
    assert 0.0 <= min(served) - entry.end_utc < 6 * 3600.0


def test_local_and_body_time_stand_side_by_side(vladivostok: Plan) -> None:
    (entry,) = programme(vladivostok, TALKS).entries
    assert entry.local == "11 Sep 10:15 +09"
    assert entry.body == "10:15"


@pytest.mark.parametrize(
    "wrong",
    [{"after": "Atlantis", "day": None, "time": None}, {"time": "31:00"},
     {"at": "yesterday", "day": None, "time": None}],
)  # fmt: skip
def test_a_wrong_time_or_place_names_the_item(vladivostok: Plan, wrong: dict[str, object]) -> None:
    with pytest.raises(InputError) as error:
        programme(vladivostok, TALKS | wrong)
    assert "programme[1]" in error.value.where


def test_an_item_needs_exactly_one_time() -> None:
    with pytest.raises(ValueError, match="say when"):
        ProgrammeItem.model_validate({"what": "film", "who": ["guests"], "lasts": "1 h"})
    with pytest.raises(ValueError, match="name one of"):
        ProgrammeItem.model_validate(TALKS | {"after": "lunch"})
