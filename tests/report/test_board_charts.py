"""The pictures of life on board: on the sheet, no words over others, right by the clock."""

import re
from xml.etree import ElementTree

import pytest

from retinue.plan import Plan, Provision
from retinue.plan.local_clock import LocalClock
from retinue.report.chapter import Picture
from retinue.report.drawing import PAPER, SCREEN, Palette
from retinue.report.house_drawing import coach_cells, house_drawing, main_train
from retinue.report.kitchen_chart import kitchen_charts, taken_places
from retinue.report.kitchen_tables import most_at_once
from retinue.report.meal_chart import meal_charts
from retinue.report.stock_chart import stock_chart
from retinue.report.tank_chart import tank_chart
from retinue.report.typeface import text_width


def pictures(plan: Plan, provision: Provision, width: float, palette: Palette) -> list[Picture]:
    drawn = [
        *meal_charts(plan, provision, width, palette),
        stock_chart(plan, provision, width, palette),
        tank_chart(plan, provision, width, palette),
        *kitchen_charts(plan, provision, width, palette),
    ]
    return [one for one in drawn if one is not None]


def boxes(svg: str) -> list[tuple[str, float, float, float, float]]:
    """Return words with their boxes: left, top, right, bottom."""
    found = []
    for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        style = node.get("style", "")
        size = float(re.search(r"font-size:([\d.]+)px", style)[1])  # type: ignore[index]
        text = node.text or ""
        wide = text_width(text, size)
        x, y = float(node.get("x", 0)), float(node.get("y", 0))
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[node.get("text-anchor", "start")]
        found.append((text, left, y - 0.7 * size, left + wide, y + 0.1 * size))
    return found


@pytest.mark.parametrize(("width", "palette"), [(507.0, PAPER), (700.0, SCREEN), (340.0, SCREEN)])
def test_no_words_stand_on_others_or_leave_the_sheet(
    sample: Plan, provision: Provision, width: float, palette: Palette
) -> None:
    for picture in pictures(sample, provision, width, palette):
        placed = boxes(picture.svg)
        for k, (text, left, top, right, bottom) in enumerate(placed):
            assert left >= -1.0, (picture.title, text)
            assert right <= width + 1.0, (picture.title, text)
            for other, a, b, c, d in placed[k + 1 :]:
                apart = left >= c - 0.5 or a >= right - 0.5 or top >= d - 0.5 or b >= bottom - 0.5
                assert apart, (picture.title, text, other)


def test_closed_times_and_days_are_written(sample: Plan, provision: Provision) -> None:
    (picture,) = meal_charts(sample, provision, 507.0)
    words = [text for text, *_ in boxes(picture.svg)]
    for expected in ("Sun 10 Sep", "Mon 11 Sep", "toilets locked: Tumangang", "border: Khasan",
                     "+09", "+10", "talks"):  # fmt: skip
        assert expected in words


def test_days_that_do_not_fit_a_sheet_stand_on_several(sample: Plan, provision: Provision) -> None:
    parts = meal_charts(sample, provision, 507.0, tallest=120.0)
    assert [one.title for one in parts] == [
        "Meal timetable, part 1 of 2", "Meal timetable, part 2 of 2",
    ]  # fmt: skip
    assert [bool(one.note) for one in parts] == [False, True]


def test_every_sitting_is_a_bar_where_the_clock_says(sample: Plan, provision: Provision) -> None:
    (picture,) = meal_charts(sample, provision, 507.0)
    root = ElementTree.fromstring(picture.svg)
    hours = {text: (left + right) / 2 for text, left, _, right, _ in boxes(picture.svg)[:13]}
    bars = [float(n.get("x", 0)) for n in root.iter("{http://www.w3.org/2000/svg}rect")
            if "fill-opacity" in n.get("style", "")]  # fmt: skip
    assert len(bars) == len(provision.kitchen.sittings)
    hour = (hours["20"] - hours["18"]) / 2
    clock = LocalClock.of(sample)
    expected = [
        hours["00"] + hour * (clock.local_s(one.from_utc) % 86400) / 3600
        for one in provision.kitchen.sittings
    ]
    assert sorted(bars) == pytest.approx(sorted(expected), abs=0.1)


def test_taken_places_add_up_and_have_the_same_peak(provision: Provision) -> None:
    jobs = list(provision.kitchen.jobs)
    spans = taken_places(jobs)
    assert max(taken for *_, taken in spans) == most_at_once(jobs)
    used = sum((end - begin) * taken for begin, end, taken in spans)
    assert used == pytest.approx(sum((j.station_until_utc - j.start_utc) * j.units for j in jobs))


def test_store_rooms_and_tanks_stand_under_their_own_coaches(
    sample: Plan, provision: Provision
) -> None:
    train = main_train(sample)
    assert train is not None
    cells = dict(coach_cells(train, provision))
    # Rooms count vehicles with the two locomotives, tanks count coaches alone.
    assert cells["chilled"][10] == "1.0"
    assert [k for k, text in enumerate(cells["water"]) if text] == [4, 10]
    drawn = house_drawing(sample, provision, 507.0)
    assert drawn is not None
    assert [text for text, *_ in boxes(drawn.svg)].count("2.0") == 3


def test_nothing_is_drawn_of_nothing(sample: Plan, provision: Provision) -> None:
    from retinue.plan.meals import KitchenRecord
    from retinue.plan.services import ServicesRecord
    from retinue.plan.stores import Stores

    bare = provision.model_copy(
        update={"kitchen": KitchenRecord(), "stores": Stores(currency="EUR"),
                "services": ServicesRecord()}
    )  # fmt: skip
    assert pictures(sample, bare, 507.0, PAPER) == []
