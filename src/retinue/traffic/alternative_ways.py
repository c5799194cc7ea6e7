"""Other ways over a line network than a leg's own, which truly run elsewhere.

Of every section, each way round, there is one shortest way that leads over it: from the start by
the tree of shortest ways to its near end, from its far end on by that to the end (ways by way of
one section: I. Abraham and others, "Alternative routes in road networks", ACM Journal of
Experimental Algorithmics 18, 2013).  These are looked at in the order of their length; one is kept
that meets no node twice and runs apart from every way kept before.  So what is found for fewer
ways stays where more are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from retinue.traffic.line_network import Step
from retinue.traffic.way_courses import WayCourses
from retinue.traffic.way_search import WayTree, way_tree

if TYPE_CHECKING:
    from retinue.traffic.line_network import LineNetwork

__all__ = ["APART_M", "LONGEST", "other_ways"]

Steps = tuple[Step, ...]

APART_M = 2_000.0
"""Another way runs farther from all others than a map may be off for so long."""

LONGEST = 1.5
"""No way is so many times longer than the shortest."""


def other_ways(
    network: LineNetwork,
    own: Sequence[Step],
    count: int,
    *,
    longest: float = LONGEST,
    courses: WayCourses | None = None,
) -> tuple[Steps, ...]:
    """Return other ways between the ends of one, the shortest first.

    Parameters
    ----------
    own
        A way of at least one step.
    count
        How many at most.
    longest
        None is so many times longer than the shortest way there is.
    courses
        Of the network, where they are at hand.
    """
    drawn = WayCourses(network) if courses is None else courses
    first, last = network.sections[own[0].section], network.sections[own[-1].section]
    start = first.a if own[0].forward else first.b
    end = last.b if own[-1].forward else last.a
    there, back = way_tree(network, start), way_tree(network, end)
    kept: list[Steps] = [tuple(own)]
    seen = {tuple(own)}
    if end not in there.length_m or count < 1:
        return ()
    for steps in _ways_by_section(network, there, back, longest * there.length_m[end]):
        if steps in seen:
            continue
        seen.add(steps)
        if all(drawn.apart_m(steps, other) >= APART_M for other in kept):
            kept.append(steps)
            if len(kept) > count:
                break
    return tuple(kept[1:])


def _ways_by_section(
    network: LineNetwork, there: WayTree, back: WayTree, longest_m: float
) -> Iterator[Steps]:
    """Yield the shortest way over each section, each way round, that meets no node twice."""
    found = []
    for section in network.sections:
        for step in (Step(section.index, True), Step(section.index, False)):
            near, far = network.other_end(step.turned), network.other_end(step)
            if near not in there.length_m or far not in back.length_m:
                continue
            length = there.length_m[near] + section.length_m + back.length_m[far]
            if length <= longest_m:
                found.append((length, step))
    for _, step in sorted(found):
        near, far = network.other_end(step.turned), network.other_end(step)
        steps = (*there.steps_to(near), step, *back.steps_from(far))
        nodes = [there.start, *(network.other_end(one) for one in steps)]
        if len(set(nodes)) == len(nodes):
            yield steps
