"""A made-up line with a convoy on it, written down by hand: every rule can be broken in one move.

::

    chainage   0        2000       4000       6000       8000      10000 m
               A ========================== B -------------------- C
               0 [ 10 > ][ 11 > ][ 12 > ]  1 [ 20    ][ 21       ]  2     stations 0, 1, 2
                 [ < 13 ][ < 14 ][ < 15 ]

    A - B has two tracks, B - C one.  The advance train runs 600 s before the main train, both at
    20 m/s; the main train leaves A at T0 and stands at B from 300 s to 420 s.
"""

from __future__ import annotations

from typing import Any

from retinue.plan.traffic import (
    LineSection,
    ResourceRecord,
    RoutePlace,
    RulesInForce,
    TrafficRecord,
    TrainCall,
    TrainPass,
    TrainPath,
)
from retinue.plan.traffic_rules import BlockSpan, FrontPoint, HeldWindow, RuleOrder

T0 = 1_400_000_000.0
LAG_S = 600.0
LENGTH_M = 200.0
SPEED_MPS = 20.0
#: Rules whose windows a record has to hold.
KEPT = ("none beside", "opposite held", "stations sealed")


def place(number: int, kind: str, name: str, from_m: float | None, capacity: int = 1) -> Any:
    return ResourceRecord(
        id=number, kind=kind, name=name, capacity=capacity, lat=47.0, lon=8.0, source="rule",
        from_m=from_m, to_m=from_m,
    )  # fmt: skip


PLACES = (
    place(0, "station", "A", 0.0, 4),
    place(1, "station", "B", 6_000.0, 4),
    place(2, "station", "C", 10_000.0, 4),
    *(place(10 + n, "block", f"A - B {n}", 2_000.0 * n) for n in range(3)),
    *(place(13 + n, "block", f"B - A {n}", 2_000.0 * n) for n in range(3)),
    *(place(20 + n, "block", f"B - C {n}", 6_000.0 + 2_000.0 * n) for n in range(2)),
    place(30, "block", "the line beside", None),
    place(31, "block", "the line across", None),
    place(40, "block", "the branch", None),
)


def span(resource: int, from_m: float, length_m: float = 2_000.0) -> BlockSpan:
    return BlockSpan(resource=resource, from_m=from_m, to_m=from_m + length_m)


def course(*points: tuple[float, float]) -> dict[str, tuple[float, ...]]:
    """Return a course from (metres east, metres north) of A."""
    north, east = 1.0 / 111_195.0, 1.0 / (111_195.0 * 0.681998)
    return {
        "lat": tuple(47.0 + y * north for _, y in points),
        "lon": tuple(8.0 + x * east for x, _ in points),
    }


SECTIONS = (
    LineSection(
        id=0, name="A - B", a=100, b=101, length_m=6_000.0, tracks=2, a_m=0.0, b_m=6_000.0,
        up=tuple(span(10 + n, 2_000.0 * n) for n in range(3)),
        down=tuple(span(15 - n, 4_000.0 - 2_000.0 * n) for n in range(3)),
        ground="feed", **course((0.0, 0.0), (6_000.0, 0.0)),
    ),
    LineSection(
        id=1, name="B - C", a=101, b=102, length_m=4_000.0, tracks=1, a_m=6_000.0, b_m=10_000.0,
        up=(span(20, 0.0), span(21, 2_000.0)), down=(span(21, 2_000.0), span(20, 0.0)),
        ground="feed", **course((6_000.0, 0.0), (10_000.0, 0.0)),
    ),
)  # fmt: skip
#: Runs 12 m beside B - C from 6500 m to 9500 m, drawn from east to west.
LINE_BESIDE = LineSection(
    id=2, name="beside", a=103, b=104, length_m=3_000.0, tracks=1, up=(span(30, 0.0, 3_000.0),),
    down=(span(30, 0.0, 3_000.0),), ground="feed", **course((9_500.0, 12.0), (6_500.0, 12.0)),
)  # fmt: skip
#: Crosses A - B at 3000 m.
LINE_ACROSS = LineSection(
    id=3, name="across", a=105, b=106, length_m=2_000.0, tracks=1, up=(span(31, 0.0),),
    down=(span(31, 0.0),), ground="feed", **course((3_000.0, -1_000.0), (3_000.0, 1_000.0)),
)  # fmt: skip


def front_s(at_m: float, lag_s: float = 0.0, *, leaving: bool = True) -> float:
    """When a front is at a chainage; at B when it leaves, or comes."""
    stand = 120.0 if at_m > 6_000.0 or (at_m == 6_000.0 and leaving) else 0.0
    return T0 + lag_s + at_m / SPEED_MPS + stand


def held(
    resource: int, begin: float, end: float, way: int = 0, standing: bool = False
) -> TrainPass:
    return TrainPass(
        resource=resource, from_utc=begin, to_utc=end, direction=way, standing=standing
    )


def convoy_train(role: str, lag_s: float) -> TrainPath:
    begin, end = front_s(0.0, lag_s), front_s(10_000.0, lag_s)
    front: tuple[FrontPoint, ...] = (
        (0.0, begin), (6_000.0, front_s(6_000.0, lag_s, leaving=False)),
        (6_000.0, front_s(6_000.0, lag_s)), (10_000.0, end),
    )  # fmt: skip
    blocks = [(10 + n, 2_000.0 * n) for n in range(3)] + [(20, 6_000.0), (21, 8_000.0)]
    passes = [held(0, begin - 120.0, begin + 30.0, standing=True)]
    for block, at in blocks:
        out = begin + 300.0 if block == 12 else min(front_s(at + 2_200.0, lag_s), end)
        passes.append(held(block, front_s(at, lag_s) - 24.0, out + 6.0, 1))
        if block == 12:
            passes.append(held(1, begin + 220.0, begin + 442.0, standing=True))
    passes.append(held(2, end - 80.0, end + 120.0, standing=True))

    def call(name: str, arrive: float, depart: float) -> TrainCall:
        return TrainCall(place=name, arrive_utc=arrive, depart_utc=depart, stops=True)

    return TrainPath(
        id=f"x-{role}", title=f"x, {role} train", train_class="special", special=True, role=role,
        length_m=LENGTH_M, passes=tuple(passes), front=front,
        calls=(
            call("A", begin, begin),
            call("B", begin + 300.0, begin + 420.0),
            call("C", end, end),
        ),
    )  # fmt: skip


def other(name: str, *passes: TrainPass, train_class: str = "regional", **more: Any) -> TrainPath:
    return TrainPath(
        id=name, title=name.upper(), train_class=train_class, length_m=100.0, passes=passes,
        **({"calls": ()} | more),
    )  # fmt: skip


def windows() -> tuple[HeldWindow, ...]:
    """What the rules of `KEPT` hold, by hand."""
    found = []
    for n in range(3):
        at = 2_000.0 * n
        # Where it stands at B the whole train is inside, at its arrival.
        out = T0 + 300.0 if n == 2 else front_s(at + 2_200.0)
        for rule, lag in (("none beside", 0.0), ("opposite held", -LAG_S)):
            found.append(
                HeldWindow(rule=rule, resource=13 + n, from_utc=front_s(at) + lag, to_utc=out)
            )
    # A from the boarding of the advance train, C until the main train is empty; 1 km before B.
    for number, begin, end in (
        (0, T0 - LAG_S - 120.0, T0 + 10.0),
        (1, T0 - LAG_S + 250.0, T0 + 430.0),
        (2, front_s(9_000.0) - LAG_S, front_s(10_000.0) + 120.0),
    ):
        found.append(
            HeldWindow(rule="stations sealed", resource=number, from_utc=begin, to_utc=end)
        )
    return tuple(found)


def orders(shunting_s: float = 600.0, works_s: float = 3_600.0) -> tuple[RuleOrder, ...]:
    found = []
    for name, at in (("A", 0.0), ("B", 6_000.0), ("C", 10_000.0)):
        begin = front_s(at, -LAG_S, leaving=False) - shunting_s
        found.append(
            RuleOrder(
                rule="shunting stopped before", place=name, what="shunting stopped", from_m=at,
                to_m=at, from_utc=begin, to_utc=front_s(min(at + 200.0, 10_000.0)),
            )
        )  # fmt: skip
    for name, at, end in (("A - B", 0.0, 6_000.0), ("B - C", 6_000.0, 10_000.0)):
        begin = front_s(at, -LAG_S, leaving=False) - works_s
        found.append(
            RuleOrder(
                rule="no works before", place=name, what="no works", from_m=at, to_m=end,
                from_utc=begin, to_utc=front_s(min(end + 200.0, 10_000.0)),
            )
        )  # fmt: skip
    return tuple(found)


EVERY = RulesInForce(
    on=(
        "dangerous goods away", "freight stands within", "no works before", "none beside",
        "none crossing above", "none overtaking", "nothing between", "opposite held",
        "shunting stopped before", "stations sealed",
    ),
    freight_stands_within_s=900.0,
    shunting_stopped_before_s=600.0,
    no_works_before_s=3_600.0,
)  # fmt: skip


def record(*others: TrainPath, rules: RulesInForce | None = EVERY, **more: Any) -> TrafficRecord:
    """The line with its convoy, and other trains."""
    fields: dict[str, Any] = {
        "view": "pessimistic",
        "resources": PLACES,
        "trains": (convoy_train("advance", -LAG_S), convoy_train("main", 0.0), *others),
        "windows": tuple(w for w in windows() if rules is not None and w.rule in rules.on),
        "route": tuple(
            RoutePlace(place=name, at_m=at)
            for name, at in (("A", 0.0), ("B", 6_000.0), ("C", 10_000.0))
        ),
        "rules": rules,
        "orders": orders(),
        "sections": (*SECTIONS, LINE_BESIDE, LINE_ACROSS),
        "assumptions": (
            "dangerous goods away: nobody tells", "freight stands within: no goods train",
            "none beside: tracks of stations",
        ),
    }  # fmt: skip
    return TrafficRecord(**(fields | more))


def only(*names: str, **more: Any) -> RulesInForce:
    """These rules alone."""
    return EVERY.model_copy(update={"on": names, **more})
