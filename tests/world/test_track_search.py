"""Routes on drawn tracks: changes of ends, limits, dead sections, stops and forbidden track."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.world.ascii_tracks import Drawn, drawn

from retinue.world.track_limits import TrainLimits
from retinue.world.track_network import DEAD_SECTION, NOT_ELECTRIFIED, UNKNOWN_POWER
from retinue.world.track_route import Standing, TrackRoute, TrackStop
from retinue.world.track_search import Question, TrackRouter

DIESEL = TrainLimits(length_m=100.0)
ELECTRIC = replace(DIESEL, self_powered=False, power_systems=("25kv-ac-50hz",))
WIRE = {"power": ("25kv-ac-50hz",)}


def stop(
    picture: Drawn, *places: tuple[str, float] | str, room_m: float | None = None
) -> TrackStop:
    """Return a stop on edges, by default at their middle."""
    tracks = []
    for place in places:
        name, share = (place, 0.5) if isinstance(place, str) else place
        edge = picture.edge(name)
        tracks.append(Standing(edge, share * float(picture.network.edges.length_m[edge]), room_m))
    return TrackStop(str(places[0]), tuple(tracks))


def way(picture: Drawn, route: TrackRoute | None) -> list[str] | None:
    """Return the runs of a route as edges with their directions."""
    if route is None:
        return None
    return [picture.way([2 * p.edge + (p.direction < 0) for p in run.pieces]) for run in route.runs]


def find(
    picture: Drawn, train: TrainLimits, *stops: TrackStop, **options: object
) -> list[str] | None:
    return way(picture, TrackRouter(picture.network).route(train, stops, **options))  # type: ignore[arg-type]


SWITCH = r"""
A--------s---------B
          \
           --------C
"""


def test_a_train_runs_over_a_switch_to_the_leg_asked_for() -> None:
    picture = drawn(SWITCH)
    assert find(picture, DIESEL, stop(picture, "As"), stop(picture, "sC")) == ["As sC"]


def test_from_leg_to_leg_it_changes_ends_with_its_length_beyond_the_switch() -> None:
    picture = drawn(SWITCH)
    route = TrackRouter(picture.network).route(DIESEL, (stop(picture, "sB"), stop(picture, "sC")))
    assert route is not None and way(picture, route) == ["Bs sA", "sC"]
    half = float(picture.network.edges.length_m[picture.edge("sB")]) / 2.0
    assert route.runs[0].length_m == pytest.approx(half + DIESEL.length_m)
    assert route.reversals == 1 and route.runs[0].ends == "reversal"


def test_a_train_longer_than_the_track_beyond_the_switch_cannot_change_ends_there() -> None:
    picture = drawn(SWITCH)
    long = replace(DIESEL, length_m=float(picture.network.edges.length_m[picture.edge("As")]) + 1)
    assert find(picture, long, stop(picture, "sB"), stop(picture, "sC")) is None
    fits = replace(long, length_m=long.length_m - 2.0)
    assert find(picture, fits, stop(picture, "sB"), stop(picture, "sC")) is not None


def test_a_train_that_cannot_change_ends_is_not_asked_to() -> None:
    picture = drawn(SWITCH)
    fixed = replace(DIESEL, reversal_s=None)
    assert find(picture, fixed, stop(picture, "sB"), stop(picture, "sC")) is None


def test_the_way_out_to_change_ends_may_lead_over_further_switches() -> None:
    picture = drawn(r"""
D--------t----s--------B
        /      \
E-------        -------C
""")
    # Beyond s lie 100 m to t and 180 m to D: 250 m of train need both.
    train = replace(DIESEL, length_m=250.0)
    assert find(picture, train, stop(picture, "sB"), stop(picture, "sC")) == ["Bs st tD", "sC"]


CROSSING = r"""
A---     ---B
    \   /
     \ /
      @
     / \
    /   \
C---     ---D
"""


def test_no_route_turns_on_a_diamond_and_a_slip_lets_it() -> None:
    picture = drawn(CROSSING.replace("@", "x"))
    assert find(picture, DIESEL, stop(picture, "Ax"), stop(picture, "xB")) is None
    assert find(picture, DIESEL, stop(picture, "Ax"), stop(picture, "xD")) == ["Ax xD"]
    slip = drawn(CROSSING.replace("@", "X"))
    assert find(slip, DIESEL, stop(slip, "AX"), stop(slip, "XB")) == ["AX XB"]


LOOP = r"""
A------s---------t------B
        \       /
         -------
"""


STRAIGHT, LOWER = ["As st tB"], ["As st2 tB"]


@pytest.mark.parametrize(
    ("upper", "lower", "own", "expected"),
    [
        ((1435,), (1520,), 1520, LOWER),
        ((1435,), (1520,), 1435, STRAIGHT),
        ((1520,), (1435, 1520), 1435, LOWER),
        ((1435, 1520), (1435,), 1520, STRAIGHT),
        (None, (1435,), 1435, STRAIGHT),
        ((1000,), (1520,), 1435, None),
    ],
)
def test_a_train_keeps_to_its_gauge_and_to_mixed_gauge(
    upper: tuple[int, ...] | None, lower: tuple[int, ...], own: int, expected: list[str] | None
) -> None:
    picture = drawn(LOOP, {"st": {"gauge": upper}, "st2": {"gauge": lower}})
    train = replace(DIESEL, gauges_mm=(own,))
    assert find(picture, train, stop(picture, "As"), stop(picture, "tB")) == expected


def test_a_break_of_gauge_ends_the_way() -> None:
    picture = drawn("A------j------B", {"Aj": {"gauge": (1435,)}, "jB": {"gauge": (1520,)}})
    assert find(picture, DIESEL, stop(picture, "Aj"), stop(picture, "jB")) is None
    both = replace(DIESEL, gauges_mm=(1435, 1520))
    assert find(picture, both, stop(picture, "Aj"), stop(picture, "jB")) == ["Aj jB"]


@pytest.mark.parametrize(
    ("key", "word", "train"),
    [
        ("axle_load", 20_000.0, replace(DIESEL, axle_load_kg=22_500.0)),
        ("metre_load", 5_000.0, replace(DIESEL, metre_load_kg=6_400.0)),
        ("loading_gauge", "PPI", replace(DIESEL, barred_loading_gauges=("PPI",))),
        ("condition", "disused", DIESEL),
    ],
)
def test_other_limits_lead_over_the_other_track(key: str, word: object, train: TrainLimits) -> None:
    picture = drawn(LOOP, {"st": {key: word}})
    ends = stop(picture, "As"), stop(picture, "tB")
    assert find(picture, train, *ends) == ["As st2 tB"]
    assert find(drawn(LOOP), train, *ends) == ["As st tB"]


def wired(dead: object, length: int = 20) -> Drawn:
    picture = "A------j" + "-" * length + "k------B"
    return drawn(picture, {"Aj": WIRE, "kB": WIRE, "jk": {"power": dead}})


@pytest.mark.parametrize("dead", [(DEAD_SECTION,), (NOT_ELECTRIFIED,), ("3kv-dc",)])
def test_a_short_dead_section_is_passable_and_a_long_one_is_not(dead: tuple[str, ...]) -> None:
    short, long = wired(dead, 20), wired(dead, 26)  # 420 and 540 m; the rule says 500
    assert find(short, ELECTRIC, stop(short, "Aj"), stop(short, "kB")) == ["Aj jk kB"]
    assert find(long, ELECTRIC, stop(long, "Aj"), stop(long, "kB")) is None
    assert find(long, DIESEL, stop(long, "Aj"), stop(long, "kB")) == ["Aj jk kB"]


def test_dead_sections_add_up_over_joints() -> None:
    text = "A------j------------k------------l------B"
    dead = {"power": (NOT_ELECTRIFIED,)}
    picture = drawn(text, {"Aj": WIRE, "jk": dead, "kl": dead, "lB": WIRE})
    ends = stop(picture, "Aj"), stop(picture, "lB")
    assert find(picture, ELECTRIC, *ends) is None  # 260 m and 260 m
    patient = replace(ELECTRIC, dead_section_m=530.0)
    assert find(picture, patient, *ends) == ["Aj jk kl lB"]


def test_no_train_ends_its_way_without_power() -> None:
    picture = wired((DEAD_SECTION,))
    assert find(picture, ELECTRIC, stop(picture, "Aj"), stop(picture, "jk")) is None


def test_wires_of_unknown_system_are_allowed_and_reported() -> None:
    picture = wired((UNKNOWN_POWER,))
    route = TrackRouter(picture.network).route(ELECTRIC, (stop(picture, "Aj"), stop(picture, "kB")))
    assert route is not None
    length = float(picture.network.edges.length_m[picture.edge("jk")])
    assert route.unknown_m["power"] == pytest.approx(length)
    assert route.unknown_m["gauge"] == pytest.approx(route.length_m)


def test_a_platform_that_is_too_short_is_no_place_to_stop() -> None:
    picture = drawn(LOOP)
    start = stop(picture, "As")
    assert find(picture, DIESEL, start, stop(picture, "st", room_m=80.0)) is None
    assert find(picture, DIESEL, start, stop(picture, "st", room_m=120.0)) == ["As st"]
    either = TrackStop(
        "", (*stop(picture, "st", room_m=80.0).tracks, *stop(picture, "st2", room_m=200.0).tracks)
    )
    assert find(picture, DIESEL, start, either) == ["As st2"]


DOUBLE = r"""
A---a-----------b--------c-----------d---B
     \         /          \         /
      \       /            \       /
C------e-----f--------------g-----h------D
"""


def test_a_train_does_not_zig_zag_between_parallel_tracks() -> None:
    # The lower track is faster in the middle, by less than two crossovers cost.
    fast = {"speed_forward": 140 / 3.6, "speed_backward": 140 / 3.6}
    slow = {"speed_forward": 120 / 3.6, "speed_backward": 120 / 3.6}
    tags = dict.fromkeys(("Aa", "ab", "bc", "cd", "dB"), slow)
    picture = drawn(DOUBLE, {**tags, "ef": fast, "fg": fast, "gh": fast})
    assert find(picture, DIESEL, stop(picture, "Aa"), stop(picture, "dB")) == ["Aa ab bc cd dB"]


def test_the_preferred_direction_is_a_cost_and_no_limit() -> None:
    picture = drawn(LOOP, {"st": {"preferred_direction": -1}})
    ends = stop(picture, "As"), stop(picture, "tB")
    assert find(picture, DIESEL, *ends) == ["As st tB"]  # dearer, but the loop is dearer still
    router = TrackRouter(picture.network)
    with_it = router.route(DIESEL, tuple(reversed(ends)))
    against = router.route(DIESEL, ends)
    assert with_it is not None and against is not None
    assert against.cost_s > with_it.cost_s
    assert against.free_flow_s == pytest.approx(with_it.free_flow_s)


def test_a_via_leads_over_either_track_of_the_station() -> None:
    picture = drawn(LOOP)
    ends = stop(picture, "As"), stop(picture, "tB")
    assert find(picture, DIESEL, ends[0], stop(picture, "st2"), ends[1]) == ["As st2 tB"]
    assert find(picture, DIESEL, ends[0], stop(picture, "st", "st2"), ends[1]) == ["As st tB"]


def test_at_a_stop_in_a_dead_end_the_train_leaves_the_way_it_came() -> None:
    picture = drawn(SWITCH)
    route = TrackRouter(picture.network).route(
        DIESEL, (stop(picture, ("As", 0.1)), stop(picture, ("sC", 0.9)), stop(picture, ("As", 0.2)))
    )
    assert route is not None and way(picture, route) == ["As sC", "Cs sA"]
    assert route.runs[0].place == "('sC', 0.9)"


def test_after_a_stop_the_train_turns_off_only_where_its_tail_has_passed() -> None:
    picture = drawn(SWITCH)
    length = picture.network.edges.length_m[picture.edge("As")]
    start, end = stop(picture, ("sB", 0.9)), stop(picture, ("sC", 0.9))
    router = TrackRouter(picture.network)
    beyond, short = (stop(picture, ("As", 1.0 - m / length)) for m in (120.0, 60.0))
    # 120 m beyond the switch the train clears it, and turns there.
    turned = router.route(DIESEL, (start, beyond, end))
    assert turned is not None and way(picture, turned) == ["Bs sA", "As sC"]
    assert turned.runs[0].place == beyond.name
    assert turned.runs[1].pieces[0].from_m == pytest.approx(length - 120.0 + DIESEL.length_m)
    # 60 m beyond it stands over the switch, and no turn is taken under the train.
    assert router.route(DIESEL, (start, short, end)) is None


def test_forbidden_track_is_left_out_and_the_index_stays() -> None:
    picture = drawn(LOOP)
    router = TrackRouter(picture.network)
    ends = stop(picture, "As"), stop(picture, "tB")
    closed = np.zeros(len(picture.network.edges), bool)
    closed[picture.edge("st")] = True
    assert way(picture, router.route(DIESEL, ends, Question(closed=closed))) == ["As st2 tB"]
    closed[picture.edge("st2")] = True
    assert router.route(DIESEL, ends, Question(closed=closed)) is None
    assert way(picture, router.route(DIESEL, ends)) == ["As st tB"]


def test_a_goal_behind_the_start_is_reached_by_changing_ends_or_not_at_all() -> None:
    picture = drawn("A-----------B")
    router = TrackRouter(picture.network)
    west, east = stop(picture, ("AB", 0.2)), stop(picture, ("AB", 0.8))
    assert way(picture, router.route(DIESEL, (east, west))) == ["BA"]  # either way is free
    assert way(picture, router.route(DIESEL, (west, east))) == ["AB"]
