"""Severance: nobody is cut off unseen.

::

    out 0 ---- 1 ==x1== 2 ---- 3 hospital
               |               |
               4 =====x2====== 5          (x1, x2 crossings)
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retinue.protection.severance import AccessNetwork, AccessPlace, severed_access

NETWORK = AccessNetwork(
    node_count=6,
    edge_from=np.array([0, 1, 2, 1, 4, 3]),
    edge_to=np.array([1, 2, 3, 4, 5, 5]),
    outside=np.array([0]),
    closed_edges={"x1": (1,), "x2": (4,)},
    closed_nodes={"j": (3,)},
    places=(AccessPlace("St Mary", "hospital", 3), AccessPlace("Weiler", "village", 4)),
)


def _closure(site: str, begin: float, end: float) -> Any:
    return SimpleNamespace(
        id=f"{site}/{begin:g}", site=site, place=site, hold_s=end - begin,
        close=SimpleNamespace(planned_utc=begin), open=SimpleNamespace(planned_utc=end),
    )  # fmt: skip


def test_one_way_in_that_is_left_open_is_enough() -> None:
    assert severed_access(NETWORK, [_closure("x1", 0, 100)]) == ()
    assert severed_access(NETWORK, [_closure("x1", 0, 100), _closure("x2", 100, 200)]) == ()


def test_a_hospital_behind_two_closed_crossings_is_named_with_a_cure() -> None:
    (found,) = severed_access(NETWORK, [_closure("x1", 0, 100), _closure("x2", 40, 200)])
    assert (found.place, found.kind) == ("St Mary", "hospital")
    assert (found.from_utc, found.until_utc) == (40.0, 100.0)
    assert found.closures == ("x1/0", "x2/40")
    assert "ambulance" in found.cure


def test_a_place_on_a_closed_junction_is_cut_off() -> None:
    (found,) = severed_access(NETWORK, [_closure("j", 0, 60)])
    assert found.place == "St Mary"


def test_a_place_that_was_never_connected_is_not_blamed_on_closures() -> None:
    alone = AccessNetwork(
        2, np.array([], int), np.array([], int), np.array([0]), {"x": ()}, {},
        (AccessPlace("island", "village", 1),),
    )  # fmt: skip
    assert severed_access(alone, [_closure("x", 0, 10)]) == ()


@given(
    st.lists(
        st.tuples(st.sampled_from(["x1", "x2", "j"]), st.integers(0, 50), st.integers(1, 50)),
        max_size=6,
    )
)
def test_it_agrees_with_asking_at_every_second(spans: list[tuple[str, int, int]]) -> None:
    closures = [
        _closure(site, float(begin), float(begin + length)) for site, begin, length in spans
    ]
    found = severed_access(NETWORK, closures)
    for second in range(0, 101):
        at = second + 0.5
        sites = {c.site for c in closures if c.close.planned_utc <= at < c.open.planned_utc}
        cut = "j" in sites or {"x1", "x2"} <= sites
        reported = any(s.place == "St Mary" and s.from_utc <= at < s.until_utc for s in found)
        assert reported == cut
