"""The way around closed airspace against a reference of its own.

    python benchmarks/airspace.py [--cases 200]

Bars: no way enters a closed set, and none is longer than 1.005 times a length that no way around
undercuts (`tests.checks.airspace_reference`: airspace shrunk by 0.05 % of the distance, full
visibility search; shrunk by 0.02 % or 20 m where that leaves a doubt).  Cases without a way,
mostly an end within an area, are left out and counted.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from tests.checks.airspace_cases import draw, large_aerodromes
from tests.checks.airspace_reference import Airspace, Zones

from retinue.air.airspace import around_closed
from retinue.air.great_circle import length_m
from retinue.errors import NoPlan
from retinue.world.pack import load_pack
from retinue.world.places import Gazetteer

_DOUBT = 1.004
_FINER_SHARES = (2e-4, 2e-6)


def main() -> int:
    """Judge the cases; return 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=200)
    wanted = parser.parse_args().cases
    pack = load_pack()
    countries = pack.countries
    zones = Zones(countries)
    aerodromes = large_aerodromes(Gazetteer(pack).aerodromes)
    ratios: list[float] = []
    seconds: list[float] = []
    entered = refused = number = 0
    while len(ratios) < wanted:
        case = draw(number, aerodromes, countries)
        number += 1
        begin = time.perf_counter()
        try:
            path = around_closed(case.start, case.end, case.closed, countries, areas=case.areas)
        except NoPlan:
            refused += 1
            continue
        seconds.append(time.perf_counter() - begin)
        found = length_m([p[0] for p in path], [p[1] for p in path])
        airspace = Airspace(zones, case.closed, case.polygons, case.circles)
        what = airspace.enters(path)
        if what:
            entered += 1
            print(f"case {case.number} enters {what}")
        ratio = found / airspace.lower_bound_m(case.start, case.end, found)
        for share in _FINER_SHARES:
            if ratio <= _DOUBT:
                break
            # Shrinking may open a gap that is none.
            ratio = found / airspace.lower_bound_m(case.start, case.end, found, shrink_share=share)
        ratios.append(ratio)
        print(f"{case.number} {ratio:.5f} {seconds[-1]:.2f} s", flush=True)
    print(f"cases {wanted}, without a way {refused}, entered {entered}")
    print(f"ratio to the bound: median {np.median(ratios):.5f}, worst {max(ratios):.5f}")
    print(f"seconds: median {np.median(seconds):.3f}, 95th percentile"
          f" {np.percentile(seconds, 95):.3f}, worst {max(seconds):.3f}")  # fmt: skip
    return int(entered > 0 or max(ratios) > 1.005)


if __name__ == "__main__":
    raise SystemExit(main())
