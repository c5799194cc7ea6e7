"""Sampled journeys: random streams, and the tables from which guests' choices are drawn.

Each journey has a random stream of its own, keyed by seed, stream and number, so any one of
them can be drawn again alone and the same seed gives the same journeys on every machine.

Guests who choose alike and independently are drawn in groups: what ``m`` of them choose from
``k`` dishes is one of ``C(m + k - 1, m)`` multisets with the multinomial chance

    m! / prod_d c_d!  prod_d p_d^c_d,

and one number from an alias table (Walker 1977) draws it.  A row of such a table holds the counts
of its dishes, eight bits each, so that groups are added up as numbers are.

Over-dispersed demand is drawn from Polya's urn, which is the Dirichlet-multinomial law: the
``g``-th guest copies an earlier guest with chance ``g / (A + g)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from retinue.kernels import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from retinue.provisioning.demand import Demand

    Array = NDArray[np.float64]
    Index = NDArray[np.int32]

__all__ = [
    "Draws",
    "draw_orders",
    "draws_of",
    "next_bits",
    "row_of",
    "stream_key",
    "urn_place",
    "urn_starts",
]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_SHUFFLE = np.uint64(0xD6E8FEB86659FD93)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_S32, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
#: Counts of eight bits in a word.
SLOTS, BITS, COUNT = 8, np.uint64(8), np.uint64(255)
_MOST_GUESTS = 255
#: Rows of a group's table: more would not stay in the cache of a processor.
_MOST_ROWS = 500


class Draws(NamedTuple):
    """How every choice of a journey is drawn, as arrays for kernels.

    Attributes
    ----------
    event_meal, event_n, event_table, table_start, table_dish
        See `Demand`; an event of very many guests is split.
    event_group, event_groups, event_rest
        Guests of an event are drawn by so many groups of one table of groups, and a smaller
        group of another; -1 for none.
    urn_meal, urn_journey
        Strength ``A`` of the urn of each event, and of each table over the whole journey; 0 for
        none.  Guests with an urn are drawn one by one.
    group_size, group_start, group_word
        Guests of a group, its first row, and the first word of its rows; by table of groups.
    keep, other
        A row stands for itself where 32 random bits are below ``keep``, else for ``other``,
        counted from the first row.
    words
        By row, how often each dish of the table is chosen.
    """

    event_meal: Index
    event_n: Index
    event_table: Index
    table_start: Index
    table_dish: Index
    event_group: Index
    event_groups: Index
    event_rest: Index
    urn_meal: Array
    urn_journey: Array
    group_size: Index
    group_start: Index
    group_word: Index
    keep: NDArray[np.uint64]
    other: NDArray[np.uint32]
    words: NDArray[np.uint64]


def draws_of(demand: Demand, urn_meal: Array, urn_journey: Array) -> Draws:
    """Return how the choices of a demand are drawn.

    Parameters
    ----------
    urn_meal, urn_journey
        By event and by table, see `Draws`.
    """
    size = np.diff(demand.table_start).tolist()
    events: list[tuple[int, int, int, float]] = []
    for meal, n, table, urn in zip(
        demand.event_meal.tolist(), demand.event_n.tolist(), demand.event_table.tolist(),
        urn_meal.tolist(), strict=True,
    ):  # fmt: skip
        if urn > 0.0 or urn_journey[table] > 0.0:
            events.append((meal, n, table, urn))
            continue
        events += [
            (meal, min(n - drawn, _MOST_GUESTS), table, 0.0) for drawn in range(0, n, _MOST_GUESTS)
        ]
    groups: dict[tuple[int, int], int] = {}
    ways: dict[tuple[int, int, bool], tuple[int, int, int]] = {}
    drawn_by: list[tuple[int, int, int]] = []
    for _, n, table, urn in events:
        alone = urn > 0.0 or bool(urn_journey[table] > 0.0)
        if (n, table, alone) not in ways:
            most = 1 if alone else _guests_at_once(size[table], n)
            times = -(-n // most)
            each = -(-n // times)  # no larger than so many draws ask for
            rest = n % each
            ways[n, table, alone] = (
                groups.setdefault((table, each), len(groups)),
                n // each,
                groups.setdefault((table, rest), len(groups)) if rest else -1,
            )
        drawn_by.append(ways[n, table, alone])
    listed = np.array(list(groups), np.int32).reshape(-1, 2)
    by_event = np.array(drawn_by, np.int32).reshape(-1, 3)
    sizes = np.ascontiguousarray(listed[:, 1])
    starts, word_starts, keep, other, words = _group_tables(
        np.ascontiguousarray(listed[:, 0]), sizes, demand.table_start, demand.table_chance
    )
    return Draws(
        event_meal=np.array([e[0] for e in events], np.int32),
        event_n=np.array([e[1] for e in events], np.int32),
        event_table=np.array([e[2] for e in events], np.int32),
        table_start=demand.table_start,
        table_dish=demand.table_dish,
        event_group=np.ascontiguousarray(by_event[:, 0]),
        event_groups=np.ascontiguousarray(by_event[:, 1]),
        event_rest=np.ascontiguousarray(by_event[:, 2]),
        urn_meal=np.array([e[3] for e in events], np.float64),
        urn_journey=np.ascontiguousarray(urn_journey, np.float64),
        group_size=sizes,
        group_start=starts,
        group_word=word_starts,
        keep=keep,
        other=other,
        words=words,
    )


def _guests_at_once(dishes: int, n: int) -> int:
    """Return the most guests whose choices one table can hold."""
    guests, rows = 1, dishes
    while guests < n and rows * (dishes + guests) // (guests + 1) <= _MOST_ROWS:
        rows = rows * (dishes + guests) // (guests + 1)
        guests += 1
    return guests


@njit(cache=True, nogil=True, inline="always")
def _mixed(state: np.uint64) -> np.uint64:
    z = (state ^ (state >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@njit(cache=True, nogil=True, inline="always")
def next_bits(state: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return the next state and 64 random bits (Steele, Lea and Flood 2014)."""
    state = state + _GOLDEN
    return state, _mixed(state)


@njit(cache=True, nogil=True)
def stream_key(seed: int, stream: int, number: int) -> np.uint64:
    """Return the first state of a journey's own random stream."""
    state = _mixed(np.uint64(seed) + _GOLDEN)
    state = _mixed(state ^ (np.uint64(stream) * _MIX_1 + _GOLDEN))
    return _mixed(state ^ (np.uint64(number) * _MIX_2 + _GOLDEN))


@njit(cache=True, nogil=True, inline="always")
def row_of(bits, low, rows, keep, other):  # type: ignore[no-untyped-def]
    """Return the row of a table that 32 random bits choose; unsigned throughout, for speed."""
    spot = bits * rows
    row = low + (spot >> _S32)
    another = low + np.uint64(other[row])
    return another if (spot & _LOW) >= keep[row] else row


@njit(cache=True, nogil=True)
def _alias_rows(low, high, chance, keep, other, left, small, large):  # type: ignore[no-untyped-def]
    """Fill the alias table of some rows (Vose 1991).

    Parameters
    ----------
    chance
        By row from ``low`` to before ``high``, of any sum.
    left, small, large
        Room to work in, as long as the rows.
    """
    total = 0.0
    for row in range(low, high):
        total += chance[row]
    few = many = 0
    for row in range(low, high):
        at = row - low
        keep[row] = np.uint64(1) << _S32
        other[row] = at
        left[at] = chance[row] * (high - low) / total
        if left[at] < 1.0:
            small[few] = at
            few += 1
        else:
            large[many] = at
            many += 1
    while few and many:
        few -= 1
        under, over = small[few], large[many - 1]
        keep[low + under] = np.uint64(np.int64(left[under] * 4294967296.0 + 0.5))
        other[low + under] = over
        left[over] -= 1.0 - left[under]
        if left[over] < 1.0:
            many -= 1
            small[few] = over
            few += 1


@njit(cache=True, nogil=True)
def _group_tables(  # type: ignore[no-untyped-def]
    group_table, group_size, table_start, table_chance
):
    """Return first rows and words of all tables of groups, and the tables."""
    groups = len(group_table)
    starts, word_starts = np.zeros(groups + 1, np.int32), np.zeros(groups + 1, np.int32)
    longest = 1
    for g in range(groups):
        dishes = table_start[group_table[g] + 1] - table_start[group_table[g]]
        rows = np.int64(dishes)
        for m in range(1, group_size[g]):
            rows = rows * (dishes + m) // (m + 1)
        words = rows * ((dishes + SLOTS - 1) // SLOTS)
        starts[g + 1], word_starts[g + 1] = starts[g] + rows, word_starts[g] + words
        longest = max(longest, int(rows))
    chance = np.zeros(starts[-1])
    keep = np.zeros(starts[-1], np.uint64)
    other = np.zeros(starts[-1], np.uint32)
    words = np.zeros(word_starts[-1], np.uint64)
    left = np.zeros(longest)
    small, large = np.zeros(longest, np.int64), np.zeros(longest, np.int64)
    for g in range(groups):
        table, size = group_table[g], group_size[g]
        low = table_start[table]
        dishes = table_start[table + 1] - low
        wide = (dishes + SLOTS - 1) // SLOTS
        # All ways of giving the guests to the dishes, from all at the first to all at the last.
        count = np.zeros(dishes, np.int64)
        count[0] = size
        for row in range(starts[g], starts[g + 1]):
            likely, free = 1.0, size
            for dish in range(dishes):
                for k in range(count[dish]):
                    likely *= table_chance[low + dish] * free / (k + 1)
                    free -= 1
                word = word_starts[g] + (row - starts[g]) * wide + dish // SLOTS
                words[word] += np.uint64(count[dish]) << (np.uint64(dish % SLOTS) * BITS)
            chance[row] = likely
            if row + 1 < starts[g + 1]:
                last = dishes - 2
                while count[last] == 0:
                    last -= 1
                back = count[dishes - 1]
                count[dishes - 1] = 0
                count[last] -= 1
                count[last + 1] = back + 1
        _alias_rows(starts[g], starts[g + 1], chance, keep, other, left, small, large)
    return starts, word_starts, keep, other, words


@njit(cache=True, nogil=True, inline="always")
def urn_place(bits, strength, seen):  # type: ignore[no-untyped-def]
    """Return which of those ``seen`` before is copied, beyond them where none is.

    The lower half of the bits is left for the choice of those who copy none.
    """
    return float(np.int64(bits >> _S32)) * (1.0 / 4294967296.0) * (strength + seen)


@njit(cache=True, nogil=True)
def _draw_urn(  # type: ignore[no-untyped-def]
    state, n, strength, seen, low, rows, first, table_dish, keep, other, past, base
):
    """Add a dish for each guest of an event with an urn to those before; return the state.

    Parameters
    ----------
    seen, past, base
        How many chose before, what they chose, and where that begins.
    """
    for _ in range(n):
        state, bits = next_bits(state)
        place = urn_place(bits, strength, seen)
        if place < seen:
            past[base + seen] = past[base + np.int64(place)]
        else:
            row = row_of(bits & _LOW, np.uint64(low), np.uint64(rows), keep, other)
            past[base + seen] = table_dish[first + np.int64(row) - low]
        seen += 1
    return state


@njit(cache=True, nogil=True)
def urn_starts(event_n, event_table, urn_journey):  # type: ignore[no-untyped-def]
    """Return where each table's orders of a journey begin, where an urn must know them.

    Beyond the last there is room for those of one event.
    """
    found = np.zeros(len(urn_journey) + 1, np.int64)
    for event in range(len(event_n)):
        if urn_journey[event_table[event]] > 0.0:
            found[event_table[event] + 1] += event_n[event]
    return np.cumsum(found)


@njit(cache=True, nogil=True, inline="always")
def _fill_group(  # type: ignore[no-untyped-def]
    bits, size, low, rows, word, first, dishes, table_dish, keep, other, words, orders, at
):
    """Fill ``orders`` from ``at`` on with the dishes of one group; return where it ends."""
    row = np.int64(row_of(bits, np.uint64(low), np.uint64(rows), keep, other)) - low
    if size == 1:
        orders[at] = table_dish[first + row]
        return at + 1
    word += row * ((dishes + SLOTS - 1) // SLOTS)
    for dish in range(dishes):
        held = words[word + dish // SLOTS] >> (np.uint64(dish % SLOTS) * BITS)
        for _ in range(np.int64(held & COUNT)):
            orders[at] = table_dish[first + dish]
            at += 1
    return at


@njit(cache=True, nogil=True)
def draw_orders(  # type: ignore[no-untyped-def]
    state, draws, history_start, history, own, orders
):
    """Fill ``orders`` with one dish for each guest of each event, in the order in which they ask.

    The counts are those of the kernel that compares them with levels: the same numbers are drawn
    from the same stream.  Who of an event asks first is drawn from another.

    Parameters
    ----------
    history_start, history
        See `urn_starts`; room for what was chosen from each table.
    own
        Room for the orders of one event.
    """
    # Fields are looked up once: each look-up counts a reference.
    (
        _, event_n, event_table, table_start, table_dish, event_group, event_groups, event_rest,
        urn_meal, urn_journey, group_size, group_start, group_word, keep, other, words,
    ) = draws  # fmt: skip
    filled = np.zeros(len(table_start) - 1, np.int64)
    turns = state ^ _SHUFFLE
    at = 0
    for event in range(len(event_n)):
        table, n = event_table[event], event_n[event]
        first, dishes = table_start[table], table_start[table + 1] - table_start[table]
        group, times, rest = event_group[event], event_groups[event], event_rest[event]
        low, rows = group_start[group], group_start[group + 1] - group_start[group]
        if urn_meal[event] > 0.0 or urn_journey[table] > 0.0:
            base, seen, strength = history_start[-1], 0, urn_meal[event]
            if not strength > 0.0:
                base, seen, strength = history_start[table], filled[table], urn_journey[table]
            state = _draw_urn(
                state, n, strength, seen, low, rows, first, table_dish, keep, other, history, base
            )
            filled[table] += n
            own[:n] = history[base + seen : base + seen + n]
        else:
            end = 0
            bits = state
            for turn in range(times + (1 if rest >= 0 else 0)):
                # Two groups share 64 random bits; the smaller group is the last.
                if turn % 2:
                    bits >>= _S32
                else:
                    state, bits = next_bits(state)
                if turn == times:
                    group = rest
                    low, rows = group_start[group], group_start[group + 1] - group_start[group]
                end = _fill_group(
                    bits & _LOW, group_size[group], low, rows, group_word[group], first, dishes,
                    table_dish, keep, other, words, own, end,
                )  # fmt: skip
            for guest in range(n - 1, 0, -1):
                turns, bits = next_bits(turns)
                one = np.int64(((bits >> _S32) * np.uint64(guest + 1)) >> _S32)
                own[guest], own[one] = own[one], own[guest]
        for guest in range(n):
            orders[at + guest] = own[guest]
        at += n
