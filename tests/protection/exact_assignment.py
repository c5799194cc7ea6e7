"""The assignment of tasks as a constraint programme, written apart from the one that is tested."""

from __future__ import annotations

from typing import Any

from ortools.sat.python import cp_model

from retinue.protection.assignment import Problem

STEP = 60
MOST = 30


def best(problem: Problem) -> tuple[int, int, int, int]:
    """Return (covered, steps to spare, teams, travel), each the best given those before it."""
    fixed: dict[str, int] = {}
    for name in ("covered", "spare", "teams", "travel"):
        model, values = _model(problem)
        for other, value in fixed.items():
            model.add(values[other] == value)
        (model.maximize if name in ("covered", "spare") else model.minimize)(values[name])
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 2
        status = solver.solve(model)
        assert status == cp_model.OPTIMAL, solver.status_name(status)
        fixed[name] = round(solver.objective_value)
    return fixed["covered"], fixed["spare"], fixed["teams"], fixed["travel"]


def _model(problem: Problem) -> tuple[cp_model.CpModel, dict[str, Any]]:
    model = cp_model.CpModel()
    crews, visits = range(len(problem.crews)), range(len(problem.visits))
    shift = len(problem.crews)
    starts = [
        model.new_int_var(v.open_s, max(v.close_s, v.open_s), f"start{i}")
        for i, v in enumerate(problem.visits)
    ]
    done = [model.new_bool_var(f"done{i}") for i in visits]
    spare = model.new_int_var(0, MOST, "spare")
    ends = []
    for i, visit in enumerate(problem.visits):
        end = model.new_int_var(-(10**7), 10**7, f"end{i}")
        if visit.held_until_s is None:
            model.add(end == starts[i] + visit.work_s)
        else:
            model.add_max_equality(end, [starts[i] + visit.work_s, visit.held_until_s])
        ends.append(end)
        model.add(starts[i] + STEP * spare <= visit.close_s).only_enforce_if(done[i])
    used, travel = [], []
    by = [[model.new_bool_var(f"by{c},{i}") for i in visits] for c in crews]
    for i in visits:
        model.add(sum(by[c][i] for c in crews) == done[i])
    for c in crews:
        crew = problem.crews[c]
        out = model.new_bool_var(f"out{c}")
        used.append(out)
        leave = model.new_int_var(crew.open_s, crew.close_s, f"leave{c}")
        arcs = [(0, 0, ~out)]
        for i in visits:
            if not problem.able[c, i]:
                model.add(by[c][i] == 0)
            arcs.append((i + 1, i + 1, ~by[c][i]))
            first, last = model.new_bool_var(f"f{c},{i}"), model.new_bool_var(f"l{c},{i}")
            arcs += [(0, i + 1, first), (i + 1, 0, last)]
            there = int(problem.travel_s[c, shift + i])
            home = int(problem.travel_s[shift + i, c])
            model.add(leave + there <= starts[i]).only_enforce_if(first)
            model.add(ends[i] + home <= crew.close_s).only_enforce_if(last)
            model.add(ends[i] + home - leave <= crew.longest_s).only_enforce_if(last)
            travel += [there * first, home * last]
            for j in visits:
                if i != j:
                    arc = model.new_bool_var(f"a{c},{i},{j}")
                    arcs.append((i + 1, j + 1, arc))
                    between = int(problem.travel_s[shift + i, shift + j])
                    model.add(ends[i] + between <= starts[j]).only_enforce_if(arc)
                    travel.append(between * arc)
        model.add_circuit(arcs)
        load = sum(problem.visits[i].load_m * by[c][i] for i in visits)
        model.add(load <= crew.walks_m)
        model.add(sum(by[c]) >= 1).only_enforce_if(out)
        model.add(sum(by[c]) == 0).only_enforce_if(~out)
    return model, {
        "covered": sum(done), "spare": spare, "teams": sum(used), "travel": sum(travel),
    }  # fmt: skip
