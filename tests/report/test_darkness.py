"""The grey of charts and the band of the page cover the dark hours that the plan counts."""

from __future__ import annotations

import pytest

from retinue.plan import Plan
from retinue.report.darkness import dark_spans, dark_stretches, plan_dark_spans
from retinue.report.drawing import PAPER
from retinue.report.string_chart import draw_string_chart


def test_the_spans_are_as_long_as_the_dark_of_the_leg(vladivostok: Plan) -> None:
    for leg in vladivostok.legs:
        total = sum(end - begin for begin, end in dark_spans(leg))
        assert total == pytest.approx(leg.details["light"]["dark_s"], abs=60.0)


def test_a_leg_by_night_is_dark_throughout(vladivostok: Plan) -> None:
    last = vladivostok.legs[-1]
    assert dark_spans(last) == [(last.depart_utc, last.arrive_utc)]


def test_a_leg_without_light_has_no_dark(sample: Plan) -> None:
    assert dark_spans(sample.legs[0]) == [] and plan_dark_spans(sample) == []


def test_a_night_over_a_handover_is_one_span(vladivostok: Plan) -> None:
    spans = plan_dark_spans(vladivostok)
    assert len(spans) == 2
    assert spans[-1][1] == vladivostok.legs[-1].arrive_utc
    assert all(a < b for a, b in spans)


def test_dark_stretches_lie_on_the_line(vladivostok: Plan) -> None:
    leg = vladivostok.legs[1]
    for first, last in dark_stretches(leg):
        assert 0 <= first < last <= leg.distance_m + 1


def test_the_string_chart_is_grey_by_night(vladivostok: Plan, sample: Plan) -> None:
    night = draw_string_chart(vladivostok.legs[1], 500.0, 300.0)
    day = draw_string_chart(sample.legs[1], 500.0, 300.0)
    assert night is not None and day is not None
    assert night.svg.count(PAPER.night) == 2 and PAPER.night not in day.svg
