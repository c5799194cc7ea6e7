"""The timeline reads like a working notice: what is printed once, and what where."""

from retinue.plan import Plan
from retinue.report.timeline import leg_timeline


def test_the_offset_stands_only_where_it_changes(sample: Plan) -> None:
    rows = leg_timeline(sample.legs[1]).rows
    assert [(r.place, r.offset) for r in rows if r.offset] == [
        ("Pyongyang", "+09"),
        ("Khasan", "+10"),
    ]


def test_each_local_day_begins_with_its_date(sample: Plan) -> None:
    rows = leg_timeline(sample.legs[1]).rows
    assert [r.text for r in rows if r.kind == "date"] == [
        "Sunday 10 September 2023", "Monday 11 September 2023", "Tuesday 12 September 2023",
    ]  # fmt: skip


def test_a_place_and_its_distance_stand_once(sample: Plan) -> None:
    rows = [r for r in leg_timeline(sample.legs[1]).rows if r.kind != "date"]
    assert [r.place for r in rows].count("Tumangang") == 1
    assert [r.km for r in rows].count("845.0") == 1


def test_the_other_trains_have_their_own_columns(sample: Plan) -> None:
    table = leg_timeline(sample.legs[1])
    assert table.roles == ("advance", "following")
    first = next(r for r in table.rows if r.kind == "event")
    assert (first.time, first.others) == ("17:30", ("17:10", "17:50"))
    assert not [r for r in table.rows if r.event.startswith("advance")]


def test_another_day_in_a_column_is_marked(sample: Plan) -> None:
    # Leaving at 23:50, the following train leaves at 00:10 of the next day.
    leg = sample.legs[1]
    moved = leg.model_copy(
        update={
            "movements": tuple(m.shifted(23 * 3600 + 50 * 60 - 17.5 * 3600) for m in leg.movements),
            "timeline": tuple(
                e.model_copy(update={"time_utc": e.time_utc + 6 * 3600 + 20 * 60})
                for e in leg.timeline
            ),
        }
    )
    first = next(r for r in leg_timeline(moved).rows if r.kind == "event")
    assert (first.time, first.others) == ("23:50", ("23:30", "00:10\u202f+1"))


def test_lines_never_run_back_in_time(sample: Plan) -> None:
    for leg in sample.legs:
        moments = [r.moment for r in leg_timeline(leg).rows]
        assert moments == sorted(moments)


def test_a_text_that_names_its_event_is_not_doubled(sample: Plan) -> None:
    leg = sample.legs[0]
    event = leg.timeline[1].model_copy(update={"text": "departs from the gate"})
    rows = leg_timeline(leg.model_copy(update={"timeline": (event,)})).rows
    assert (rows[1].event, rows[1].text) == ("", "departs from the gate")
