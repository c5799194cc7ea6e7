"""A rail leg's train, chosen: formation, running path, formation again where the line says so.

::

    order --choose--> train --route--> what the line demands --choose--> train --run--> times
              1st round                                     2nd round, the last

What the line demands is only known once its route is (over mapped tracks the route hangs on the
train): turning back decides where the car transporter stands, the ruling gradient how many
locomotives there are.  A second train that the line again refuses is refused by the run itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from retinue.errors import InputError, NoPlan
from retinue.plan import Note
from retinue.rail.consist_order import ConsistOrder, LineAsked, load_order

if TYPE_CHECKING:
    from retinue.journey import RailLeg
    from retinue.plan.consist import ConsistRecord
    from retinue.planner.staged import Context
    from retinue.rail.formation import Formation
    from retinue.world.rail_route import RailRoute

__all__ = ["FormedTrain", "demanded", "form_train"]


@dataclass(frozen=True, eq=False)
class FormedTrain:
    """A chosen train, the record of the choice, and what is told of its rounds."""

    train: Formation
    record: ConsistRecord
    notes: tuple[Note, ...]


def form_train(
    context: Context,
    body: RailLeg,
    path: tuple[int | str, ...],
    find: Callable[[Formation], RailRoute],
) -> FormedTrain:
    """Choose the train of a leg by its formation order.

    Parameters
    ----------
    find
        Returns the route for a train.

    Raises
    ------
    InputError
        For a fault of the order.
    NoPlan
        Where no train keeps the rules, with those that contradict each other.
    """
    where = context.file.where(*path, "rail", "formation")
    asked = _order(context, body, where)
    notes: list[Note] = []
    train, record = _chosen(context, asked, where)
    for number in (1, 2):
        text = f"round {number}: {_told(record)}"
        notes.append(Note(level="info", subject=record.title, text=text))
        if number == 2:
            break
        wanted, why = demanded(asked, find(train), body)
        if wanted.asked == asked.asked:
            break
        told = f"the line demands {', '.join(why)}"
        notes.append(Note(level="info", subject=record.title, text=told))
        asked = wanted
        train, record = _chosen(context, asked, where, why)
    return FormedTrain(train, record, tuple(notes))


def _order(context: Context, body: RailLeg, where: str) -> ConsistOrder:
    name = body.formation or ""
    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml").expanduser()
    if not path.is_absolute() and context.folder is not None:
        path = context.folder / path
    if not path.is_file():
        raise InputError(
            f'there is no formation order "{name}"',
            where=where,
            cure="Name a file beside the journey that begins with retinue formation: 1.",
        )
    order = load_order(path)
    changes: dict[str, object] = {}
    if order.asked.party is None:
        changes["party"] = context.file.journey.party
    if order.asked.cars is None:
        changes["cars"] = len(context.cars)
    return replace(order, asked=order.asked.model_copy(update=changes))


def _chosen(
    context: Context, order: ConsistOrder, where: str, why: Sequence[str] = ()
) -> tuple[Formation, ConsistRecord]:
    from retinue.rail.consist_problem import problem_of
    from retinue.rail.consist_search import choose
    from retinue.rail.consist_train import formation_of, record_of, train_text

    folders: Sequence[Path] = [] if context.folder is None else [context.folder]
    problem = problem_of(order)
    context.progress(f"forming {problem.title}")
    try:
        chosen = context.memo.get(("formation", repr(order)), lambda: choose(problem))
    except NoPlan as error:
        told = f"{error.message}; the line demands {', '.join(why)}" if why else error.message
        raise NoPlan(told, reasons=error.reasons, where=where, cure=error.cure) from error
    record = record_of(problem, chosen, train_file=train_text(order, chosen))
    return formation_of(order, chosen, folders), record


def _told(record: ConsistRecord) -> str:
    mass = record.worth["mass_kg"] / 1000.0
    engines = " + ".join(engine.title for engine in record.locomotives)
    proof = "proven the best" if record.proven else "not proven the best"
    size = f"{mass:.0f} t, {record.length_m:.0f} m"
    return f"{len(record.coaches)} coaches behind {engines}, {size}, {proof}"


def demanded(
    order: ConsistOrder, route: RailRoute, body: RailLeg
) -> tuple[ConsistOrder, list[str]]:
    """Return an order tightened by what a route demands, and each demand in words.

    Axle load and loading gauge hold for the whole route; gradient and power as far as the first
    change of locomotives; platforms and loops where the train stops.  What the order
    itself asks for is only ever made stricter.
    """
    line, why = order.asked.line, []
    changes: dict[str, object] = {}
    first_change_m = min(
        (
            entry.distance_m
            for stop in body.stops
            if stop.locomotives and (entry := route.point(stop.at)) is not None
        ),
        default=route.length_m,
    )
    loads = [s.axle_load_kg for s in route.stretches if s.axle_load_kg is not None]
    if loads and (line.axle_load is None or min(loads) < line.axle_load):
        changes["axle_load"] = min(loads)
        why.append(f"an axle load of {min(loads) / 1000:.1f} t")
    first = [s for s in route.stretches if s.from_m < first_change_m - 1.0]
    slopes = [s.ruling_gradient for s in first if s.ruling_gradient]
    if slopes and max(slopes) > (line.ruling_gradient or 0.0):
        changes["ruling_gradient"] = max(slopes)
        why.append(f"a ruling gradient of {1000 * max(slopes):.1f} per mille")
    if not line.power:
        systems = sorted({s.electrification or "unknown" for s in first} - {"unknown"})
        wired = tuple("diesel" if s == "none" else s for s in systems)
        if wired:
            changes["power"] = wired
            why.append(f"power on {' and '.join(wired)}")
    for key, name in (("platform", "platform_length_m"), ("loop", "loop_length_m")):
        stops = [entry.point for stop in body.stops if (entry := route.point(stop.at))]
        ends = [route.points[0].point, route.points[-1].point]
        lengths = [(v, p.name) for p in (*ends, *stops) if (v := getattr(p, name)) is not None]
        given = getattr(line, key)
        if lengths and (given is None or min(lengths)[0] < given):
            changes[key], place = min(lengths)
            why.append(f"a {key} of {changes[key]:.0f} m at {place}")
    asked = order.asked
    if changes:
        asked = asked.model_copy(update={"line": LineAsked.model_construct(
            **{**{n: getattr(line, n) for n in LineAsked.model_fields}, **changes})})  # fmt: skip
    turned = sum(p.reverses for p in route.points if 0.0 < p.distance_m < route.length_m)
    if turned % 2 != asked.reversals % 2:
        asked = asked.model_copy(update={"reversals": turned})
        why.append(f"{turned} reversals on the way")
    return replace(order, asked=asked), why
