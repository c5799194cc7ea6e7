"""An extract of traffic for readers who are not cleared holds nothing of protection.

Whatever of the full record is put back into the extract, the checker names it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.checks.traffic_rule_cases import T0, convoy_train, held, only, other, record

from retinue.checks.traffic import check_traffic
from retinue.checks.traffic_extracts import check_traffic_extract
from retinue.plan.traffic import AlteredTrain, TrafficRecord, TrainCall
from retinue.plan.traffic_extract import without_protection

CALLS = (
    TrainCall(place="A", arrive_utc=T0, depart_utc=T0, stops=True),
    TrainCall(place="B", arrive_utc=T0 + 900.0, depart_utc=T0 + 900.0, stops=True),
)
FULL = record(
    other("g", held(40, T0, T0 + 500.0), train_class="freight", dangerous_goods=True, calls=CALLS),
    other("sweep (the bridge)", held(40, T0 - 950.0, T0 - 300.0), train_class="work",
          work="protection"),
    altered=(
        AlteredTrain(id="g", measure="re-timed", old_calls=CALLS, new_calls=CALLS, delay_s=0.0,
                     because="stations sealed: B"),
    ),
)  # fmt: skip
EXTRACT: dict[str, Any] = json.loads(without_protection(FULL).model_dump_json())


def _faults(extract: dict[str, Any] | str) -> tuple[str, ...]:
    return check_traffic_extract(extract, FULL).faults


def test_an_extract_holds_nothing_of_protection() -> None:
    assert _faults(EXTRACT) == ()
    assert _faults(json.dumps(EXTRACT)) == ()


def test_the_full_record_is_no_extract() -> None:
    found = _faults(FULL.model_dump_json())
    for what in ("windows", "orders", "front", "role", "rules", "sections"):
        assert any(f'holds "{what}"' in fault for fault in found)
    assert any("dangerous goods" in fault for fault in found)
    assert any("sweep (the bridge)" in fault for fault in found)


def test_what_holds_the_line_stays_as_it_was() -> None:
    cut = without_protection(FULL)
    assert check_traffic(cut).faults == check_traffic(FULL).faults == ()
    assert [t.passes for t in cut.trains] == [t.passes for t in FULL.trains]
    assert [t.id for t in cut.trains] == ["special train 1", "special train 2", "g", "closure 1"]
    assert TrafficRecord.model_validate_json(cut.model_dump_json()) == cut
    assert without_protection(cut) == cut.model_copy(update={"trains": cut.trains})


def _with(**more: Any) -> dict[str, Any]:
    full = FULL.model_copy(update=more).model_dump_json(include=set(more))
    put_back: dict[str, Any] = json.loads(full)
    return EXTRACT | put_back


@pytest.mark.parametrize("field", ["windows", "rules", "orders", "sections", "altered"])
def test_a_field_put_back_is_found(field: str) -> None:
    assert _faults(_with(**{field: getattr(FULL, field)}))


def test_names_and_words_are_found_wherever_they_stand() -> None:
    trains = list(EXTRACT["trains"])
    for change in (
        {"role": "main"},
        {"title": convoy_train("main", 0.0).title},
        {"front": [[0.0, T0]]},
        {"dangerous_goods": True},
        {"work": "protection"},
    ):
        assert _faults(EXTRACT | {"trains": [trains[0] | change, *trains[1:]]}), change
    assert _faults(EXTRACT | {"assumptions": ["none beside: the tracks of a station"]})
    assert _faults("Notice: STATIONS SEALED at Olten from 07:10")
    assert _faults("Notice: a special train runs at 07:10") == ()


def test_a_moment_of_a_window_is_found_under_any_key() -> None:
    # The order at B begins 600 s before the advance train: no train does anything then.
    moment = next(o.from_utc for o in FULL.orders if o.place == "B")
    assert any("moment" in fault for fault in _faults(EXTRACT | {"remark": moment}))
    calm = EXTRACT | {"remark": T0 - 7_777.0}
    assert _faults(calm) == ()


def test_assumptions_of_the_line_stay() -> None:
    told = ("blocks are 8 km long", "none beside: tracks of stations")
    full = record(assumptions=told, rules=only("none beside"))
    assert without_protection(full).assumptions == ("blocks are 8 km long",)
