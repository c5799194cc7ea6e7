"""Electricity of the coaches along the journey: own load, heating, cooling, and its fuel.

    heating = loss (inside - outside) / ratio         where it is colder than ``heat below``
    cooling = loss (outside + sun - inside) / ratio   where it is warmer than ``cool above``

The air outside is the month's mean where the train then is (`open_air`); nobody forecasts it that
far ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from retinue.clock import local
from retinue.plan.services import EnergyRecord
from retinue.provisioning.meals import zone_at
from retinue.provisioning.open_air import ZERO_K, OpenAir, band_mean, load_open_air

if TYPE_CHECKING:
    from retinue.plan import Plan, VehicleRecord
    from retinue.provisioning.service_data import ServiceData

__all__ = ["energy_of"]

_STEP_S = 3600.0


def energy_of(
    plan: Plan,
    coaches: Sequence[VehicleRecord],
    data: ServiceData,
    air: OpenAir | None = None,
) -> EnergyRecord:
    """Return the coaches' electricity by the hour on all legs by rail.

    Parameters
    ----------
    air
        The open air by place; by default the user's own file, else the shipped one.
    """
    air = load_open_air() if air is None else air
    legs = [leg for leg in plan.legs if leg.mode == "rail"]
    load = sum(data.power_of(c.role).load for c in coaches)
    loss = sum(data.power_of(c.role).loss_per_kelvin for c in coaches)
    climate = data.climate
    times: list[float] = []
    felt: list[float] = []
    for leg in legs:
        grid = np.unique(
            np.append(np.arange(leg.depart_utc, leg.arrive_utc, _STEP_S), leg.arrive_utc)
        )
        for moment in grid.tolist():
            longitude, latitude = leg.main.position_at(moment)
            month = local(moment, zone_at(plan, moment)).month
            times.append(float(moment))
            felt.append(
                band_mean(data.outside, month, latitude) + ZERO_K
                if data.outside
                else air.mean_k(month, latitude, longitude)
            )
    outside = np.array(felt)
    heating = np.where(
        outside < climate.heat_below, loss * (climate.inside - outside) / climate.heating_ratio, 0.0
    )
    cooling = np.where(
        outside > climate.cool_above,
        loss * (outside + climate.sun - climate.inside) / climate.cooling_ratio,
        0.0,
    )
    # Each hour's power holds until the next knot.
    hours = np.diff(np.array(times), append=times[-1]) / 3600.0
    heat, cool = (float((p * hours).sum()) / 1000.0 for p in (heating, cooling))
    own = load * float(hours.sum()) / 1000.0
    generators = [c.label for c in coaches if c.role == "generator"]
    total = own + heat + cool
    return EnergyRecord(
        time_utc=tuple(times),
        outside_k=tuple(round(t, 2) for t in felt),
        load_w=tuple([round(load, 0)] * len(times)),
        heating_w=tuple(np.round(heating, 0).tolist()),
        cooling_w=tuple(np.round(cooling, 0).tolist()),
        total_kwh=round(total, 1),
        heating_kwh=round(heat, 1),
        cooling_kwh=round(cool, 1),
        fuel_m3=round(total * climate.fuel_per_kwh, 4) if generators else 0.0,
        fed_by=", ".join(generators) if generators else "locomotives",
        assumed="air outside: the month's mean where the train then is",
    )
