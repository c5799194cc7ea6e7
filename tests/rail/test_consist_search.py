"""The best formation equals the best of all there are, on orders small enough to try them all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from retinue.rail.consist_problem import CoachKind, ConsistProblem, Mark
from retinue.rail.consist_rules import Need, OrderRule, Preference
from retinue.rail.consist_search import solve
from tests.rail.consists import best_by_trying, problem, rules

pytest.importorskip("ortools")

TAGS = ("principal", "guards", "kitchen", "dining", "generator", "car-transporter")
KINDS = (
    "next to", "within", "apart", "together", "flanked", "not at ends", "at end", "no passage",
    "before", "outposts",
)  # fmt: skip


@pytest.fixture(scope="module")
def base() -> ConsistProblem:
    """Return the figures of the test order, to be changed at random."""
    return problem()


def words(draw: Any) -> tuple[str, ...]:
    return tuple(draw(st.lists(st.sampled_from(TAGS), min_size=1, max_size=2, unique=True)))


@st.composite
def problems(draw: Any, base: ConsistProblem, most_coaches: int) -> ConsistProblem:
    """Return a small order with random vehicles, numbers and rules."""
    count = draw(st.integers(2, 4))
    kinds: list[CoachKind] = []
    left = most_coaches
    for index in range(count):
        most = draw(st.integers(1, max(1, min(3, left - (count - index - 1)))))
        if most_coaches == 8 and index == count - 1:
            most = min(left, 4)
        left -= most
        tag = draw(st.sampled_from(TAGS))
        handed = most <= 2
        ramp = draw(st.sampled_from(("none", "both", "front", "rear"))) if handed else "both"
        doors = draw(st.sampled_from(("both", "left", "right", "none"))) if handed else "both"
        kinds.append(
            replace(
                base.kinds[0],
                index=index,
                label=f"{tag} {index}",
                role="saloon" if tag == "principal" else tag,
                tag=tag,
                least=draw(st.integers(0, 1)) if most_coaches < 8 else most - (index == 0),
                most=most,
                length_mm=draw(st.integers(18_000, 27_000)),
                mass_kg=draw(st.integers(40, 70)) * 1000,
                braked_kg=draw(st.integers(30, 80)) * 1000,
                starting_n=draw(st.integers(5, 12)) * 1000,
                holding_n=draw(st.integers(5, 12)) * 1000,
                sleeps=tuple(draw(st.sets(st.sampled_from(("guards", "officials"))))),
                places=draw(st.integers(4, 20)),
                dining_seats=draw(st.sampled_from((0, 0, 30))),
                covers=draw(st.sampled_from((0, 0, 60))),
                stores_l=draw(st.sampled_from((0, 5000))),
                drawn_w=draw(st.sampled_from((0, 20_000))),
                generates_w=40_000 if tag == "generator" else 0,
                cars=2 if tag == "car-transporter" else 0,
                ramp=ramp,
                doors=doors,
                turnable=ramp in ("front", "rear") or doors in ("left", "right"),
                unfit=(),
            )
        )
    flags = st.tuples(*[st.sampled_from((True,) * 11 + (False,))] * count)
    haulages = tuple(
        replace(
            base.haulages[0],
            index=index,
            length_mm=18_000 * (index + 1),
            mass_kg=draw(st.integers(80, 130)) * 1000 * (index + 1),
            starts_n=draw(st.integers(30, 90)) * 1000,
            holds_n=draw(st.integers(30, 90)) * 1000,
            supply_w=draw(st.sampled_from((0, 60_000))),
            couples=draw(flags),
            brakes=draw(flags),
            feeds=draw(flags),
            heats=draw(flags),
            warms=draw(flags),
        )
        for index in range(draw(st.integers(1, 2)))
    )
    order = tuple(
        OrderRule(
            id=f"rule-{index}",
            kind=kind,
            who=words(draw),
            by=words(draw),
            beyond=words(draw),
            places=draw(st.integers(1, 3)),
            coaches=draw(st.integers(1, 2)),
            end=draw(st.sampled_from(("head", "tail", "either", "tail on arrival"))),
            ramp=draw(st.sampled_from(("any", "outward"))),
            words=kind,
            source="test",
            confidence="assumed",
        )
        for index, kind in enumerate(draw(st.lists(st.sampled_from(KINDS), max_size=2)))
    )
    wishes = tuple(
        Preference(
            kind=kind, who=words(draw), by=words(draw), coaches=draw(st.integers(1, 3)),
            weight=draw(st.integers(1, 5)), tier=draw(st.sampled_from(("distance", "balance"))),
        )
        for kind in draw(
            st.lists(st.sampled_from(("near", "far", "middle", "mirrored")), max_size=3)
        )
    )  # fmt: skip
    needs = tuple(
        Need(id="need", who=words(draw), at_least=n, words="need", source="t", confidence="K")
        for n in draw(st.lists(st.integers(1, 2), max_size=1))
    )
    marks = tuple(
        Mark("M", at * 1000, 20_000, side, back, None)
        for at, side, back in draw(
            st.lists(
                st.tuples(
                    st.integers(20, 100),
                    st.sampled_from(("left", "right", "either")),
                    st.booleans(),
                ),
                max_size=1 if any(k.tag == "principal" for k in kinds) else 0,
            )
        )
    )
    return replace(
        base,
        kinds=tuple(kinds),
        haulages=haulages,
        couples=tuple(draw(flags) for _ in kinds),
        rules=rules(order=order, needs=needs, preferences=wishes),
        people=tuple(
            (name, draw(st.integers(0, 25)) if any(name in k.sleeps for k in kinds) else 0)
            for name in ("guards", "officials")
        ),
        diners=draw(st.sampled_from((0, 0, 0, 40))),
        sittings=2,
        stores_l=draw(st.sampled_from((0, 0, 4000))),
        cars=draw(st.sampled_from((0, 0, 2))) if any(k.cars for k in kinds) else 0,
        arrives_reversed=draw(st.booleans()),
        brake_permille=draw(st.sampled_from((0, 0, 600, 900))),
        loop_mm=draw(st.sampled_from((None, 180_000))),
        platform_mm=draw(st.sampled_from((None, 130_000))),
        pulled=draw(st.booleans()),
        marks=marks,
    )


def agrees(small: ConsistProblem) -> None:
    expected = best_by_trying(small)
    found = solve(small)
    event("possible" if expected else "impossible")
    if expected is None:
        assert found is None
        return
    assert found is not None
    assert found.proven
    assert found.worth == expected[0]
    assert found.haulage.index == expected[2].index
    assert [(o.kind.index, o.turned) for o in found.order] == [
        (kind.index, turned) for kind, turned in expected[1]
    ]


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_best_of_up_to_six_coaches_is_the_best_of_all_that_can_be_tried(
    base: ConsistProblem, data: st.DataObject
) -> None:
    agrees(data.draw(problems(base, 6)))


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_best_of_up_to_eight_coaches_is_the_best_of_all_that_can_be_tried(
    base: ConsistProblem, data: st.DataObject
) -> None:
    agrees(data.draw(problems(base, 8)))
