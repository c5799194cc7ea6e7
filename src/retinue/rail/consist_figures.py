"""Rules on figures: places, meals, stores, power, cars, lengths, brakes, effort, marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retinue.rail.consist_model import ConsistModel
    from retinue.rail.consist_problem import Mark

__all__ = ["add_figures"]


def add_figures(m: ConsistModel) -> None:
    """Add every rule that is a sum or a pairing of vehicles to a model."""
    problem = m.problem
    _available(m)
    _people(m)

    def total(name: str) -> Any:
        return sum(getattr(k, name) * n for k, n in zip(problem.kinds, m.number, strict=True))

    if problem.diners:
        m.require("dining-seats", problem.sittings * total("dining_seats") >= problem.diners)
        m.require("kitchen-covers", total("covers") >= problem.diners)
    if problem.stores_l:
        m.require("stores", total("stores_l") >= problem.stores_l)
    if problem.cars:
        m.require("cars", total("cars") >= problem.cars)
    hauled = {
        name: sum(getattr(h, name) * z for h, z in zip(problem.haulages, m.hauled, strict=True))
        for name in ("length_mm", "mass_kg", "braked_kg", "starts_n", "holds_n")
    }
    m.length_mm = total("length_mm")
    m.haulage_mm = hauled["length_mm"]
    m.mass_kg = total("mass_kg") + hauled["mass_kg"]
    if problem.loop_mm is not None:
        m.require("loop-length", m.length_mm + m.haulage_mm <= problem.loop_mm)
    if problem.platform_mm is not None:
        m.require("platform-length", m.length_mm <= problem.platform_mm)
    if problem.brake_permille:
        braked = total("braked_kg") + hauled["braked_kg"]
        m.require("brake-percentage", 1000 * braked >= problem.brake_permille * m.mass_kg)
    if problem.pulled:
        m.require("effort", total("starting_n") <= hauled["starts_n"])
        m.require("effort", total("holding_n") <= hauled["holds_n"])
    _haulages(m)
    if not m.placed:
        return
    _couplers(m)
    for mark in problem.marks:
        _mark(m, mark)
    if problem.order is not None and "order-asked" not in m.dropped:
        if len(problem.order) > m.places or (m.fixed and len(problem.order) != m.places):
            m.require("order-asked", False)
        else:
            m.require("order-asked", m.coaches == len(problem.order))
            for place, kinds in enumerate(problem.order):
                m.require("order-asked", m.at(place, kinds) >= 1)


def _available(m: ConsistModel) -> None:
    for kind, number in zip(m.problem.kinds, m.number, strict=True):
        if kind.least:
            m.require("coaches-asked", number >= kind.least)
        for rule, _ in kind.unfit:
            m.require(rule, number <= 0)


def _people(m: ConsistModel) -> None:
    kinds = m.problem.kinds
    given: dict[tuple[int, str], Any] = {}
    for kind, number in zip(kinds, m.number, strict=True):
        if not kind.sleeps or not kind.places:
            continue
        for name, people in m.problem.people:
            if name in kind.sleeps and people:
                given[kind.index, name] = m.model.new_int_var(0, people, "")
        mine = [v for (index, _), v in given.items() if index == kind.index]
        if mine:
            m.model.add(sum(mine) <= kind.places * number)
    for name, people in m.problem.people:
        if people:
            housed = sum((v for (_, who), v in given.items() if who == name), 0)
            m.require(f"places-{name}", housed >= people)


def _haulages(m: ConsistModel) -> None:
    problem = m.problem
    generators = [k.index for k in problem.kinds if k.tag == "generator" or k.role == "generator"]
    generated = sum(problem.kinds[k].generates_w * m.number[k] for k in range(len(problem.kinds)))
    for haulage, chosen in zip(problem.haulages, m.hauled, strict=True):
        for rule, _ in haulage.unfit:
            m.require(rule, chosen <= 0)
        drawn = sum(
            kind.drawn_w * m.number[kind.index]
            for kind in problem.kinds
            if not haulage.feeds[kind.index]
        )
        fed = sum(
            kind.drawn_w * m.number[kind.index]
            for kind in problem.kinds
            if haulage.feeds[kind.index]
        )
        m.require("power", drawn <= generated, chosen)
        m.require("power", drawn + fed <= generated + haulage.supply_w, chosen)
        for kind in problem.kinds:
            number = m.number[kind.index]
            if not haulage.couples[kind.index] and m.placed:
                m.require("couplers", m.at(0, [kind.index]) <= 0, chosen)
            if not haulage.brakes[kind.index]:
                m.require("brake-systems", number <= 0, chosen)
            if not haulage.heats[kind.index]:
                # One generator coach warms all that can be fed by one.
                source = m.total(generators) if haulage.warms[kind.index] else 0
                m.require("heating", number <= kind.most * source, chosen)


def _couplers(m: ConsistModel) -> None:
    for one, row in enumerate(m.problem.couples):
        for two, fits in enumerate(row):
            if not fits:
                for p in range(m.places - 1):
                    m.require("couplers", m.at(p, [one]) + m.at(p + 1, [two]) <= 1)


def _mark(m: ConsistModel, mark: Mark) -> None:
    """One door of the principal's, on the platform's side, stands within reach of the mark."""
    problem = m.problem
    rule = f"mark-{mark.at}"
    if rule in m.dropped:
        return
    lengths = [
        sum(option.kind.length_mm * var for option, var in zip(m.options, m.stand[p], strict=True))
        for p in range(m.places)
    ]
    head = m.haulage_mm if mark.locomotives_mm is None else mark.locomotives_mm
    doors = []
    for p in range(m.places):
        good = [
            m.stand[p][o]
            for o, option in enumerate(m.options)
            if option.kind.tag == "principal"
            and _opens(option.kind.placed_doors(option.turned), mark)
        ]
        if not good:
            continue
        ahead = lengths[p + 1 :] if mark.reversed else lengths[:p]
        begin = head + sum(ahead)
        for where in (begin + problem.door_offset_mm, begin + lengths[p] - problem.door_offset_mm):
            door = m.model.new_bool_var("")
            m.model.add(door <= sum(good))
            m.require(rule, where >= mark.mark_mm - mark.within_mm, door)
            m.require(rule, where <= mark.mark_mm + mark.within_mm, door)
            doors.append(door)
    m.require(rule, sum(doors, 0) >= 1)


def _opens(doors: str, mark: Mark) -> bool:
    if doors == "none" or mark.side == "either":
        return doors != "none"
    # After a reversal left is right.
    side = {"left": "right", "right": "left"}[mark.side] if mark.reversed else mark.side
    return doors in ("both", side)
