r"""Which moves over a junction cross each other on the level.

Each line that ends at the junction has a track in and a track out, side by side.  On a circle
round the junction a move is a chord from one line's track in to another's track out; two moves
cross where their chords do.  With trains on the left::

            X     Y            A is the common line. X to A crosses A to Y; of the four moves
             \   /             X-A, A-X, Y-A, A-Y no other two do.
              \ /
               |
               A
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retinue.traffic.line_network import Section

__all__ = ["crossing_moves"]

Move = tuple[int, int, int]
#: Half the angle between the two tracks of one line, seen from the junction.
_TRACK_APART_RAD = 1e-6


def crossing_moves(
    node: int, moves: Iterable[Move], sections: Sequence[Section], side: str | None
) -> list[list[Move]]:
    """Return groups of moves that may not be made at once.

    Parameters
    ----------
    node
        The junction.
    moves
        Moves that occur; their reverses are taken to occur too.
    sections
        All sections.
    side
        Running side; None: not known, and a crossing on either side counts.

    Returns
    -------
    list
        Moves that cross another one, in connected groups: for more than three lines a group
        forbids more than it must.  Where a line is single every move over it is in one group.
    """
    all_moves = sorted({*moves, *((out, n, come) for come, n, out in moves)})
    all_moves = [move for move in all_moves if move[0] != move[2]]
    legs = {leg for move in all_moves for leg in (move[0], move[2])}
    bearing = {leg: _bearing(sections[leg], node) for leg in sorted(legs)}
    singles = {leg for leg in legs if sections[leg].tracks == 1}
    crossing: dict[Move, set[Move]] = {}
    for one, two in itertools.combinations(all_moves, 2):
        shared_single = singles & {one[0], one[2]} & {two[0], two[2]}
        sides = ("left", "right") if side is None else (side,)
        if shared_single or any(_cross(one, two, bearing, s) for s in sides):
            crossing.setdefault(one, set()).add(two)
            crossing.setdefault(two, set()).add(one)
    groups: list[list[Move]] = []
    seen: set[Move] = set()
    for move in sorted(crossing):
        if move in seen:
            continue
        group, open_moves = [], [move]
        seen.add(move)
        while open_moves:
            here = open_moves.pop()
            group.append(here)
            fresh = crossing[here] - seen
            seen |= fresh
            open_moves.extend(sorted(fresh))
        groups.append(sorted(group))
    return groups


def _bearing(section: Section, node: int) -> float:
    """Return the direction in which a section leaves a node, radians clockwise from north."""
    lat, lon = section.lat_deg, section.lon_deg
    if section.a != node:
        lat, lon = lat[::-1], lon[::-1]
    # A little way off, for the first points may lie within the junction.
    other = min(2, len(lat) - 1)
    east = (lon[other] - lon[0]) * math.cos(math.radians(lat[0]))
    return math.atan2(east, lat[other] - lat[0]) % (2.0 * math.pi)


def _cross(one: Move, two: Move, bearing: dict[int, float], side: str) -> bool:
    # Looking outwards along a line, trains that leave keep to their side, those that come are on
    # the other one.
    out = -_TRACK_APART_RAD if side == "left" else _TRACK_APART_RAD
    (a, b), (c, d) = ((bearing[move[0]] - out, bearing[move[2]] + out) for move in (one, two))
    if one[0] == two[0] or one[2] == two[2]:
        return False  # the same track in or out: its blocks keep them apart
    low, high = sorted((a, b))
    return (low < c < high) != (low < d < high)
