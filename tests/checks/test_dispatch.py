"""The verifier must accept what the benchmark's authors accept, and name every rule that is broken.

Outside authorities: the published solutions of DISPLIB's test instances; the specification of
2025-09-17, section 1.1, written out word for word in `dispatch_reference`; thousands of solutions
spoilt in a way that is known beforehand (`dispatch_mutants`).
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.checks.dispatch_mutants import MAKERS, Sound
from tests.checks.dispatch_reference import broken_rules, forbidden_pairs, objective, release_times

from retinue.checks.dispatch import KINDS, verify, verify_documents
from retinue.errors import InputError

Document = dict[str, Any]

PUBLISHED = ("headway1", "swapping1", "swapping2")
#: Which kinds say that a bullet point of the specification is broken.
BULLETS = {
    "chronology": {"time-order"},
    "negative": {"negative-time"},
    "path": {"missing-train", "repeated-operation", "wrong-entry", "broken-path", "unfinished"},
    "bounds": {"early-start", "late-start"},
    "duration": {"short-duration"},
    "resources": {
        "resource-conflict", "instant-order", "swap", "held-at-exit", "release-time",
    },
}  # fmt: skip


def load(path: Path) -> Document:
    found: Document = json.loads(path.read_text())
    return found


def published(shared: Path, name: str) -> tuple[Path, Path]:
    folder = shared / "data" / "displib"
    return (
        folder / "displib_instances_testing" / f"displib_testinstances_{name}.json",
        folder / "displib_solution_testing" / f"displib_solution_testinstances_{name}.json",
    )


def events_of(*rows: tuple[int, int, int]) -> list[Document]:
    return [{"time": time, "train": train, "operation": op} for time, train, op in rows]


@pytest.fixture(scope="session")
def sound_solutions(shared: Path, displib: Path) -> list[tuple[Document, list[Document]]]:
    """Return published solutions, and our own of some real instances, all of them sound."""
    from retinue.traffic.dispatch.dispatcher import solve
    from retinue.traffic.dispatch.problem import Problem

    folder = shared / "data" / "displib"
    found = [(load(folder / "example_problem.json"), load(folder / "example_solution.json"))]
    found += [(load(a), load(b)) for a, b in (published(shared, name) for name in PUBLISHED)]
    for name in ("nor1_critical_1", "nor1_critical_5", "swi_1"):
        document = load(displib / f"{name}.json")
        problem = Problem.from_json(document)
        solution = solve(problem, iterations=20, workers=1).solution
        assert solution is not None
        found.append((document, solution.as_json(problem)))
    return [(document, solution["events"]) for document, solution in found]


def test_published_solutions_are_feasible_with_their_value(shared: Path) -> None:
    values = {"headway1": 34, "swapping1": 30, "swapping2": 15}  # as published
    for name in PUBLISHED:
        found = verify(*published(shared, name))
        assert found.feasible, found.faults
        assert found.objective == found.claimed == values[name]
    example = shared / "data" / "displib"
    found = verify(example / "example_problem.json", example / "example_solution.json")
    assert found.feasible
    assert found.objective == 10


def test_the_order_of_the_list_counts_at_one_instant(shared: Path) -> None:
    # Specification, end of section 1.3: "if we switch the ordering of the two events at time 5,
    # the result is not a feasible solution".
    folder = shared / "data" / "displib"
    solution = load(folder / "example_solution.json")
    events = solution["events"]
    events[2], events[3] = events[3], events[2]
    found = verify_documents(load(folder / "example_problem.json"), solution)
    assert [fault.kind for fault in found.faults] == ["instant-order"]
    fault = found.faults[0]
    assert (fault.train, fault.operation, fault.time, fault.resource) == (1, 1, 5, "l")


@pytest.mark.parametrize("maker", sorted(MAKERS))
def test_a_spoilt_solution_is_caught_by_name(
    maker: str, sound_solutions: list[tuple[Document, list[Document]]]
) -> None:
    made = 0
    for number, (problem, events) in enumerate(sound_solutions):
        small = len(events) < 50
        for seed in range(60 if small else 20):
            rng = np.random.default_rng([number, seed])
            mutant = MAKERS[maker](Sound(problem, events, rng))
            if mutant is None:
                continue
            made += 1
            found = verify_documents(problem, {"objective_value": 0, "events": mutant.events})
            named = {
                fault.kind for fault in found.faults
                if mutant.train is None or fault.train == mutant.train
            }  # fmt: skip
            assert named & mutant.kinds, (maker, number, seed, found.faults[:5])
            assert not found.feasible
    assert made >= 20


def small_problem(draw: st.DrawFn) -> Document:
    trains = []
    for _ in range(draw(st.integers(1, 3))):
        count = draw(st.integers(1, 4))
        train = []
        for row in range(count):
            operation: Document = {"min_duration": draw(st.integers(0, 2))}
            operation["resources"] = [
                {"resource": name, "release_time": draw(st.integers(0, 2))}
                for name in draw(st.lists(st.sampled_from("ab"), max_size=2))
            ]
            if draw(st.integers(0, 3)) == 0:
                operation["start_lb"] = draw(st.integers(0, 3))
            if draw(st.integers(0, 3)) == 0:
                operation["start_ub"] = draw(st.integers(1, 6))
            nearest = [row + 1] if row + 1 < count else []
            more = [row + 2] if row + 2 < count and draw(st.booleans()) else []
            operation["successors"] = nearest + more
            train.append(operation)
        trains.append(train)
    parts = [
        {
            "type": "op_delay", "train": t, "operation": draw(st.integers(0, len(train) - 1)),
            "threshold": draw(st.integers(0, 3)), "coeff": draw(st.integers(0, 2)),
            "increment": draw(st.integers(0, 2)),
        }
        for t, train in enumerate(trains)
    ]  # fmt: skip
    return {"trains": trains, "objective": parts}


@st.composite
def problems_with_events(draw: st.DrawFn) -> tuple[Document, list[Document]]:
    """Draw a small problem and events that often keep most rules."""
    problem = small_problem(draw)
    queues = []
    for t, train in enumerate(problem["trains"]):
        row, path = 0, [0]
        while train[row]["successors"]:
            row = draw(st.sampled_from(train[row]["successors"]))
            path.append(row)
        queues.append([(t, op) for op in path])
    events, time = [], 0
    ready = dict.fromkeys(range(len(queues)), 0)
    while any(queues):
        t = draw(st.sampled_from([i for i, queue in enumerate(queues) if queue]))
        _, op = queues[t].pop(0)
        if draw(st.integers(0, 3)):
            time = max(time, ready[t])
        time = max(0, time + draw(st.sampled_from([0, 0, 0, 0, 1, 2, -1])))
        ready[t] = time + problem["trains"][t][op]["min_duration"]
        events.append({"time": time, "train": t, "operation": op})
    if draw(st.integers(0, 5)) == 0:
        del events[draw(st.integers(0, len(events) - 1))]
    return problem, events


@settings(max_examples=400)
@given(problems_with_events())
def test_the_verifier_agrees_with_the_specification_word_for_word(
    case: tuple[Document, list[Document]],
) -> None:
    problem, events = case
    value = objective(problem, events)
    found = verify_documents(problem, {"objective_value": value, "events": events})
    assert found.objective == value
    broken = broken_rules(problem, events)
    kinds = {fault.kind for fault in found.faults}
    assert kinds <= set().union(*BULLETS.values())
    assert broken == {bullet for bullet, names in BULLETS.items() if names & kinds}


def test_a_ring_of_trains_that_exchange_tracks_at_one_instant_is_a_swap() -> None:
    # By construction: train i goes from track i to track i + 1, all at time 5, in any order.
    rng = np.random.default_rng(7)
    for _ in range(200):
        size = int(rng.integers(2, 6))
        trains = [
            [
                {"min_duration": 5, "resources": [{"resource": f"t{i}"}], "successors": [1]},
                {"min_duration": 5, "resources": [{"resource": f"t{(i + 1) % size}"}],
                 "successors": [2]},
                {"min_duration": 0, "successors": []},
            ]
            for i in range(size)
        ]  # fmt: skip
        events = events_of(
            *((5 * op, int(t), op) for op in range(3) for t in rng.permutation(size))
        )
        found = verify_documents(
            {"trains": trains, "objective": []}, {"objective_value": 0, "events": events}
        )
        assert found.as_dict()["kinds"].keys() == {"swap"}
        assert all(fault.time == 5 for fault in found.faults)


def test_a_train_may_follow_another_at_the_instant_it_leaves() -> None:
    # The same chain, not closed to a ring: allowed from the front to the back only.
    trains = [
        [
            {"min_duration": 5, "resources": [{"resource": f"t{i}"}], "successors": [1]},
            {"min_duration": 5, "resources": [{"resource": f"t{i + 1}"}], "successors": [2]},
            {"min_duration": 0, "successors": []},
        ]
        for i in range(3)
    ]
    problem = {"trains": trains, "objective": []}
    for order, kinds in (((2, 1, 0), set[str]()), ((0, 1, 2), {"instant-order"})):
        events = events_of(*((5 * op, t, op) for op in range(3) for t in order))
        found = verify_documents(problem, {"objective_value": 0, "events": events})
        assert found.as_dict()["kinds"].keys() == kinds


def test_a_train_does_not_wait_for_its_own_release_time() -> None:
    use = [{"resource": "r", "release_time": 9}]
    train = [
        {"min_duration": 5, "resources": use, "successors": [1]},
        {"min_duration": 5, "resources": [{"resource": "r"}], "successors": [2]},
        {"min_duration": 0, "successors": []},
    ]
    other = [
        {"min_duration": 1, "resources": [{"resource": "r"}], "successors": [1]},
        {"min_duration": 0, "successors": []},
    ]
    problem = {"trains": [train, other], "objective": []}
    both = {"resource-conflict", "release-time"}
    for start, kinds in ((14, set[str]()), (13, {"release-time"}), (9, both)):
        rows = sorted([(0, 0, 0), (5, 0, 1), (10, 0, 2), (start, 1, 0), (start + 1, 1, 1)])
        found = verify_documents(problem, {"objective_value": 0, "events": events_of(*rows)})
        assert found.as_dict()["kinds"].keys() == kinds


def test_an_exit_never_gives_up_what_it_holds() -> None:
    use = [{"resource": "buffer"}]
    train = [{"min_duration": 0, "resources": use, "successors": []}]
    found = verify_documents(
        {"trains": [train, train], "objective": []},
        {"objective_value": 0, "events": events_of((0, 0, 0), (50, 1, 0))},
    )
    assert [fault.kind for fault in found.faults] == ["held-at-exit"]


def test_a_step_is_paid_from_the_threshold_on() -> None:
    # H takes "the value 0 for negative arguments and 1 otherwise".
    train = [{"min_duration": 0, "successors": []}]
    part = {"type": "op_delay", "train": 0, "operation": 0, "threshold": 5,
            "coeff": 2, "increment": 10}  # fmt: skip
    for time, value in ((4, 0), (5, 10), (7, 14)):
        found = verify_documents(
            {"trains": [train], "objective": [part]},
            {"objective_value": value, "events": events_of((time, 0, 0))},
        )
        assert found.feasible
        wrong = verify_documents(
            {"trains": [train], "objective": [part]},
            {"objective_value": value + 1, "events": events_of((time, 0, 0))},
        )
        assert [fault.kind for fault in wrong.faults] == ["wrong-objective"]
        assert wrong.objective == value


def test_a_last_event_may_come_later_if_its_price_is_paid(
    sound_solutions: list[tuple[Document, list[Document]]],
) -> None:
    rng = np.random.default_rng(3)
    tried = 0
    for problem, events in sound_solutions:
        last = events[-1]
        if "start_ub" in problem["trains"][last["train"]][last["operation"]]:
            continue
        for later in rng.integers(1, 5000, size=20).tolist():
            tried += 1
            moved = [*events[:-1], last | {"time": last["time"] + later}]
            solution = {"objective_value": objective(problem, moved), "events": moved}
            assert verify_documents(problem, solution).feasible
    assert tried >= 60


def test_independent_events_of_one_instant_may_stand_in_any_order(
    sound_solutions: list[tuple[Document, list[Document]]],
) -> None:
    tried = 0
    for problem, events in sound_solutions:
        started: dict[int, Document] = {}
        for place in range(len(events) - 1):
            one, two = events[place], events[place + 1]
            touched = []
            for event in (one, two):
                train = problem["trains"][event["train"]]
                names = set(release_times(train[event["operation"]]))
                if event["train"] in started:
                    names |= set(release_times(train[started[event["train"]]["operation"]]))
                touched.append(names)
            started[one["train"]] = one
            same = one["time"] == two["time"] and one["train"] != two["train"]
            if same and not touched[0] & touched[1] and tried < 300:
                tried += 1
                swapped = [*events[:place], two, one, *events[place + 2 :]]
                solution = {"objective_value": objective(problem, events), "events": swapped}
                assert verify_documents(problem, solution).feasible
    assert tried >= 10


def test_trains_may_be_numbered_otherwise(
    sound_solutions: list[tuple[Document, list[Document]]],
) -> None:
    rng = np.random.default_rng(5)
    for problem, events in sound_solutions:
        order = rng.permutation(len(problem["trains"])).tolist()
        number = {old: new for new, old in enumerate(order)}
        renumbered = {
            "trains": [problem["trains"][old] for old in order],
            "objective": [p | {"train": number[p["train"]]} for p in problem["objective"]],
        }
        moved = [event | {"train": number[event["train"]]} for event in events]
        solution = {"objective_value": objective(problem, events), "events": moved}
        assert verify_documents(renumbered, solution).feasible


SOUND_OPERATION = {"min_duration": 1, "successors": []}
SOUND_PROBLEM = {"trains": [[SOUND_OPERATION]], "objective": []}
SOUND_SOLUTION = {"objective_value": 0, "events": events_of((0, 0, 0))}


@pytest.mark.parametrize(
    ("problem", "place"),
    [
        (None, "document"),
        ([], "document"),
        ({"objective": []}, '"trains" is missing'),
        ({"trains": []}, '"objective" is missing'),
        ({"trains": {}, "objective": []}, "trains"),
        ({"trains": [{}], "objective": []}, "trains[0]"),
        ({"trains": [[]], "objective": []}, "trains[0]"),
        ({"trains": [[7]], "objective": []}, "trains[0][0]"),
        ({"trains": [[{"successors": []}]], "objective": []}, '"min_duration" is missing'),
        ({"trains": [[{"min_duration": 1}]], "objective": []}, '"successors" is missing'),
        ({"trains": [[SOUND_OPERATION | {"min_duration": -1}]], "objective": []}, "min_duration"),
        ({"trains": [[SOUND_OPERATION | {"min_duration": 0.5}]], "objective": []}, "min_duration"),
        ({"trains": [[SOUND_OPERATION | {"min_duration": True}]], "objective": []}, "min_duration"),
        ({"trains": [[SOUND_OPERATION | {"start_lb": "3"}]], "objective": []}, "start_lb"),
        ({"trains": [[SOUND_OPERATION | {"start_ub": float("nan")}]], "objective": []}, "start_ub"),
        ({"trains": [[SOUND_OPERATION | {"start_ub": float("inf")}]], "objective": []}, "start_ub"),
        ({"trains": [[SOUND_OPERATION | {"successors": [0]}]], "objective": []}, "successors[0]"),
        ({"trains": [[SOUND_OPERATION | {"successors": [1]}]], "objective": []}, "successors[0]"),
        ({"trains": [[SOUND_OPERATION, SOUND_OPERATION]], "objective": []}, "trains[0][0]"),
        ({"trains": [[SOUND_OPERATION | {"resources": [{}]}]], "objective": []}, "resources[0]"),
        ({"trains": [[SOUND_OPERATION | {"resources": [{"resource": 3}]}]], "objective": []},
         "resources[0]"),
        ({"trains": [[SOUND_OPERATION | {"resources": [{"resource": "r", "release_time": -1}]}]],
          "objective": []}, "release_time"),
        (SOUND_PROBLEM | {"objective": [5]}, "objective[0]"),
        (SOUND_PROBLEM | {"objective": [{"type": "x", "train": 0, "operation": 0}]}, "type"),
        (SOUND_PROBLEM | {"objective": [{"type": "op_delay", "train": 1, "operation": 0}]},
         "no train 1"),
        (SOUND_PROBLEM | {"objective": [{"type": "op_delay", "train": 0, "operation": 1}]},
         "no operation 1"),
    ],
)  # fmt: skip
def test_a_malformed_problem_is_named_with_its_place(problem: Any, place: str) -> None:
    found = verify_documents(problem, SOUND_SOLUTION)
    assert {fault.kind for fault in found.faults} == {"malformed-problem"}
    assert any(place in fault.words for fault in found.faults)


@pytest.mark.parametrize(
    ("solution", "place"),
    [
        (None, "document"),
        (3, "document"),
        ({"objective_value": 0}, '"events" is missing'),
        ({"events": []}, '"objective_value" is missing'),
        (SOUND_SOLUTION | {"objective_value": None}, "objective_value"),
        (SOUND_SOLUTION | {"objective_value": "0"}, "objective_value"),
        (SOUND_SOLUTION | {"objective_value": True}, "objective_value"),
        (SOUND_SOLUTION | {"events": {}}, "events"),
        (SOUND_SOLUTION | {"events": [4]}, "events[0]"),
        (SOUND_SOLUTION | {"events": [{"time": 0, "train": 0}]}, '"operation" is missing'),
        (SOUND_SOLUTION | {"events": [{"time": "0", "train": 0, "operation": 0}]},
         "events[0].time"),
        (SOUND_SOLUTION | {"events": [{"time": None, "train": 0, "operation": 0}]},
         "events[0].time"),
        (SOUND_SOLUTION | {"events": [{"time": 0, "train": False, "operation": 0}]},
         "events[0].train"),
    ],
)  # fmt: skip
def test_a_malformed_solution_is_named_with_its_place(solution: Any, place: str) -> None:
    found = verify_documents(SOUND_PROBLEM, solution)
    assert any(f.kind == "malformed-solution" and place in f.words for f in found.faults)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
    | st.sampled_from([10**400, -(10**400), 1e308, float("inf")]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["trains", "objective", "events", "time", "train", "operation",
                         "objective_value", "successors", "min_duration", "resources",
                         "resource", "type"]), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(json_values, json_values)
def test_nothing_makes_the_verifier_stumble(problem: Any, solution: Any) -> None:
    assert isinstance(verify_documents(problem, solution).feasible, bool)
    assert not verify_documents(SOUND_PROBLEM, solution).feasible or solution["events"]


def test_whole_numbers_may_be_written_with_a_point() -> None:
    solution = {"objective_value": 0.0, "events": [{"time": 2.0, "train": 0.0, "operation": 0}]}
    assert verify_documents(SOUND_PROBLEM, solution).feasible


def test_unreadable_files_are_no_faults_but_errors(tmp_path: Path) -> None:
    sound = tmp_path / "problem.json"
    sound.write_text(json.dumps(SOUND_PROBLEM))
    for name, content in (("empty", b""), ("cut", b'{"events": ['), ("bytes", b"\xff\xfe\x00")):
        path = tmp_path / f"{name}.json"
        path.write_bytes(content)
        with pytest.raises(InputError, match=name):
            verify(sound, path)
    with pytest.raises(InputError, match="absent"):
        verify(sound, tmp_path / "absent.json")


def test_spoilt_solutions_show_more_than_twelve_kinds(
    sound_solutions: list[tuple[Document, list[Document]]],
) -> None:
    counted: Counter[str] = Counter()
    for problem, events in sound_solutions[:4]:
        for seed in range(40):
            for maker in MAKERS.values():
                mutant = maker(Sound(problem, events, np.random.default_rng(seed)))
                if mutant is not None:
                    solution = {"objective_value": 0, "events": mutant.events}
                    counted.update(f.kind for f in verify_documents(problem, solution).faults)
    assert counted.keys() <= KINDS.keys()
    # Four more have tests of their own: both malformed files, the ring, the objective value.
    assert len(counted) > 12


def test_pairs_that_fight_are_all_reported() -> None:
    # Three trains on one track at once: the reference counts each pair.
    train = [
        {"min_duration": 5, "resources": [{"resource": "r"}], "successors": [1]},
        {"min_duration": 0, "successors": []},
    ]
    problem = {"trains": [train] * 3, "objective": []}
    events = events_of((0, 0, 0), (1, 1, 0), (2, 2, 0), (6, 0, 1), (7, 1, 1), (8, 2, 1))
    ends = {0: 3, 1: 4, 2: 5, 3: None, 4: None, 5: None}
    found = verify_documents(problem, {"objective_value": 0, "events": events})
    assert len(found.faults) == len(forbidden_pairs(problem, events, ends)) == 3
