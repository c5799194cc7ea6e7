"""Tables of a flight, a march and a plan say what the records say, and stay short."""

from __future__ import annotations

import pytest

from retinue.plan import Plan
from retinue.report.flight_tables import flight_tables
from retinue.report.march_tables import car_tables, march_tables
from retinue.report.plan_tables import (
    asked_tables,
    condition_tables,
    leg_tables,
    paper_table,
    papers_in_full,
    remarks_of,
)
from retinue.report.table import Table, filled_columns
from retinue.report.wording import limit_text, zone_at
from tests.report.sample_details import flown, marched


def named(tables: list[Table]) -> dict[str, Table]:
    return {table.title: table for table in tables}


def test_every_row_is_as_wide_as_its_head(sample: Plan, vladivostok: Plan) -> None:
    tables = [*leg_tables(flown(sample)), *leg_tables(marched(sample))]
    for leg in (*vladivostok.legs, *vladivostok.alternatives[0].legs):
        tables += leg_tables(leg)
    tables += [*asked_tables(vladivostok), *condition_tables(vladivostok)]
    assert len(tables) > 15
    for table in tables:
        assert table.rows
        assert all(len(row) == len(table.heads) for row in table.rows), table.title
        assert all(k < len(table.heads) for k in (*table.right, *table.wide))
        assert all(k < len(table.rows) for k in (*table.light, *table.strong))


def test_a_column_without_words_is_left_out() -> None:
    table = Table("t", ("a", "b", "c"), (("1", "", "3"),), frozenset({2}), {1: 1.0, 2: 2.0})
    short = filled_columns(table)
    assert short.heads == ("a", "c") and short.rows == (("1", "3"),)
    assert short.right == {1} and short.wide == {1: 2.0}


def test_the_fuel_table_ends_with_the_block_fuel(sample: Plan) -> None:
    rows = named(flight_tables(flown(sample)))["Fuel, masses and times"].rows
    items = {row[0]: row[1] for row in rows if row[0]}
    assert list(items)[-1] == "block fuel" and items["block fuel"] == "6\u202f780 kg"
    assert ("cruise level", "10\u202f058 m, FL330, from km 305") in {row[2:] for row in rows}


def test_a_runway_that_is_too_short_stands_out(sample: Plan) -> None:
    table = named(flight_tables(flown(sample)))["Runways"]
    assert table.strong == {1} and table.rows[1][-1] == "DOES NOT DO"
    assert "mass 0.50" in table.rows[0] and "wet" not in table.rows[0][6]
    assert "15 °C, head 4 m/s, wet" in table.rows[0]
    assert "slope" in table.note


def test_airspace_has_local_time_and_utc(sample: Plan) -> None:
    table = named(flight_tables(flown(sample)))["Airspace entered and left"]
    assert [row[0] for row in table.rows] == ["KP", "ZKKP Pyongyang"]
    assert table.rows[0][2].endswith("18:00\u00a0+09") and table.rows[0][3] == "09:00"
    assert "R-99" in table.note and "R-100 (below the cruise)" in table.note


def test_equal_checks_share_a_row_and_passed_ones_a_sentence(sample: Plan) -> None:
    table = named(flight_tables(flown(sample)))["To be confirmed"]
    assert table.rows == (("parking", "Sunan, Knevichi", "stands are not stated", "ask"),)
    assert table.note == "Passed: RVSM."


def test_wind_is_told_or_said_to_be_still(sample: Plan) -> None:
    still = named(flight_tables(flown(sample)))["Fuel, masses and times"]
    assert "Still air" in still.note
    wind = {"source": "a table", "mean_along_mps": -12.0, "air_distance_m": 750_000}
    blown = named(flight_tables(flown(sample, wind=wind)))["Fuel, masses and times"]
    assert ("mean head wind", "12.0 m/s (a table)") in {row[2:] for row in blown.rows}
    assert "Still air" not in blown.note


def test_a_march_tells_what_the_outriders_cannot_hold(sample: Plan) -> None:
    tables = named(march_tables(marched(sample)))
    assert "Halts" not in tables and "Level crossings" not in tables
    facts = {row[0]: row[1] for row in tables["March"].rows}
    assert facts["junctions"].startswith("3 held by 1 outriders; without slowing 2")
    assert facts["arrival"].endswith("tail 2\u00a0min after it") or "tail" in facts["arrival"]
    assert tables["Junctions that nobody can hold"].rows == (("0.9", "Mill Lane", "1", "1"),)
    assert tables["Choke points"].rows == (("0.0–2.0", "level crossing", "Station Road"),)
    assert tables["Other routes"].rows[0][3] == "40 %"


def test_a_long_schedule_is_cut_and_counted(sample: Plan) -> None:
    table = named(march_tables(marched(sample)))["Outriders, post by post"]
    assert len(table.rows) == 40 and table.note == "20 more posts in plan.json."


def test_cars_on_the_train_are_told_with_the_minutes_they_take(vladivostok: Plan) -> None:
    tables = named(car_tables(vladivostok.legs[1]))
    assert "armoured limousine (main)" in tables["Cars on the train"].rows[0][1]
    cars = vladivostok.legs[1].details["cars"]
    assert len(tables["Cars off the train"].rows) == len(cars["tasks"])


def test_deadlines_of_other_ways_stand_apart(vladivostok: Plan) -> None:
    tables = named(asked_tables(vladivostok))
    assert set(tables) == {"Deadlines", "Deadlines, by air", "Permits, and what they are tied to"}
    rows = len(tables["Deadlines"].rows) + len(tables["Deadlines, by air"].rows)
    assert rows == len(vladivostok.deadlines)


def test_what_is_beyond_its_limit_comes_first(vladivostok: Plan) -> None:
    tables = condition_tables(vladivostok)
    assert sum(len(table.rows) for table in tables[1:]) == len(vladivostok.conditions)
    for table in tables:
        assert set(table.strong) == set(range(len(table.strong)))
    assert any(table.strong for table in tables)


def test_a_light_table_has_the_hours_of_each_leg(vladivostok: Plan) -> None:
    light = condition_tables(vladivostok)[0]
    assert light.title == "Light" and len(light.rows) == len(vladivostok.legs)


def test_papers_of_alternatives_are_listed_and_not_printed(vladivostok: Plan) -> None:
    assert len(paper_table(vladivostok).rows) == len(vladivostok.papers) > 0
    assert papers_in_full(vladivostok) == []


def test_very_long_papers_leave_the_flight_plan_alone(vladivostok: Plan) -> None:
    own = [paper.model_copy(update={"way": ""}) for paper in vladivostok.papers]
    whole = vladivostok.model_copy(update={"papers": tuple(own)})
    assert papers_in_full(whole) == own
    long = [paper.model_copy(update={"text": "line\n" * 200}) for paper in own]
    short = vladivostok.model_copy(update={"papers": tuple(long)})
    assert {paper.kind for paper in papers_in_full(short)} == {"flight-plan"}


def test_remarks_that_the_runway_table_tells_are_left_out(vladivostok: Plan) -> None:
    leg = vladivostok.alternatives[0].legs[0]
    names = {one["name"] for one in leg.details["runways"]}
    assert not {note.subject for note in remarks_of(leg)} & names
    assert len(remarks_of(leg)) < len(leg.notes)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (248.15, "K", "−25 °C"), (-6.0, "deg", "sun −6°"), (0.11, "m", "11 cm"),
        (183.0, "m", "183 m"), (26.8, "m/s", "27 m/s"), (0.0, "", "any"),
    ],
)  # fmt: skip
def test_limits_read_as_people_say_them(value: float, unit: str, text: str) -> None:
    assert limit_text(value, unit).replace("\u00a0", " ") == text


def test_the_zone_is_that_of_the_last_event(vladivostok: Plan) -> None:
    leg = vladivostok.legs[1]
    assert zone_at(leg, leg.depart_utc) == "Asia/Pyongyang"
    assert zone_at(leg, leg.arrive_utc) == "Asia/Vladivostok"
