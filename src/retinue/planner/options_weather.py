"""Weather an option hangs on: the limits of the condition table that can stop one of its legs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from retinue.planner.condition_table import condition_rules
from retinue.planner.exposure import exposures

if TYPE_CHECKING:
    from retinue.plan import Leg

__all__ = ["weather_limits"]


def weather_limits(leg: Leg, sites: Sequence[Mapping[str, Any]] = ()) -> tuple[str, ...]:
    """Return the limits that can stop a leg, each as hazard and class of site, once.

    Darkness is no weather, and a limit that only informs stops nothing.

    Parameters
    ----------
    sites
        The plan's sites along the leg.
    """
    where = exposures(leg, sites)
    return tuple(
        dict.fromkeys(
            f"{rule.hazard}: {rule.site_class}"
            for rule in condition_rules().conditions
            if rule.mode == leg.mode
            and rule.site_class in where
            and rule.hazard != "darkness"
            and rule.level == "warning"
        )
    )
