"""A road leg on other roads than the pack's: a built world, a server of the user's."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.road.drawn import drawn_route

from retinue.checks.crossings import check_crossings, check_outriders
from retinue.clock import from_iso, iso_utc
from retinue.errors import InputError, NoPlan
from retinue.journey import load_journey
from retinue.plan import Plan
from retinue.planner import Planner, road_source
from retinue.road import server
from retinue.road.request import RoadRequest
from retinue.road.routed import RoutedRoads
from retinue.world.world import World

RECORDED = Path(__file__).parents[1] / "road" / "recorded"
JOURNEY = """\
retinue: 1
title: Vaduz to Schaan
depart: 2026-05-06 08:00 Europe/Vaduz
legs:
  - road: {{from: here, to: there, convoy: state-motorcade{more}}}
places:
  here: {{lat: {lat}, lon: 9.5, country: LI, access road: 20 m}}
  there: {{lat: {lat}, lon: {east}, country: LI, access road: 20 m}}
"""


def _journey(folder: Path, more: str = "", *, lat: float = 47.2, east: float = 9.58) -> Path:
    path = folder / "trip.yaml"
    path.write_text(JOURNEY.format(more=f", {more}" if more else "", lat=lat, east=east))
    return path


@pytest.fixture
def drawn_world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a world whose roads are one drawn road with junctions and a level crossing."""
    world = World()
    router = SimpleNamespace(place=lambda lat, lon: None)
    world.__dict__["roads"] = world.__dict__["road_router"] = router

    def drawn(_: Any, request: RoadRequest, points: Any) -> RoutedRoads:
        route = drawn_route(6_000.0, junctions=range(400, 5_900, 700), crossings=(3_000.0,))
        return RoutedRoads("built", "a drawn road", (route,))

    monkeypatch.setattr(road_source, "built_roads", drawn)
    return world


def _held(world: World, folder: Path, more: str = "outriders: 6") -> Plan:
    text = more + ", halts: [{after: 3015 m, for: 2 min, why: photograph}]"
    return Planner(world).make(load_journey(_journey(folder, text)))


def test_where_a_built_world_covers_both_ends_its_roads_are_taken(
    drawn_world: World, tmp_path: Path
) -> None:
    leg = Planner(drawn_world).make(load_journey(_journey(tmp_path))).legs[0]
    assert leg.details["routing"] == {"by": "built", "source": "a drawn road"}
    assert leg.details["rolling_block"]["assessed"]
    pack = Planner(drawn_world).make(load_journey(_journey(tmp_path, "routing: pack"))).legs[0]
    assert pack.details["routing"]["by"] == "pack"
    assert not pack.details["rolling_block"]["assessed"]


def test_where_it_does_not_the_pack_is_taken_and_the_plan_says_so(
    drawn_world: World, tmp_path: Path
) -> None:
    def nowhere(lat: float, lon: float) -> None:
        raise NoPlan("no road lies within 5 km")

    drawn_world.__dict__["road_router"].place = nowhere
    leg = Planner(drawn_world).make(load_journey(_journey(tmp_path))).legs[0]
    assert leg.details["routing"]["by"] == "pack"
    assert any("does not cover" in note.text for note in leg.notes)
    with pytest.raises(NoPlan):
        Planner(drawn_world).make(load_journey(_journey(tmp_path, "routing: built")))


def test_built_roads_without_a_built_world_are_refused(world: World, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        Planner(world).make(load_journey(_journey(tmp_path, "routing: built")))
    assert "--world" in caught.value.cure
    assert "trip.yaml:5" in caught.value.where


@pytest.mark.parametrize("outriders", [2, 3, 6])
def test_a_plan_over_known_roads_passes_both_checkers(
    drawn_world: World, tmp_path: Path, outriders: int
) -> None:
    plan = _held(drawn_world, tmp_path, f"outriders: {outriders}")
    assert check_crossings(plan).faults == ()
    assert check_crossings(plan).looked_at == "1 level crossing, 2 halts"
    assert check_outriders(plan).faults == ()
    schedule = plan.legs[0].details["rolling_block"]["schedule"]
    assert len(schedule) == outriders


def _planted(plan: Plan, plant: Callable[[dict[str, Any]], None]) -> Plan:
    record = json.loads(plan.to_json())
    plant(record["legs"][0])
    return Plan.model_validate(record)


def _crossing_under_the_column(leg: dict[str, Any]) -> None:
    stop = leg["movements"][0]["stops"][0]["distance_m"]
    crossing = leg["details"]["level_crossings"][0]
    crossing["distance_m"] = stop - 50.0
    crossing["clear_from_m"], crossing["clear_to_m"] = stop - 60.0, stop - 40.0


def _crossing_under_the_pilot(leg: dict[str, Any]) -> None:
    at = leg["movements"][0]["stops"][0]["distance_m"] + leg["details"]["pilot_ahead_m"]
    crossing = leg["details"]["level_crossings"][0]
    crossing["distance_m"] = at - 2.0
    crossing["clear_from_m"], crossing["clear_to_m"] = at - 12.0, at + 8.0


def _tail_left_behind(leg: dict[str, Any]) -> None:
    # The tail passes everything before the halt only after it: it stood over the crossing.
    main = leg["movements"][0]
    stop = main["stops"][0]
    crossing = leg["details"]["level_crossings"][0]
    at = stop["distance_m"] - main["length_m"] - 100.0
    crossing["distance_m"] = at
    crossing["clear_from_m"], crossing["clear_to_m"] = at - 10.0, at + 10.0
    late = from_iso(stop["depart_utc"]) + 5.0
    main["tail_time_utc"] = [
        iso_utc(max(from_iso(time), late)) if place > at - 500.0 else time
        for place, time in zip(main["distance_m"], main["tail_time_utc"], strict=True)
    ]


def _forget_crossings(leg: dict[str, Any]) -> None:
    del leg["details"]["level_crossings"]


def _forget_a_halt(leg: dict[str, Any]) -> None:
    leg["movements"][0]["stops"] = []


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (_crossing_under_the_column, "stands on"),
        (_crossing_under_the_pilot, "pilot car stands on"),
        (_tail_left_behind, "stands on"),
        (_forget_crossings, "does not list"),
        (_forget_a_halt, "halts are listed"),
    ],
)
def test_whoever_stands_on_a_crossing_is_found(
    drawn_world: World, tmp_path: Path, plant: Callable[[dict[str, Any]], None], words: str
) -> None:
    faults = check_crossings(_planted(_held(drawn_world, tmp_path), plant)).faults
    assert any(words in fault for fault in faults)


def _post(leg: dict[str, Any], number: int = 0) -> dict[str, Any]:
    riders = leg["details"]["rolling_block"]["schedule"]
    post: dict[str, Any] = next(r for r in riders if len(r["posts"]) > 1)["posts"][number]
    return post


def _stand_late(leg: dict[str, Any]) -> None:
    _post(leg)["stand_by_utc"] = _post(leg)["front_utc"]


def _leave_early(leg: dict[str, Any]) -> None:
    _post(leg)["leave_utc"] = _post(leg)["front_utc"]


def _two_places_at_once(leg: dict[str, Any]) -> None:
    post = _post(leg)
    post["leave_utc"] = iso_utc(from_iso(_post(leg, 1)["stand_by_utc"]) - 1.0)


def _forget_a_post(leg: dict[str, Any]) -> None:
    for rider in leg["details"]["rolling_block"]["schedule"]:
        rider["posts"] = [p for p in rider["posts"] if p["distance_m"] > 1_000.0]


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        (_stand_late, "too late"),
        (_leave_early, "before the tail"),
        (_two_places_at_once, "in time"),
        (_forget_a_post, "are held"),
    ],
)
def test_an_outrider_who_cannot_do_it_is_found(
    drawn_world: World, tmp_path: Path, plant: Callable[[dict[str, Any]], None], words: str
) -> None:
    faults = check_outriders(_planted(_held(drawn_world, tmp_path), plant)).faults
    assert any(words in fault for fault in faults)


@pytest.fixture
def valhalla() -> Iterator[tuple[str, list[str]]]:
    """Serve the recorded route on loopback; count who asks."""
    asked: list[str] = []
    text = (RECORDED / "valhalla-route.json").read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_a_plan_from_a_server_is_made_again_without_asking_it(
    world: World, tmp_path: Path, valhalla: tuple[str, list[str]]
) -> None:
    url, asked = valhalla
    trip = _journey(tmp_path, f'routing: "valhalla {url}"', lat=47.141, east=9.51)
    plan = Planner(world).make(load_journey(trip))
    assert asked == ["/route"]
    (name,) = plan.journey.extra_files
    assert name.startswith("road_answers/valhalla-")
    leg = plan.legs[0]
    assert leg.details["routing"]["by"] == "valhalla"
    assert any("its answer is kept in the plan" in note.text for note in leg.notes)
    again = Planner(world).remake(plan)
    assert again.to_json() == plan.to_json()
    assert asked == ["/route"]


def test_a_plan_without_a_server_named_asks_none(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> str:
        raise AssertionError("something was asked")

    monkeypatch.setattr(server, "ask_server", never)
    leg = Planner(world).make(load_journey(_journey(tmp_path))).legs[0]
    assert leg.details["routing"]["by"] == "pack"


def test_a_convoy_that_clears_no_road_meets_other_traffic(world: World, tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text(
        "retinue convoy: 1\ntitle: plain\norder:\n  - {role: lead, vehicle: saloon}\n"
        "  - {role: main, vehicle: saloon}\n  - {role: guards, vehicle: saloon}\n"
        "source: word\nconfidence: M\nsources: {word: somebody's word}\n"
    )
    trip = _journey(tmp_path)
    trip.write_text(trip.read_text().replace("state-motorcade", "plain"))
    planner = Planner(world)
    peak = planner.make(load_journey(trip)).legs[0]
    night = planner.make(load_journey(trip), depart="2026-05-06 03:00").legs[0]
    assert peak.details["traffic"]["table"] == "usual"
    assert peak.running_time_s > night.running_time_s
    fresh = Planner(world).make(load_journey(trip), depart="2026-05-06 03:00")
    assert fresh.legs[0].main.as_dict() == night.main.as_dict()
    trip.write_text(trip.read_text().replace("convoy: plain", "convoy: plain, traffic: none"))
    free = Planner(world).make(load_journey(trip)).legs[0]
    assert free.running_time_s == pytest.approx(night.running_time_s, abs=2.0)
