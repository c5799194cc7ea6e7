"""From feed to traffic: the shipped made-up line, and the real Swiss morning.

The Swiss feed's facts (543 trips, 1,501 stops) are counts of its own files.
"""

from __future__ import annotations

import itertools
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from retinue.checks.traffic import check_traffic
from retinue.clock import parse_moment
from retinue.errors import InputError, NoPlan
from retinue.traffic.conflicts import find_conflicts
from retinue.traffic.feed_lookup import find_feed
from retinue.traffic.gtfs_feed import read_feed
from retinue.traffic.record import known_overlaps, traffic_record
from retinue.traffic.timetable import DayOfTraffic, day_of_traffic
from retinue.world.world import World
from tests.traffic.feed_files import SOUND, write_feed

MONDAY = date(2026, 1, 5)


@pytest.fixture(scope="module")
def aare(world: World) -> DayOfTraffic:
    return day_of_traffic(read_feed(find_feed("aare-line")), MONDAY, world=world)


@pytest.fixture(scope="module")
def swiss(shared: Path, world: World) -> DayOfTraffic:
    return day_of_traffic(
        read_feed(shared / "data" / "gtfs" / "swiss-2014.zip"), date(2014, 1, 1), world=world
    )


def moment(text: str) -> float:
    return parse_moment(f"2026-01-05 {text} Europe/Zurich")


def test_repetitions_become_runs_and_the_night_train_belongs_to_two_days(
    aare: DayOfTraffic,
) -> None:
    ids = {run.id for run in aare.runs}
    assert {"ic-east@06:00", "ic-east@21:30", "night", "night (2026-01-04)"} <= ids
    # 32 of each intercity way, 16 of each regional way, the night train of today and yesterday.
    assert len(aare.runs) == 2 * 32 + 16 + 16 + 2
    # Nothing leaves between 0:21 and 6:00; the window cuts off what is over.
    assert min(run.depart_s for run in aare.runs if "(" not in run.id) == moment("06:00")


def test_an_express_passes_the_stations_of_the_slow_train(aare: DayOfTraffic) -> None:
    run = next(run for run in aare.runs if run.id == "ic-east@06:00")
    names = [aare.skeleton.nodes[call.node].name for call in run.calls]
    stations = [name for name in names if not name.startswith("junction")]
    # The straight line by Heitersberg; the slow trains go round by Brugg and Baden.
    assert stations == ["Olten", "Aarau", "Dietikon", "Zürich HB"]
    stops = [name for name, call in zip(names, run.calls, strict=True) if call.stops]
    assert stops == ["Olten", "Aarau", "Zürich HB"]


def test_calls_run_forwards_and_keep_the_published_times(aare: DayOfTraffic) -> None:
    for run in aare.runs:
        assert len(run.calls) == len(run.steps) + 1
        for one, two in itertools.pairwise(run.calls):
            assert one.arrive_s <= one.depart_s <= two.arrive_s
    run = next(run for run in aare.runs if run.id == "re-east@06:12")
    times = {
        aare.skeleton.nodes[call.node].name: call.arrive_s
        for call in run.calls if call.timed == "timetable"
    }  # fmt: skip
    assert times["Brugg"] == moment("06:38")
    assert "Dietikon" not in times  # the feed leaves that time open; it is still a stop
    dietikon = next(c for c in run.calls if aare.skeleton.nodes[c.node].name == "Dietikon")
    assert dietikon.stops and moment("06:47") < dietikon.arrive_s < moment("07:02")


def test_the_two_views_number_nodes_and_sections_alike(aare: DayOfTraffic) -> None:
    one, two = aare.pessimistic.network, aare.optimistic.network
    assert [s.id for s in one.stations] == [s.id for s in two.stations]
    assert [(s.a, s.b) for s in one.sections] == [(s.a, s.b) for s in two.sections]
    for section in one.sections:
        single = section.tracks == 1
        assert (section.blocks_up == section.blocks_down[::-1]) == single
    assert all(section.tracks >= 2 for section in two.sections)


def test_a_way_leads_over_neighbouring_sections_and_knows_its_resources(
    aare: DayOfTraffic,
) -> None:
    network = aare.optimistic.network
    start, end = network.station("Olten").index, network.station("zue").index
    way = network.along(network.way(start, end))
    assert way.nodes[0] == start and way.nodes[-1] == end
    assert np.all(np.diff(way.node_m) > 0.0)
    blocks = way.kind == 0
    # Blocks join without gap from end to end.
    assert way.from_m[blocks][0] == 0.0 and way.to_m[blocks][-1] == pytest.approx(way.length_m)
    assert way.from_m[blocks][1:] == pytest.approx(way.to_m[blocks][:-1])
    back = network.along(network.way(end, start))
    assert back.length_m == pytest.approx(way.length_m)
    assert not set(back.resource[back.kind == 0]) & set(way.resource[blocks])
    # By rail Olten - Zürich is 63 km by Brugg, some 5 km less by Heitersberg.
    assert 54_000.0 < way.length_m < 66_000.0


def test_an_unknown_station_is_refused_with_a_suggestion(aare: DayOfTraffic) -> None:
    with pytest.raises(NoPlan, match='no station "Oltem"') as caught:
        aare.optimistic.network.station("Oltem")
    assert "Olten" in caught.value.cure


def test_a_day_without_trains_names_the_days_that_have_some(world: World) -> None:
    feed = read_feed(find_feed("aare-line"))
    with pytest.raises(InputError, match="no train") as caught:
        day_of_traffic(feed, date(2026, 8, 2), world=world, from_s=0.0, until_s=1.0)
    assert "2026-01-01 to 2026-12-31" in caught.value.cure
    with pytest.raises(InputError, match="not a feed of the catalogue"):
        find_feed("aare-lin")


def test_a_feed_without_usable_trips_is_refused_with_its_first_fault(
    tmp_path: Path, world: World
) -> None:
    path = write_feed(tmp_path / "f.zip", {k: v for k, v in SOUND.items() if k != "stops.txt"})
    with pytest.raises(InputError, match="no rail trip") as caught:
        day_of_traffic(read_feed(path), MONDAY, world=world)
    assert "stops.txt" in caught.value.cure


def test_every_swiss_train_is_placed_or_its_reason_told(swiss: DayOfTraffic) -> None:
    placement = swiss.placement
    assert len(swiss.runs) == 543 and len(placement.trips) == 543
    for trip in placement.trips:
        assert (trip.verdict == "placed") == (not trip.reason)
        assert 0.0 <= trip.share <= 1.0 + 1e-9
    assert placement.count("placed") >= 150
    assert placement.stop_error_m.median < 50.0
    assert 0.99 < placement.length_ratio.median < 1.01
    # Stops stand on the feed's own shapes to the metre.
    assert placement.course_error_m.count == 1501
    assert placement.course_error_m.p95 < 5.0


def test_swiss_intercities_pass_the_stations_between_their_stops(swiss: DayOfTraffic) -> None:
    run = next(run for run in swiss.runs if run.id == "IR_2515_8505000_0900")
    names = [swiss.skeleton.nodes[call.node].name for call in run.calls]
    for name in ("Nyon", "Rolle", "Renens VD", "Romont", "Düdingen", "Sursee", "Emmenbrücke"):
        assert name in names
    # Genève - Luzern by Bern and Zofingen is 266 km by SBB's distances (Genève - Bern 158).
    length = sum(swiss.skeleton.sections[s.section].length_m for s in run.steps)
    assert 255_000.0 < length < 275_000.0


def test_the_independent_checker_counts_the_overlaps_of_the_scan(swiss: DayOfTraffic) -> None:
    for traffic in swiss.views.values():
        found = find_conflicts(traffic.network, traffic.occupations)
        comers = {(int(c), int(r)) for c, r in zip(found.comer, found.resource, strict=True)}
        bare = check_traffic(traffic_record(traffic))
        assert len(bare.faults) >= len(comers) > 0
        known = traffic_record(traffic, known=known_overlaps(traffic))
        assert check_traffic(known).faults == ()


def test_the_optimistic_view_has_fewer_overlaps_and_none_opposing(swiss: DayOfTraffic) -> None:
    counted = {
        view: find_conflicts(t.network, t.occupations).count_by_kind()
        for view, t in swiss.views.items()
    }
    assert counted["optimistic"]["opposing"] == counted["optimistic"]["junction"] == 0
    assert counted["pessimistic"]["opposing"] > 0
    assert sum(counted["optimistic"].values()) < sum(counted["pessimistic"].values())


def test_the_same_feed_gives_the_same_traffic(shared: Path, world: World) -> None:
    path = shared / "data" / "gtfs" / "caltrain_otp.zip"
    one, two = (day_of_traffic(read_feed(path), world=world) for _ in range(2))
    assert one.runs == two.runs
    for view in ("pessimistic", "optimistic"):
        a, b = one.view(view), two.view(view)
        assert [r.name for r in a.network.resources] == [r.name for r in b.network.resources]
        assert np.array_equal(a.occupations.from_s, b.occupations.from_s)
    assert all(math.isnan(s.longest_m) for s in one.pessimistic.network.stations)
