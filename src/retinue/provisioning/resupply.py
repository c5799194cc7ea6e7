"""Which goods are taken aboard where: lot sizing with a fixed cost a delivery.

A block is a run of meals of one ingredient that the same purchases could serve: those made
before it whose goods still keep and cross no forbidding border.  With ``y`` the part of a
block's need bought by an option and ``z`` whether a delivery is made at all,

    minimise  sum_o F_o z_o + sum_ibo cost_io need_ib y_ibo
    such that sum_o y_ibo = 1,  y_ibo <= z_o,  0 <= y,  z in {0, 1}

and for every storage class, just after each loading, what has been bought for later meals fits
the rooms by volume and by mass; and what a delivery brings is carried aboard within its stop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from retinue.errors import NoPlan, Reason
from retinue.provisioning.fewest_lots import fewest_lots
from retinue.provisioning.loading_limits import too_heavy
from retinue.provisioning.memory import Remember, fields_of
from retinue.provisioning.mixed_program import MixedProgram, MixedSolution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.supply import SupplyOption

    Array = NDArray[np.float64]

__all__ = ["Block", "Capacity", "Goods", "Purchases", "blocks_of", "plan_purchases"]

_PART = 1e-6
_LITTLE_KG = 1e-3
#: Of its fixed cost so much stands against a delivery for each that could be made before it.
_LATER = 1e-6


@dataclass(frozen=True)
class Goods:
    """What the program must know of an ingredient.

    Attributes
    ----------
    need_kg
        For each meal, with the reserve that its demand asks for; shape (meals,).
    last_serve_s
        Last moment at which goods of each option may be served, shape (options,); below the
        option's own moment where it does not bring them.
    """

    name: str
    storage: str
    cost_per_kg: float
    volume_m3_per_kg: float
    mass_kg_per_kg: float
    need_kg: Array
    last_serve_s: Array


@dataclass(frozen=True)
class Capacity:
    """Room for one storage class."""

    volume_m3: float
    mass_kg: float


@dataclass(frozen=True)
class Block:
    """A run of meals of one ingredient that the same options could serve."""

    goods: int
    first: int
    last: int
    options: tuple[int, ...]
    need_kg: float


@dataclass(frozen=True)
class Purchases:
    """The chosen options.

    Attributes
    ----------
    bought
        For each of the goods ``(option, first meal, last meal)`` in order.
    used
        Options at which something is bought.
    """

    bought: tuple[tuple[tuple[int, int, int], ...], ...]
    used: tuple[int, ...]
    objective: float
    gap: float


def blocks_of(
    goods: Sequence[Goods], options: Sequence[SupplyOption], meal_time_s: Array
) -> tuple[list[Block], list[tuple[int, int]]]:
    """Return the blocks, and ``(goods, meal)`` that no option can serve."""
    usable = np.array([o.usable_s for o in options])
    blocks: list[Block] = []
    lost: list[tuple[int, int]] = []
    known: dict[bytes, tuple[int, ...]] = {}
    for number, one in enumerate(goods):
        current: Block | None = None
        meals = np.flatnonzero(one.need_kg > 0)
        times = meal_time_s[meals, None]
        serves = (usable <= times) & (one.last_serve_s >= times)
        for meal, row, need in zip(
            meals.tolist(), serves, one.need_kg[meals].tolist(), strict=True
        ):
            key = row.tobytes()
            if key not in known:
                known[key] = tuple(np.flatnonzero(row).tolist())
            able = known[key]
            if not able:
                lost.append((number, meal))
                continue
            if current is not None and current.options == able:
                current = Block(number, current.first, meal, able, current.need_kg + need)
                blocks[-1] = current
            else:
                current = Block(number, meal, meal, able, need)
                blocks.append(current)
    return blocks, lost


def plan_purchases(
    goods: Sequence[Goods],
    options: Sequence[SupplyOption],
    meal_time_s: Array,
    capacity: Mapping[str, Capacity],
    *,
    reserved: Mapping[str, Capacity] | None = None,
    loading_kg: Mapping[int, float] | None = None,
    remember: Remember | None = None,
) -> Purchases:
    """Choose where every ingredient is bought, at the least cost.

    Parameters
    ----------
    reserved
        Room that is kept for something else, e.g. retained samples.
    loading_kg
        Most that is planned for at an option, where that is less than its stop can load.
    remember
        Programs that were solved before.

    Raises
    ------
    NoPlan
        Where goods cannot be had, a storage class has no room, or stops are too short to load.
    """
    blocks, lost = blocks_of(goods, options, meal_time_s)
    if lost:
        raise NoPlan("some goods cannot be had", reasons=_lost(goods, lost))
    limits = {n: way.loading_kg for n, way in enumerate(options) if np.isfinite(way.loading_kg)}
    limits |= loading_kg or {}
    stated = _state(goods, options, meal_time_s, blocks, capacity, reserved or {})
    program, parts = stated.program, stated.parts
    for number, terms in stated.loads.items():
        if number in limits:
            program.row(terms, high=limits[number])
    solution = (remember or Remember())(
        ("purchases", program.digest()),
        program.minimise,
        packed=lambda found: None if found is None else fields_of(found),
        unpacked=lambda kept: None if kept is None else MixedSolution(**kept),
    )
    if solution is None:
        longer = _state(goods, options, meal_time_s, blocks, capacity, reserved or {})
        excess = _excess(longer, goods, options, limits)
        if excess:
            raise too_heavy(options, excess)
        raise NoPlan(
            "the goods do not fit the store rooms",
            reasons=_tight(goods, options, meal_time_s, blocks, capacity),
        )
    chosen = _chosen(program, solution, goods, options, meal_time_s, blocks, parts)
    bought: list[list[tuple[int, int, int]]] = [[] for _ in goods]
    for block, option in zip(blocks, chosen, strict=True):
        own_list = bought[block.goods]
        if own_list and own_list[-1][0] == option:
            own_list[-1] = (option, own_list[-1][1], block.last)
        else:
            own_list.append((option, block.first, block.last))
    used = sorted({option for listed in bought for option, _, _ in listed})
    tie = sum(
        one * solution.values[column]
        for one, column in zip(stated.later, stated.opened, strict=True)
    )
    return Purchases(
        tuple(tuple(listed) for listed in bought), tuple(used),
        float(solution.objective - tie), solution.gap,
    )  # fmt: skip


@dataclass(frozen=True)
class _Stated:
    """The program without the times of loading.

    Attributes
    ----------
    opened, later
        By option, the column of its delivery and what stands against a later one.
    parts
        By block, ``(option, column)``.
    loads
        By option, ``(column, mass)`` of all that it may bring.
    """

    program: MixedProgram
    opened: list[int]
    later: list[float]
    parts: list[list[tuple[int, int]]]
    loads: dict[int, list[tuple[int, float]]]


def _state(
    goods: Sequence[Goods],
    options: Sequence[SupplyOption],
    meal_time_s: Array,
    blocks: Sequence[Block],
    capacity: Mapping[str, Capacity],
    reserved: Mapping[str, Capacity],
) -> _Stated:
    program = MixedProgram()
    # Of deliveries that cost the same the earlier: what fails there can be brought later.
    later = [_LATER * number * option.fixed_cost for number, option in enumerate(options)]
    opened = [
        program.column(option.fixed_cost + later[number], 1.0, whole=True)
        if option.fixed_cost > 0
        else program.column(0.0, 1.0, low=1.0)
        for number, option in enumerate(options)
    ]
    factor = [option.price_factor for option in options]
    costly = [option.fixed_cost > 0 for option in options]
    loads: dict[int, list[tuple[int, float]]] = {}
    parts: list[list[tuple[int, int]]] = []
    for block in blocks:
        own = goods[block.goods]
        columns = program.shares(
            [own.cost_per_kg * factor[option] * block.need_kg for option in block.options]
        )
        row = list(zip(block.options, columns, strict=True))
        opens = [(column, opened[option]) for option, column in row if costly[option]]
        program.at_most([column for column, _ in opens], [bound for _, bound in opens])
        mass_kg = block.need_kg * own.mass_kg_per_kg
        for option, column in row:
            loads.setdefault(option, []).append((column, mass_kg))
        parts.append(row)
    _room_rows(program, goods, options, meal_time_s, blocks, parts, capacity, reserved)
    loads = {number: loads[number] for number in sorted(loads)}
    return _Stated(program, opened, later, parts, loads)


def _excess(
    stated: _Stated,
    goods: Sequence[Goods],
    options: Sequence[SupplyOption],
    limits: Mapping[int, float],
) -> dict[int, float]:
    """Return the least mass by option that stops lack the time for; nothing where it is no help."""
    dear = 1e4 * max((one.cost_per_kg for one in goods), default=1.0)
    beyond = {}
    for number, terms in stated.loads.items():
        if number in limits:
            beyond[number] = stated.program.column(dear)
            stated.program.row([*terms, (beyond[number], -1.0)], high=limits[number])
    found = stated.program.minimise()
    if found is None:
        return {}
    planned = {number: float(found.values[column]) for number, column in beyond.items()}
    # Where less may be planned for than a stop loads, what is bought is more by as much.
    return {
        number: kg * options[number].loading_kg / max(limits[number], _LITTLE_KG)
        for number, kg in planned.items()
        if kg > _LITTLE_KG
    }


def _chosen(
    program: MixedProgram,
    solution: MixedSolution,
    goods: Sequence[Goods],
    options: Sequence[SupplyOption],
    meal_time_s: Array,
    blocks: Sequence[Block],
    parts: Sequence[Sequence[tuple[int, int]]],
) -> list[int]:
    """Return the option of each block: in as few lots as cost, rooms and loading times let it."""
    solved: list[int] = []
    taken: list[tuple[int, ...]] = []
    for number, (block, row) in enumerate(zip(blocks, parts, strict=True)):
        share = tuple(option for option, column in row if solution.values[column] > _PART)
        taken.append(share)
        # A block that is bought in two parts is bought at the later: that needs no more room.
        chosen = max(share)
        # What was packed earlier may keep longer: only what still keeps is brought later.
        if number and blocks[number - 1].goods == block.goods:
            before = solved[-1]
            if chosen < before and before in block.options:
                chosen = before
        solved.append(chosen)
    made = {option for share in taken for option in share}
    made |= {number for number, option in enumerate(options) if option.fixed_cost == 0.0}
    begins = [float(meal_time_s[block.first]) for block in blocks]
    spans: dict[int, slice] = {}
    for number, block in enumerate(blocks):
        first = spans[block.goods].start if block.goods in spans else number
        spans[block.goods] = slice(first, number + 1)
    fewest = {
        thing: fewest_lots(blocks[own], options, made, begins[own]) for thing, own in spans.items()
    }

    def taken_by(values: Array, thing: int) -> Array:
        changed = values.copy()
        for row, option in zip(parts[spans[thing]], fewest[thing], strict=True):
            for other, column in row:
                changed[column] = float(other == option)
        return changed

    # Where a room or a stop is too small for all of it, things are taken one after the other.
    values = solution.values
    for thing in spans:
        values = taken_by(values, thing)
    if program.holds(values):
        return [option for chosen in fewest.values() for option in chosen]
    values = solution.values
    for thing, own in spans.items():
        changed = taken_by(values, thing)
        if program.holds(changed):
            values, solved[own] = changed, fewest[thing]
    return solved


def _room_rows(
    program: MixedProgram,
    goods: Sequence[Goods],
    options: Sequence[SupplyOption],
    meal_time_s: Array,
    blocks: Sequence[Block],
    parts: Sequence[Sequence[tuple[int, int]]],
    capacity: Mapping[str, Capacity],
    reserved: Mapping[str, Capacity],
) -> None:
    moments = sorted({option.usable_s for option in options})
    usable = [option.usable_s for option in options]
    for storage, room in capacity.items():
        kept = reserved.get(storage, Capacity(0.0, 0.0))
        own = [k for k, block in enumerate(blocks) if goods[block.goods].storage == storage]
        need = np.array([blocks[k].need_kg for k in own])
        volume = np.array([goods[blocks[k].goods].volume_m3_per_kg for k in own])
        mass = np.array([goods[blocks[k].goods].mass_kg_per_kg for k in own])
        most_m3, most_kg = room.volume_m3 - kept.volume_m3, room.mass_kg - kept.mass_kg
        # A room that holds everything at once binds nothing.
        if need @ volume <= most_m3 and need @ mass <= most_kg:
            continue
        begins = np.array([min(usable[o] for o in blocks[k].options) for k in own])
        left = np.array(
            [_left(blocks[k], goods[blocks[k].goods], meal_time_s, moments) for k in own]
        )
        for at, moment in enumerate(moments):
            aboard = (left[:, at] > 0.0) & (begins <= moment)
            for density, most in ((volume, most_m3), (mass, most_kg)):
                load = (left[:, at] * density)[aboard].tolist()
                if load and sum(load) > most:
                    program.row(
                        [
                            (column, part)
                            for k, part in zip(np.flatnonzero(aboard).tolist(), load, strict=True)
                            for option, column in parts[own[k]]
                            if usable[option] <= moment
                        ],
                        high=most,
                    )


def _left(block: Block, item: Goods, meal_time_s: Array, moments: Sequence[float]) -> list[float]:
    """Return what a block still needs from each moment on."""
    span = slice(block.first, block.last + 1)
    still = np.append(np.cumsum(item.need_kg[span][::-1])[::-1], 0.0)
    found: list[float] = still[np.searchsorted(meal_time_s[span], moments)].tolist()
    return found


def _lost(goods: Sequence[Goods], lost: Sequence[tuple[int, int]]) -> list[Reason]:
    names = dict.fromkeys(goods[number].name for number, _ in lost)
    return [
        Reason(
            f"{name} keeps too short, or may not cross the border, and nothing brings it anew",
            cure="re-supply at a stop before the meal, or name a substitute",
            kind="shelf-life",
        )
        for name in names
    ]


def _tight(
    goods: Sequence[Goods],
    options: Sequence[SupplyOption],
    meal_time_s: Array,
    blocks: Sequence[Block],
    capacity: Mapping[str, Capacity],
) -> list[Reason]:
    """Say for each storage class how much the least possible load lacks."""
    found = []
    for storage, room in capacity.items():
        worst = 0.0
        for moment in sorted({option.usable_s for option in options}):
            forced = sum(
                _left(block, goods[block.goods], meal_time_s, [moment])[0]
                * goods[block.goods].volume_m3_per_kg
                for block in blocks
                if goods[block.goods].storage == storage
                and all(options[o].usable_s <= moment for o in block.options)
            )
            worst = max(worst, forced)
        if worst > room.volume_m3:
            found.append(
                Reason(
                    f"{storage} goods take {worst:.1f} m3 and the rooms hold {room.volume_m3:.1f}",
                    cure="another coach with store rooms, or a delivery at one more stop",
                    kind="volume",
                )
            )
    return found or [
        Reason(
            "the store rooms and the stops for loading are together too small",
            cure="another coach with store rooms, longer stops, or a smaller menu",
            kind="volume",
        )
    ]
