"""Formations that were chosen: every rule, sum and length judged again from the plan's figures."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from retinue.checks.finding import Finding, all_legs
from retinue.counting import counted
from retinue.plan.consist import (
    ConsistCoach,
    ConsistLocomotive,
    ConsistMark,
    ConsistRecord,
    ConsistRule,
)

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan

__all__ = ["check_consists", "consist_faults"]

Coaches = Sequence[ConsistCoach]


def check_consists(plan: Plan) -> Finding:
    """Check every chosen formation of a plan, and that the leg's train is that formation."""
    faults: list[str] = []
    looked = coaches = 0
    for name, leg in all_legs(plan):
        held = leg.details.get("formation")
        if held is None:
            continue
        record = ConsistRecord.model_validate(held)
        looked += 1
        coaches += len(record.coaches)
        faults += [f"{name}: {fault}" for fault in consist_faults(record)]
        faults += [f"{name}: {fault}" for fault in _other_train(record, leg)]
    text = (
        f"{counted(looked, 'chosen formation')}, {counted(coaches, 'coach')}"
        if looked
        else "no chosen formation"
    )
    return Finding("formation", text, tuple(faults))


def consist_faults(record: ConsistRecord) -> list[str]:
    """Return what is wrong with a chosen formation, one sentence each."""
    found = [
        (rule.id, f"broken: {rule.words} ({rule.id})")
        for rule in record.rules
        if not _ORDER[rule.kind](record, rule)
    ]
    found += (*_numbers(record), *_figures(record), *_couplings(record))
    found += [
        (
            f"mark-{mark.at}",
            f"at {mark.at} no door of the principal stands within {mark.within_mm / 1000:g} m of"
            " the mark",
        )
        for mark in record.marks
        if not _at_mark(record, mark)
    ]
    return [fault for id_, fault in found if id_ not in record.waived] + list(_worth(record))


# -- rules of order: by lists of places, as one reads a train from its head -------------------


def _tag(coach: ConsistCoach) -> str:
    return "principal" if coach.principal else coach.role


def _places(record: ConsistRecord, words: Sequence[str]) -> list[int]:
    return [i for i, coach in enumerate(record.coaches) if _tag(coach) in words]


def _next_to(record: ConsistRecord, rule: ConsistRule) -> bool:
    by = set(_places(record, rule.by))
    return all({i - 1, i + 1} & by for i in _places(record, rule.who))


def _within(record: ConsistRecord, rule: ConsistRule) -> bool:
    by = _places(record, rule.by)
    return all(any(0 < abs(i - j) <= rule.places for j in by) for i in _places(record, rule.who))


def _apart(record: ConsistRecord, rule: ConsistRule) -> bool:
    by = _places(record, rule.by)
    return all(abs(i - j) > rule.coaches for i in _places(record, rule.who) for j in by if i != j)


def _together(record: ConsistRecord, rule: ConsistRule) -> bool:
    who = _places(record, rule.who)
    return not who or who[-1] - who[0] + 1 == len(who)


def _flanked(record: ConsistRecord, rule: ConsistRule) -> bool:
    allowed = set(_places(record, (*rule.who, *rule.by)))
    return all({i - 1, i + 1} <= allowed for i in _places(record, rule.who))


def _not_at_ends(record: ConsistRecord, rule: ConsistRule) -> bool:
    last = len(record.coaches) - 1
    return all(rule.coaches <= i <= last - rule.coaches for i in _places(record, rule.who))


def _at_end(record: ConsistRecord, rule: ConsistRule) -> bool:
    who = _places(record, rule.who)
    end = rule.end
    if end == "tail on arrival":
        end = "head" if record.arrives_reversed else "tail"
    head = _run(record.coaches, rule.who)
    tail = _run(record.coaches[::-1], rule.who)
    last = len(record.coaches) - 1
    for i in who:
        in_head = end != "tail" and i < head and _ramps(record.coaches[: i + 1], rule, "front")
        in_tail = end != "head" and last - i < tail and _ramps(record.coaches[i:], rule, "rear")
        if not in_head and not in_tail:
            return False
    return True


def _ramps(coaches: Coaches, rule: ConsistRule, outward: str) -> bool:
    return rule.ramp == "any" or all(coach.ramp in (outward, "both") for coach in coaches)


def _run(coaches: Coaches, words: Sequence[str]) -> int:
    """Return how many coaches from an end are of these words without a break."""
    count = 0
    for coach in coaches:
        if _tag(coach) not in words:
            break
        count += 1
    return count


def _no_passage(record: ConsistRecord, rule: ConsistRule) -> bool:
    words = (*rule.who, *rule.by)
    head, tail = _run(record.coaches, words), _run(record.coaches[::-1], words)
    count = len(record.coaches)
    return all(i < head or count - 1 - i < tail for i in _places(record, rule.who))


def _before(record: ConsistRecord, rule: ConsistRule) -> bool:
    who, by = _places(record, rule.who), _places(record, rule.by)
    return not who or not by or all(i < j for i in who for j in by if i != j)


def _outposts(record: ConsistRecord, rule: ConsistRule) -> bool:
    inside = [coach for coach in record.coaches if _tag(coach) not in rule.beyond]
    return not inside or {_tag(inside[0]), _tag(inside[-1])} <= set(rule.who)


def _at_least(record: ConsistRecord, rule: ConsistRule) -> bool:
    return len(_places(record, rule.who)) >= rule.coaches


_ORDER: dict[str, Callable[[ConsistRecord, ConsistRule], bool]] = {
    "next to": _next_to,
    "within": _within,
    "apart": _apart,
    "together": _together,
    "flanked": _flanked,
    "not at ends": _not_at_ends,
    "at end": _at_end,
    "no passage": _no_passage,
    "before": _before,
    "outposts": _outposts,
    "at least": _at_least,
}


# -- numbers and figures ----------------------------------------------------------------------

Faults = Iterator[tuple[str, str]]


def _numbers(record: ConsistRecord) -> Faults:
    by_label: dict[str, int] = {}
    for coach in record.coaches:
        by_label[coach.label] = by_label.get(coach.label, 0) + 1
    for label, least in record.least.items():
        if by_label.get(label, 0) < least:
            yield "coaches-asked", f"{by_label.get(label, 0)} of {label}, asked for are {least}"
    for label, count in by_label.items():
        if count > record.most.get(label, 0):
            yield "", f"{count} of {label}, offered are {record.most.get(label, 0)}"
    # Hall's condition: every group of classes finds as many places as it has people.
    names = [
        n for n, count in record.people.items() if count and f"places-{n}" not in record.waived
    ]
    for chosen in range(1, 1 << len(names)):
        group = [name for i, name in enumerate(names) if chosen >> i & 1]
        people = sum(record.people[name] for name in group)
        places = sum(coach.places for coach in record.coaches if set(coach.sleeps) & set(group))
        if places < people:
            yield "", f"{places} places for {people} people of {' and '.join(group)}"
    if record.order_asked is not None:
        stands = [coach.label for coach in record.coaches]
        fits = len(stands) == len(record.order_asked) and all(
            label in allowed for label, allowed in zip(stands, record.order_asked, strict=True)
        )
        if not fits:
            yield "order-asked", "the coaches do not stand in the order asked for"


def _figures(record: ConsistRecord) -> Faults:
    coaches, engines = record.coaches, record.locomotives
    if not engines:
        yield "", "there is no locomotive"
    if record.sittings * sum(c.dining_seats for c in coaches) < record.diners:
        yield "dining-seats", f"not {record.diners} dining seats in {record.sittings} sittings"
    if sum(c.covers for c in coaches) < record.diners:
        yield "kitchen-covers", f"the kitchens do not cook for {record.diners}"
    if sum(c.stores_l for c in coaches) < record.stores_l:
        yield "stores", f"less than {record.stores_l} l for stores"
    if sum(c.cars for c in coaches) < record.cars:
        yield "cars", f"less than {record.cars} cars are carried"
    of_coaches = sum(c.length_mm for c in coaches)
    whole = of_coaches + sum(e.length_mm for e in engines)
    if record.loop_mm is not None and whole > record.loop_mm:
        yield "loop-length", f"{whole / 1000:.1f} m long, the loop has {record.loop_mm / 1000:.0f}"
    if record.platform_mm is not None and of_coaches > record.platform_mm:
        yield (
            "platform-length",
            f"coaches of {of_coaches / 1000:.1f} m, the platform has"
            f" {record.platform_mm / 1000:.0f} m",
        )
    mass = _mass(record)
    braked = sum(v.braked_kg for v in coaches) + sum(v.braked_kg for v in engines)
    if 1000 * braked < record.brake_permille * mass:
        yield (
            "brake-percentage",
            f"a brake percentage of {100 * braked / mass:.1f} %, needed are"
            f" {record.brake_permille / 10:.1f} %",
        )
    if record.pulled:
        for what, needed, there in (
            ("start", sum(c.starting_n for c in coaches), record.starts_n),
            ("hold speed", sum(c.holding_n for c in coaches), record.holds_n),
        ):
            if needed > there:
                yield (
                    "effort",
                    f"to {what} on the ruling gradient {needed / 1000:.1f} kN are needed,"
                    f" {there / 1000:.1f} kN are there",
                )
    for coach in coaches:
        for rule in coach.unfit:
            yield rule, f"{coach.label} is not fit for the line: {rule}"


def _mass(record: ConsistRecord) -> int:
    return sum(v.mass_kg for v in record.coaches) + sum(v.mass_kg for v in record.locomotives)


def _couplings(record: ConsistRecord) -> Faults:
    vehicles: list[ConsistLocomotive | ConsistCoach] = [*record.locomotives, *record.coaches]
    for ahead, behind in itertools.pairwise(vehicles):
        own = ahead.couplers[0] in behind.couplers or behind.couplers[0] in ahead.couplers
        if not own:
            yield "couplers", f"{_name(ahead)} and {_name(behind)} cannot be coupled"
    for vehicle in vehicles[1:]:
        if not set(vehicles[0].brakes) & set(vehicle.brakes):
            yield "brake-systems", f"{_name(vehicle)} is not braked with {_name(vehicles[0])}"
    fed = {word for engine in record.locomotives for word in engine.supplies}
    generated = sum(c.generates_w for c in record.coaches)
    warm = {"own", *fed} | (
        {"generator"} if any(c.role == "generator" for c in record.coaches) else set()
    )
    alone = drawn = 0
    for coach in record.coaches:
        if not set(coach.heating) & warm:
            yield "heating", f"{coach.label} is not heated"
        drawn += coach.drawn_w
        alone += 0 if (set(coach.heating) - {"own"}) & fed else coach.drawn_w
    supply = record.supply_w if fed else 0
    if alone > generated or drawn > generated + supply:
        yield (
            "power",
            f"the coaches draw {drawn / 1000:.0f} kW, {(generated + supply) / 1000:.0f} kW are fed",
        )


def _name(vehicle: ConsistLocomotive | ConsistCoach) -> str:
    return vehicle.label if isinstance(vehicle, ConsistCoach) else vehicle.title


def _at_mark(record: ConsistRecord, mark: ConsistMark) -> bool:
    coaches = list(record.coaches)
    side = mark.side
    if mark.reversed:
        coaches.reverse()
        side = {"left": "right", "right": "left"}.get(side, side)  # type: ignore[assignment]
    begin = mark.locomotives_mm
    if begin is None:
        begin = sum(engine.length_mm for engine in record.locomotives)
    for coach in coaches:
        end = begin + coach.length_mm
        opens = coach.doors in (("both", side) if side != "either" else ("both", "left", "right"))
        if coach.principal and opens:
            for door in (begin + record.door_offset_mm, end - record.door_offset_mm):
                if abs(door - mark.mark_mm) <= mark.within_mm:
                    return True
        begin = end
    return False


def _worth(record: ConsistRecord) -> Iterator[str]:
    if record.worth.get("coaches") != len(record.coaches):
        yield f"{len(record.coaches)} coaches, stated are {record.worth.get('coaches')}"
    if record.worth.get("mass_kg") != _mass(record):
        yield f"a mass of {_mass(record)} kg, stated are {record.worth.get('mass_kg')}"
    if not record.proven:
        yield "the formation is not proven to be the best"


def _other_train(record: ConsistRecord, leg: Leg) -> Iterator[str]:
    """Yield where the train of the leg is not the formation that was chosen."""
    if leg.train is None:
        yield "the leg has a chosen formation and no train"
        return
    coaches = [v for v in leg.train.vehicles if v.role != "locomotive"]
    if len(coaches) != len(record.coaches):
        yield f"the train has {len(coaches)} coaches, {len(record.coaches)} were chosen"
        return
    for number, (vehicle, coach) in enumerate(zip(coaches, record.coaches, strict=True), start=1):
        for what, one, two in (
            ("label", vehicle.label, coach.label),
            ("role", vehicle.role, coach.role),
            ("turned", vehicle.turned, coach.turned),
            ("principal", vehicle.principal, coach.principal),
            ("length", round(vehicle.length_m * 1000), coach.length_mm),
        ):
            if one != two:
                yield f"coach {number}: {what} is {one} in the train, {two} was chosen"
