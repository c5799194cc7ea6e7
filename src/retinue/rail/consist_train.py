"""A chosen formation as a train file, a formation that runs, and a record that can be checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retinue.document import parse_yaml
from retinue.plan.consist import (
    ConsistCoach,
    ConsistCost,
    ConsistLocomotive,
    ConsistMark,
    ConsistRecord,
    ConsistRule,
)
from retinue.rail.consist_search import AIMS
from retinue.rail.interfaces import Kind, known_as
from retinue.rail.train_file import TRAIN_VERSION
from retinue.rail.trains import train_from_node

if TYPE_CHECKING:
    from retinue.rail.consist_model import Option
    from retinue.rail.consist_order import ConsistOrder
    from retinue.rail.consist_problem import ConsistProblem
    from retinue.rail.consist_reasons import RuleCost
    from retinue.rail.consist_search import ChosenConsist
    from retinue.rail.formation import Formation

__all__ = ["formation_of", "record_of", "train_text"]


def train_text(order: ConsistOrder, chosen: ChosenConsist) -> str:
    """Return the train file: what ``train:`` of a journey may name."""
    import yaml

    asked = order.asked
    coaches = []
    for option in chosen.order:
        item = asked.coaches[option.kind.index]
        entry: dict[str, Any] = {"vehicle": item.vehicle, "role": option.kind.role}
        entry["label"] = option.kind.label
        if option.turned:
            entry["turned"] = True
        if item.principal:
            entry["principal"] = True
        if item.armour is not None:
            entry["armour"] = f"{item.armour:g} kg"
        if item.armour_factor is not None:
            entry["armour factor"] = item.armour_factor
        coaches.append(entry)
    content: dict[str, Any] = {
        "retinue train": TRAIN_VERSION,
        "title": asked.title,
        "gauge": f"{asked.gauge * 1000:g} mm",
        "locomotives": [asked.locomotives[i].vehicle for i in chosen.haulage.offered],
        "coaches": coaches,
        "source": asked.source,
        "confidence": asked.confidence,
        "basis": {
            "coaches": {
                "source": "chosen and ordered by the rules: " + order.rules.title,
                "confidence": "assumed",
            },
            "locomotives": {
                "source": "the lightest of those offered that haul the train",
                "confidence": "assumed",
            },
        },
    }
    if asked.own_vehicles:
        content["own vehicles"] = asked.own_vehicles
    if asked.remark:
        content["remark"] = asked.remark
    return str(
        yaml.safe_dump(
            content, allow_unicode=True, sort_keys=False, width=100, default_flow_style=None
        )
    )


def formation_of(
    order: ConsistOrder, chosen: ChosenConsist, folders: Sequence[Path] = ()
) -> Formation:
    """Return the formation, read back from its own train file."""
    return train_from_node(
        parse_yaml(train_text(order, chosen), f"{order.name} (formed)"), order.name, folders
    )


def record_of(
    problem: ConsistProblem,
    chosen: ChosenConsist,
    costs: Sequence[RuleCost] = (),
    train_file: str = "",
) -> ConsistRecord:
    """Return the record of a chosen formation, with what rules cost and its train file."""
    haulage = chosen.haulage
    rules = [
        ConsistRule(
            id=rule.id, kind=rule.kind, words=rule.words, who=rule.who, by=rule.by,
            beyond=rule.beyond, places=rule.places, coaches=rule.coaches, end=rule.end,
            ramp=rule.ramp,
        )
        for rule in problem.rules.order
    ]  # fmt: skip
    rules += [
        ConsistRule(id=n.id, kind="at least", words=n.words, who=n.who, coaches=n.at_least)
        for n in problem.rules.needs
    ]
    labels: dict[str, list[int]] = {}
    for kind in problem.kinds:
        bounds = labels.setdefault(kind.label, [0, 0])
        bounds[0] += kind.least
        bounds[1] += kind.most
    return ConsistRecord(
        title=problem.title,
        gauge_mm=problem.gauge_mm,
        coaches=tuple(_coach(option) for option in chosen.order),
        locomotives=tuple(
            ConsistLocomotive(
                title=engine.title,
                vehicle=engine.id,
                length_mm=round(engine.length * 1000),
                mass_kg=_share(haulage.mass_kg, index, len(haulage.vehicles)),
                braked_kg=_share(haulage.braked_kg, index, len(haulage.vehicles)),
                couplers=_words("couplers", engine.couplers),
                brakes=_words("brake_systems", engine.brake_systems),
                supplies=_words("heating", engine.heating_supply),
            )
            for index, engine in enumerate(haulage.vehicles)
        ),
        starts_n=haulage.starts_n,
        holds_n=haulage.holds_n,
        supply_w=haulage.supply_w,
        rules=tuple(rules),
        waived=tuple(sorted(problem.without)),
        people=dict(problem.people),
        diners=problem.diners,
        sittings=problem.sittings,
        stores_l=problem.stores_l,
        cars=problem.cars,
        arrives_reversed=problem.arrives_reversed,
        brake_permille=problem.brake_permille,
        loop_mm=problem.loop_mm,
        platform_mm=problem.platform_mm,
        pulled=problem.pulled,
        marks=tuple(
            ConsistMark(
                at=m.at, mark_mm=m.mark_mm, within_mm=m.within_mm, side=m.side,
                reversed=m.reversed, locomotives_mm=m.locomotives_mm,
            )
            for m in problem.marks
        ),
        door_offset_mm=problem.door_offset_mm,
        order_asked=None
        if problem.order is None
        else tuple(tuple(problem.kinds[k].label for k in kinds) for kinds in problem.order),
        least={label: least for label, (least, _) in labels.items() if least},
        most={label: most for label, (_, most) in labels.items()},
        worth=dict(zip(AIMS, chosen.worth, strict=True)),
        proven=chosen.proven,
        costs=tuple(
            ConsistCost(
                rule=cost.rule,
                words=cost.words,
                saved=cost.saved,
                without=None
                if cost.without is None
                else dict(zip(AIMS, cost.without, strict=True)),
            )
            for cost in costs
        ),
        train_file=train_file,
    )  # fmt: skip


def _share(total: int, index: int, count: int) -> int:
    """Return a whole share of a sum, so that the shares add up to it."""
    return total // count + (1 if index < total % count else 0)


def _words(kind: Kind, words: Sequence[str]) -> tuple[str, ...]:
    return tuple(known_as(kind, word) or word.casefold() for word in words)


def _coach(option: Option) -> ConsistCoach:
    kind = option.kind
    return ConsistCoach(
        label=kind.label,
        vehicle=kind.vehicle.id,
        role=kind.role,
        principal=kind.tag == "principal",
        turned=option.turned,
        length_mm=kind.length_mm,
        mass_kg=kind.mass_kg,
        braked_kg=kind.braked_kg,
        starting_n=kind.starting_n,
        holding_n=kind.holding_n,
        sleeps=kind.sleeps,
        places=kind.places,
        dining_seats=kind.dining_seats,
        covers=kind.covers,
        stores_l=kind.stores_l,
        drawn_w=kind.drawn_w,
        generates_w=kind.generates_w,
        cars=kind.cars,
        ramp=kind.placed_ramp(option.turned),
        doors=kind.placed_doors(option.turned),
        couplers=_words("couplers", kind.vehicle.couplers),
        brakes=_words("brake_systems", kind.vehicle.brake_systems),
        heating=_words("heating", kind.vehicle.heating),
        unfit=tuple(rule for rule, _ in kind.unfit),
    )
