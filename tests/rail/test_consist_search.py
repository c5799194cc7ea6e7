"""The best formation equals the best of all there are, on orders small enough to try them all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from retinue.checks.consist import consist_faults
from retinue.errors import NoPlan
from retinue.rail.consist_problem import CoachKind, ConsistProblem, Mark
from retinue.rail.consist_reasons import contradictions, rule_costs, rules_in_force
from retinue.rail.consist_rules import Need, OrderRule, Preference
from retinue.rail.consist_search import choose, solve
from retinue.rail.consist_train import formation_of, record_of, train_text
from tests.rail.consists import SPECIAL, best_by_trying, order_of, problem, rules

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


def test_the_special_train_is_proven_the_best_and_passes_the_independent_checker() -> None:
    special = problem()
    chosen = choose(special)
    assert chosen.proven
    assert consist_faults(record_of(special, chosen)) == []


def test_the_same_order_gives_the_same_train_whatever_the_number_of_workers() -> None:
    special = problem()
    assert choose(special) == choose(special, workers=2)


def test_after_an_odd_number_of_reversals_the_transporter_leads_ramp_to_the_front() -> None:
    # Formation.reversed turns the coaches round: what leads at departure ends up at the tail.
    order = order_of(reversals=1)
    train = formation_of(order, choose(problem(reversals=1)))
    last = train.reversed().coaches[-1]
    assert (last.role_name, last.ramp) == ("car-transporter", "rear")


def test_the_train_file_gives_the_mass_and_length_that_were_proven() -> None:
    special = problem()
    chosen = choose(special)
    train = formation_of(order_of(), chosen)
    assert train.mass_kg == chosen.worth[1]
    assert len(train.coaches) == chosen.worth[0]
    assert round(train.length_m * 1000) == round(record_of(special, chosen).length_m * 1000)
    assert "retinue train: 1" in train_text(order_of(), chosen)


@pytest.mark.parametrize(
    ("order", "broken"),
    [
        # Saloon next to the locomotive.
        (
            "Saloon Bedroom Guards Communications Dining Kitchen Supplies Guards Officials"
            " Guards Cars",
            "principal-not-at-ends",
        ),
        (
            "Guards Communications Officials Guards Saloon Bedroom Dining Kitchen Supplies Guards"
            " Cars",
            "guards-either-side",
        ),
        (
            "Guards Communications Officials Guards Saloon Bedroom Guards Dining Supplies Kitchen"
            " Guards Cars",
            "kitchen-next-to-dining",
        ),
        (
            "Guards Cars Communications Officials Guards Saloon Bedroom Guards Dining Kitchen"
            " Supplies Guards",
            "transporter-at-the-end",
        ),
    ],
)
def test_an_impossible_order_is_refused_with_the_rule_that_broke(order: str, broken: str) -> None:
    asked = problem(order=tuple(order.split()))
    found = contradictions(asked)
    assert {"order-asked", broken} in [set(core) for core in found]
    with pytest.raises(NoPlan) as refused:
        choose(asked)
    assert any(broken in reason.where and reason.cure for reason in refused.value.reasons)


def test_a_contradiction_needs_every_one_of_its_rules() -> None:
    asked = problem(line=order_of().asked.line.model_copy(update={"platform": 200.0}))
    core = contradictions(asked, most=1)[0]
    assert "platform-length" in core
    assert solve(asked) is None
    # A minimal unsatisfiable set: by themselves its rules leave no train, any of them fewer do.
    others = set(rules_in_force(asked)) - set(core)
    assert solve(asked, dropped=others) is None
    for rule in core:
        assert solve(asked, dropped={*others, rule}, tie_break=False) is not None


def test_too_many_people_are_refused_by_the_places_they_lack() -> None:
    crowd = order_of().party.model_copy(update={"guards": 500})
    found = contradictions(problem(party=crowd))
    assert ("places-guards",) in found


def test_armour_too_heavy_for_the_line_is_named() -> None:
    line = order_of().asked.line.model_copy(update={"axle_load": 12_000.0})
    with pytest.raises(NoPlan, match="t an axle"):
        choose(problem(line=line))


def test_a_door_of_the_principal_comes_to_stand_at_the_mark() -> None:
    stop = {"at": "Khasan", "mark": "150 m", "within": "3 m", "side": "left"}
    text = SPECIAL.replace("cars: 2", f"cars: 2\nstops: [{stop}]".replace("'", ""))
    asked = problem(text)
    record = record_of(asked, choose(asked))
    assert consist_faults(record) == []
    moved = record.marks[0].model_copy(update={"mark_mm": 20_000})
    assert consist_faults(record.model_copy(update={"marks": (moved,)}))


def test_a_rule_that_binds_costs_and_one_that_does_not_costs_nothing() -> None:
    special = problem()
    chosen = choose(special)
    asked = ("cars", "power", "principal-together", "stores", "guards-either-side", "axle-load")
    costs = {cost.rule: cost for cost in rule_costs(special, chosen, asked)}
    assert costs["cars"].saved == "1 coach"
    for cost in costs.values():
        # Without a rule the best is never worse: relaxation.
        assert cost.without is None or cost.without <= chosen.worth
