"""Formation orders for tests, and a search that tries every train there is."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from retinue.document import parse_yaml
from retinue.rail.consist_order import ConsistOrder, order_from_node
from retinue.rail.consist_problem import CoachKind, ConsistProblem, Haulage, problem_of
from retinue.rail.consist_rules import ConsistRules, OrderRule, shipped_rules

SPECIAL = """
retinue formation: 1
title: Special train
gauge: 1435 mm
locomotives: [{vehicle: red-flag-1, up to: 3}]
coaches:
  - {vehicle: kp-armoured-coach, role: saloon, label: Saloon, principal: true, exactly: 1}
  - {vehicle: kp-armoured-coach, role: sleeping, label: Bedroom, principal: true, exactly: 1}
  - {vehicle: kp-coach, role: guards, label: Guards, up to: 6}
  - {vehicle: kp-coach, role: sleeping, label: Officials, up to: 5}
  - {vehicle: kp-coach, role: staff, label: Staff, up to: 4}
  - {vehicle: kp-coach, role: communications, label: Communications, exactly: 1}
  - {vehicle: kp-coach, role: dining, label: Dining, up to: 2}
  - {vehicle: kp-coach, role: kitchen, label: Kitchen, up to: 2}
  - {vehicle: kp-coach, role: supplies, label: Supplies, up to: 2}
  - {vehicle: kp-generator, label: Generator, up to: 2}
  - {vehicle: kp-car-transporter, label: Cars, up to: 2}
party: {principal: 1, officials: 10, guards: 20, staff: 10}
cars: 2
stores: 20 m^3
line: {speed: 60 km/h, ruling gradient: 12 permil, axle load: 21 t, power: [3kv-dc]}
source: made for the test
confidence: assumed
"""

Order = tuple[tuple[CoachKind, bool], ...]


def order_of(text: str = SPECIAL, **changes: Any) -> ConsistOrder:
    """Return an order, with keys of its file replaced."""
    order = order_from_node(parse_yaml(text, "order.yaml"), "order")
    if not changes:
        return order
    return replace(order, asked=order.asked.model_copy(update=changes))


def problem(text: str = SPECIAL, **changes: Any) -> ConsistProblem:
    """Return the figures of an order."""
    return problem_of(order_of(text, **changes))


def rules(**changes: Any) -> ConsistRules:
    """Return the shipped rules with values replaced."""
    return shipped_rules().model_copy(update=changes)


def every_train(p: ConsistProblem) -> Iterator[tuple[Order, Haulage]]:
    """Yield every train there is whose numbers keep the rules, in every order there is."""
    counts = itertools.product(*(range(kind.least, kind.most + 1) for kind in p.kinds))
    for numbers in counts:
        kinds = [p.kinds[k] for k, number in enumerate(numbers) for _ in range(number)]
        hauled = [h for h in p.haulages if kinds and _numbers_keep(p, kinds, h)]
        if not hauled:
            continue
        for sequence in _orders(numbers):
            ways = [(False, True) if p.kinds[k].turnable else (False,) for k in sequence]
            for turns in itertools.product(*ways):
                order = tuple((p.kinds[k], t) for k, t in zip(sequence, turns, strict=True))
                for haulage in hauled:
                    yield order, haulage


def _orders(numbers: Sequence[int]) -> Iterator[tuple[int, ...]]:
    if not any(numbers):
        yield ()
    for kind, number in enumerate(numbers):
        if number:
            rest = [*numbers[:kind], number - 1, *numbers[kind + 1 :]]
            for behind in _orders(rest):
                yield (kind, *behind)


def best_by_trying(p: ConsistProblem) -> tuple[tuple[int, ...], Order, Haulage] | None:
    """Return (worth, order, haulage) of the best train that keeps all rules, or None."""
    best = None
    for order, haulage in every_train(p):
        if not keeps(p, order, haulage):
            continue
        key = (
            worth(p, order, haulage),
            haulage.index,
            tuple((kind.index, turned) for kind, turned in order),
        )
        if best is None or key < best[0]:
            best = (key, order, haulage)
    return None if best is None else (best[0][0], best[1], best[2])


def keeps(p: ConsistProblem, order: Order, haulage: Haulage) -> bool:
    """Whether a train of fitting numbers keeps every rule of order."""
    kinds = [kind for kind, _ in order]
    return (
        haulage.couples[kinds[0].index]
        and all(p.couples[a.index][b.index] for a, b in itertools.pairwise(kinds))
        and all(_rule(p, order, rule) for rule in p.rules.order)
        and all(_mark(p, order, haulage, index) for index in range(len(p.marks)))
    )


def _numbers_keep(p: ConsistProblem, kinds: Sequence[CoachKind], haulage: Haulage) -> bool:
    """Whether coaches keep every rule that knows no order."""
    if any(kind.unfit for kind in kinds) or haulage.unfit:
        return False
    total = {
        name: sum(getattr(kind, name) for kind in kinds)
        for name in (
            "length_mm", "mass_kg", "braked_kg", "starting_n", "holding_n", "dining_seats",
            "covers", "stores_l", "cars", "generates_w",
        )
    }  # fmt: skip
    mass = total["mass_kg"] + haulage.mass_kg
    fed = sum(kind.drawn_w for kind in kinds if haulage.feeds[kind.index])
    alone = sum(kind.drawn_w for kind in kinds) - fed
    has_generator = any(kind.role == "generator" for kind in kinds)
    sums = (
        p.sittings * total["dining_seats"] >= p.diners
        and total["covers"] >= p.diners
        and total["stores_l"] >= p.stores_l
        and total["cars"] >= p.cars
        and (p.loop_mm is None or total["length_mm"] + haulage.length_mm <= p.loop_mm)
        and (p.platform_mm is None or total["length_mm"] <= p.platform_mm)
        and 1000 * (total["braked_kg"] + haulage.braked_kg) >= p.brake_permille * mass
        and (
            not p.pulled
            or (total["starting_n"] <= haulage.starts_n and total["holding_n"] <= haulage.holds_n)
        )
        and alone <= total["generates_w"]
        and alone + fed <= total["generates_w"] + haulage.supply_w
    )
    vehicles = all(haulage.brakes[kind.index] for kind in kinds) and all(
        haulage.heats[k.index] or (has_generator and haulage.warms[k.index]) for k in kinds
    )
    return (
        sums
        and vehicles
        and _housed(p, kinds)
        and all(sum(k.tag in n.who for k in kinds) >= n.at_least for n in p.rules.needs)
    )


def _housed(p: ConsistProblem, kinds: Sequence[CoachKind]) -> bool:
    """Fill berths greedily with backtracking: people of one class are alike."""
    people = {name: count for name, count in p.people if count}
    stock: dict[tuple[str, ...], int] = {}
    for kind in kinds:
        served = tuple(name for name in kind.sleeps if name in people)
        stock[served] = stock.get(served, 0) + kind.places

    def fill(names: list[str], left: dict[tuple[str, ...], int], need: int) -> bool:
        if not names:
            return True
        if need == 0:
            return fill(names[1:], left, people[names[1]] if len(names) > 1 else 0)
        usable = [served for served in left if names[0] in served and left[served]]
        for served in usable:
            # Taking all that is possible of one kind, or leaving it to the others, is enough to
            # try in every order of kinds.
            taken = min(left[served], need)
            if fill(names, {**left, served: left[served] - taken}, need - taken):
                return True
        return False

    names = list(people)
    return not names or fill(names, stock, people[names[0]])


def _rule(p: ConsistProblem, order: Order, rule: OrderRule) -> bool:
    tags = [kind.tag for kind, _ in order]
    padded = [None, *tags, None]
    is_who = [tag in rule.who for tag in tags]
    is_by = [tag in rule.by for tag in tags]
    pairs = [(i, j) for i, a in enumerate(is_who) if a for j, b in enumerate(is_by) if b and i != j]
    count = len(tags)
    if rule.kind == "next to":
        return all(
            padded[i] in rule.by or padded[i + 2] in rule.by for i, w in enumerate(is_who) if w
        )
    if rule.kind == "within":
        return all(
            any(abs(i - j) <= rule.places for x, j in pairs if x == i)
            for i, w in enumerate(is_who)
            if w
        )
    if rule.kind == "apart":
        return all(abs(i - j) - 1 >= rule.coaches for i, j in pairs)
    if rule.kind == "together":
        return sum(a and not b for a, b in zip(is_who, [False, *is_who], strict=False)) <= 1
    if rule.kind == "flanked":
        ok = (*rule.who, *rule.by)
        return all(padded[i] in ok and padded[i + 2] in ok for i, w in enumerate(is_who) if w)
    if rule.kind == "not at ends":
        return not any(is_who[: rule.coaches]) and not any(is_who[max(0, count - rule.coaches) :])
    if rule.kind == "before":
        return all(i < j for i, j in pairs)
    if rule.kind == "no passage":
        good = [tag in rule.who or tag in rule.by for tag in tags]
        return all(all(good[:i]) or all(good[i:]) for i, w in enumerate(is_who) if w)
    if rule.kind == "outposts":
        inner = [tag for tag in tags if tag not in rule.beyond]
        return not inner or (inner[0] in rule.who and inner[-1] in rule.who)
    assert rule.kind == "at end"
    end = rule.end
    if end == "tail on arrival":
        end = "head" if p.arrives_reversed else "tail"

    def ramps(part: Order, outward: str) -> bool:
        seen = [
            {"front": "rear", "rear": "front"}.get(k.ramp, k.ramp) if turned else k.ramp
            for k, turned in part
        ]
        return rule.ramp == "any" or all(r in (outward, "both") for r in seen)

    for i, w in enumerate(is_who):
        if not w:
            continue
        head = all(is_who[: i + 1]) and ramps(order[: i + 1], "front")
        tail = all(is_who[i:]) and ramps(order[i:], "rear")
        if not ((head and end != "tail") or (tail and end != "head")):
            return False
    return True


def _mark(p: ConsistProblem, order: Order, haulage: Haulage, index: int) -> bool:
    mark = p.marks[index]
    standing = [(k, t != mark.reversed) for k, t in order]
    if mark.reversed:
        standing.reverse()
    at = haulage.length_mm if mark.locomotives_mm is None else mark.locomotives_mm
    for kind, turned in standing:
        doors = kind.doors
        if turned:
            doors = {"left": "right", "right": "left"}.get(doors, doors)
        fits = doors == "both" or (doors != "none" and mark.side in ("either", doors))
        for door in (at + p.door_offset_mm, at + kind.length_mm - p.door_offset_mm):
            if kind.tag == "principal" and fits and abs(door - mark.mark_mm) <= mark.within_mm:
                return True
        at += kind.length_mm
    return False


def worth(p: ConsistProblem, order: Order, haulage: Haulage) -> tuple[int, ...]:
    """Return coaches, mass, distance and balance of a train."""
    tags = [kind.tag for kind, _ in order]
    count = len(tags)
    tiers = {"distance": 0, "balance": 0}
    for wish in p.rules.preferences:
        cost = 0
        for i in (i for i, tag in enumerate(tags) if tag in wish.who):
            gaps = [abs(i - j) - 1 for j, tag in enumerate(tags) if tag in wish.by and i != j]
            if wish.kind == "near":
                cost += min(gaps, default=count - 1)
            elif wish.kind == "far":
                cost += max(0, wish.coaches - min(gaps, default=wish.coaches))
            elif wish.kind == "middle":
                cost += abs(i - (count - 1 - i))
            else:
                cost += tags[count - 1 - i] not in wish.who
        tiers[wish.tier] += wish.weight * cost
    mass = haulage.mass_kg + sum(kind.mass_kg for kind, _ in order)
    return count, mass, tiers["distance"], tiers["balance"]
