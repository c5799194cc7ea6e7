"""Charts and formations are to scale: what is twice as long is drawn twice as wide."""

import re
from xml.etree import ElementTree

import pytest

from retinue.plan import Plan, VehicleRecord
from retinue.report.axes import Axis, hour_step_s, round_step
from retinue.report.formation_drawing import draw_formation
from retinue.report.speed_chart import draw_speed_chart, stations_of
from retinue.report.string_chart import draw_string_chart

BODY = re.compile(r'<path d="M([^"]+)Z" style="fill:#(?:ffffff|000000);stroke:#000000')


def widths(svg: str) -> list[float]:
    found = []
    for path in BODY.findall(svg):
        xs = [float(point.split()[0]) for point in path.split("L")]
        found.append(max(xs) - min(xs))
    return found


def coach(length_m: float, **more: object) -> VehicleRecord:
    return VehicleRecord.model_validate(
        {"label": "Saloon", "role": "saloon", "length_m": length_m, "mass_kg": 60_000, "axles": 4}
        | more
    )


def test_bodies_are_as_long_as_their_vehicles() -> None:
    drawn = widths(draw_formation([coach(12.0), coach(24.0), coach(18.0)], 500))
    # 1.2 points between vehicles stand for the couplers.
    assert [w + 1.2 for w in drawn] == pytest.approx([12.0 * 6, 24.0 * 6, 18.0 * 6], abs=0.05)


def test_two_trains_of_one_convoy_share_a_scale(sample: Plan) -> None:
    trains = sample.legs[1].trains
    long, short = trains[0], trains[1]
    whole = widths(draw_formation(long.vehicles, 507, span_m=long.length_m))
    part = widths(draw_formation(short.vehicles, 507, span_m=long.length_m))
    assert whole[0] == pytest.approx(part[0], abs=0.02)


def test_every_vehicle_is_drawn_and_every_coach_numbered(sample: Plan) -> None:
    train = sample.legs[1].trains[0]
    svg = draw_formation(train.vehicles, 507)
    assert len(widths(svg)) == len(train.vehicles) == 23
    words = [
        "".join(e.itertext()) for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("text")
    ]
    # Two locomotives bear no number: a change of locomotives renumbers no coach.
    assert {str(n) for n in range(1, 22)} <= set(words)
    assert not {"22", "23"} & set(words)
    assert words.count("Saloon") == 1


def test_a_long_train_runs_over_several_rows() -> None:
    svg = draw_formation([coach(14.0)] * 60, 507)
    assert len(widths(svg)) == 60
    assert min(widths(svg)) > 9


def test_the_speed_chart_names_ends_and_stops(sample: Plan) -> None:
    chart = draw_speed_chart(sample.legs[1], 507, 235)
    assert chart is not None
    words = [
        "".join(e.itertext())
        for e in ElementTree.fromstring(chart.svg).iter()
        if e.tag.endswith("text")
    ]
    assert {"Pyongyang", "Kowon", "Chongjin", "Vladivostok"} <= set(words)
    assert chart.x.at(1_176_000) == pytest.approx(chart.x.end)
    assert draw_speed_chart(sample.legs[0], 507, 235) is None


def test_the_string_chart_draws_each_train(sample: Plan) -> None:
    chart = draw_string_chart(sample.legs[1], 507, 300)
    assert chart is not None
    for role in ("main", "advance", "following"):
        assert chart.svg.count(f'class="string {role}"') == 1
    assert draw_string_chart(sample.legs[0], 507, 300) is None


def test_stations_stand_in_order_each_once(sample: Plan) -> None:
    stations = stations_of(sample.legs[1])
    assert [s.distance_m for s in stations] == sorted(s.distance_m for s in stations)
    assert len({s.name for s in stations}) == len(stations) == 15


def test_steps_are_round() -> None:
    assert round_step(1176, 12) == 100
    assert round_step(60, 6) == 10
    assert hour_step_s(32 * 3600, 12) == 10800
    assert Axis(0, 60, 0, 100).ticks(6) == [0, 10, 20, 30, 40, 50, 60]
