"""The drawing of an option set has a dot for each way on each measure, and no score."""

from __future__ import annotations

import pytest

from retinue.plan.options import MEASURES, Measures, Option, OptionReason, OptionSet
from retinue.report.options_chart import options_chart


def _option(number: int, *, front: bool, time_s: float) -> Option:
    measures = Measures(time_s=time_s, exposure_h=2.0, cost=1000.0 * number, held_h=0.0,
                        lost_h=1.0, weather_limits=number, lead_days=30.0)  # fmt: skip
    return Option(id=f"o{number}", title=f"way {number}", modes=("rail",), pattern="rail",
                  as_planned=number == 1, on_front=front, measures=measures)  # fmt: skip


@pytest.fixture
def found() -> OptionSet:
    return OptionSet(
        title="There <&> back", journey="x", depart_utc=1_694_331_300.0,
        depart_zone="Asia/Pyongyang", origin="here", destination="there", currency="EUR",
        retinue="0", pack_sha256="", catalogue_sha256="", tolerances={},
        options=(_option(1, front=True, time_s=7200.0), _option(2, front=False, time_s=9000.0)),
        impossible=(
            Option(id="o3", title="road", modes=("road",), pattern="road",
                   reasons=(OptionReason(what="the border is closed"),)),
        ),
        formulas={},
    )  # fmt: skip


def test_each_way_has_a_dot_on_each_measure(found: OptionSet) -> None:
    svg = options_chart(found)
    assert svg.count("<circle") == len(found.options) * len(MEASURES) + 2  # and the key's two
    assert "rail, as planned" in svg and "way 2" in svg
    assert "2.5" in svg  # 9,000 s in hours


def test_what_cannot_be_made_says_why(found: OptionSet) -> None:
    assert "cannot be made: road: the border is closed" in options_chart(found)


def test_names_are_escaped_and_the_drawing_is_the_same_again(found: OptionSet) -> None:
    import xml.etree.ElementTree as ElementTree

    svg = options_chart(found)
    ElementTree.fromstring(svg)
    assert svg == options_chart(found)


def test_measures_that_are_all_nought_are_drawn(found: OptionSet) -> None:
    assert "others held" in options_chart(found)
