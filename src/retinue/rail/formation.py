"""Formations: the train as a whole, computed once, here.

Everything that a vehicle's place decides (which door is on which side, where the
ramp is, which end leads) hangs on the order and on ``turned``; everything that
the running time needs is one `TrainDynamics`.

::

    direction of travel <-
    [loco][loco][guards][saloon*][dining][kitchen] ... [guards][transporter >ramp]
     head                                                                    tail
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from retinue.errors import InputError
from retinue.plan.vehicles import TrainRecord, VehicleRecord
from retinue.rail.braking import (
    COMFORT_MPS2,
    SERVICE_SHARE,
    permitted_speed_by_brake_percentage,
    service_braking_mps2,
)
from retinue.rail.catalogue import load_vehicle
from retinue.rail.dynamics import (
    ConstantBraking,
    MassDistribution,
    TrainDynamics,
    curtius_kniffler,
)
from retinue.rail.placed_vehicle import PlacedVehicle
from retinue.rail.rolling_stock import Locomotive
from retinue.rail.traction import effort_by_system

__all__ = ["Formation", "PlacedVehicle"]


@dataclass(frozen=True)
class Formation:
    """Vehicles in order from the head; locomotives first.

    Attributes
    ----------
    gauge_mm
        The gauge it stands on now.
    ground
        (what, value, because) of what is assumed of the train as such.

    Raises
    ------
    InputError
        Without a vehicle, or with a locomotive behind a coach.
    """

    name: str
    vehicles: tuple[PlacedVehicle, ...]
    gauge_mm: int = 1435
    title: str = ""
    source: str = ""
    ground: tuple[tuple[str, str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.vehicles:
            raise InputError("a formation has at least one vehicle", where=self.name)
        kinds = [placed.is_locomotive for placed in self.vehicles]
        if kinds != sorted(kinds, reverse=True):
            raise InputError(
                "a locomotive stands behind a coach",
                where=self.name,
                cure="Locomotives stand at the head; pushing is not modelled.",
            )
        ids = [placed.id for placed in self.vehicles]
        repeated = {i for i in ids if ids.count(i) > 1}
        if repeated:
            raise InputError(f'two vehicles have the id "{min(repeated)}"', where=self.name)

    @cached_property
    def locomotives(self) -> tuple[PlacedVehicle, ...]:
        """Locomotives from the head."""
        return tuple(placed for placed in self.vehicles if placed.is_locomotive)

    @cached_property
    def coaches(self) -> tuple[PlacedVehicle, ...]:
        """Hauled vehicles from the head."""
        return tuple(placed for placed in self.vehicles if not placed.is_locomotive)

    @cached_property
    def length_m(self) -> float:
        """Length over all vehicles."""
        return float(sum(placed.vehicle.length for placed in self.vehicles))

    @cached_property
    def mass_kg(self) -> float:
        """Mass with locomotives, load and armour."""
        return float(sum(placed.mass_kg for placed in self.vehicles))

    @cached_property
    def axles(self) -> int:
        """Number of axles."""
        return sum(placed.vehicle.axles for placed in self.vehicles)

    @cached_property
    def brake_percentage(self) -> float:
        """Braked weight over mass, in per cent."""
        braked = sum(placed.vehicle.brake_mass_kg() for placed in self.vehicles)
        return 100.0 * braked / self.mass_kg

    @cached_property
    def power_systems(self) -> tuple[str, ...]:
        """Power systems on which at least one locomotive pulls."""
        return tuple(sorted({s for p in self._engines for s in p.traction}))

    @cached_property
    def vehicle_speed_mps(self) -> float:
        """Lowest maximum speed of its vehicles."""
        return min(placed.vehicle.maximum_speed for placed in self.vehicles)

    @cached_property
    def max_speed_mps(self) -> float:
        """What vehicles allow, and the brakes on the level within a main line's 1,000 m."""
        return self.permitted_speed_mps()

    def permitted_speed_mps(
        self,
        *,
        braking_distance: float | str = "main",
        ruling_gradient: float = 0.0,
        mass_factor: float = 1.0,
    ) -> float:
        """Return the speed that vehicles and brakes allow on a kind of line, m/s.

        Raises
        ------
        InputError
            Where the brakes cannot hold the train on the gradient.
        """
        by_brakes = permitted_speed_by_brake_percentage(
            self.brake_percentage / mass_factor, braking_distance, ruling_gradient
        )
        return min(self.vehicle_speed_mps, by_brakes)

    @cached_property
    def positions_m(self) -> tuple[float, ...]:
        """Distance of each vehicle's front behind the head of the train."""
        ends = np.cumsum([placed.vehicle.length for placed in self.vehicles])
        return (0.0, *(float(end) for end in ends[:-1]))

    @cached_property
    def principal_span_m(self) -> tuple[float, float] | None:
        """From where to where behind the head the principal's vehicles stand; None: nowhere.

        What a stopping mark needs: the door and the carpet lie within it.
        """
        spans = [
            (start, start + placed.vehicle.length)
            for placed, start in zip(self.vehicles, self.positions_m, strict=True)
            if placed.principal
        ]
        return (spans[0][0], spans[-1][1]) if spans else None

    @property
    def _engines(self) -> tuple[Locomotive, ...]:
        return tuple(p.vehicle for p in self.vehicles if isinstance(p.vehicle, Locomotive))

    def dynamics(
        self,
        mass_factor: float = 1.0,
        *,
        adhesion: Callable[[ArrayLike], NDArray[np.float64]] = curtius_kniffler,
        braking_distance: float | str = "main",
        ruling_gradient: float = 0.0,
    ) -> TrainDynamics:
        """Return the whole-train values that the running-time engine needs.

        The effort is held under the adhesion limit locomotive by locomotive, so
        the result carries no adhesive mass of its own.

        Parameters
        ----------
        mass_factor
            What if every vehicle were heavier: weight and inertia grow, brake mass and
            tractive effort do not.
        adhesion
            Adhesion coefficient by speed in m/s.
        braking_distance, ruling_gradient
            What the permitted speed is worked out for; see `permitted_speed_mps`.

        Raises
        ------
        InputError
            Without a locomotive, or where the brakes cannot hold the train.
        """
        if not self._engines:
            raise InputError(
                "the train has no locomotive",
                where=self.name,
                cure='Name some: "locomotives: [...]".',
            )
        masses = np.array([placed.mass_kg * mass_factor for placed in self.vehicles])
        factors = np.array([placed.vehicle.rotating_mass_factor for placed in self.vehicles])
        davis = np.sum(
            [
                placed.vehicle.resistance.davis(float(mass), leading=index == 0)
                for index, (placed, mass) in enumerate(zip(self.vehicles, masses, strict=True))
            ],
            axis=0,
        )
        lengths = np.array([placed.vehicle.length for placed in self.vehicles])
        speed = self.permitted_speed_mps(
            braking_distance=braking_distance,
            ruling_gradient=ruling_gradient,
            mass_factor=mass_factor,
        )
        return TrainDynamics(
            name=self.name,
            length_m=self.length_m,
            mass_kg=float(masses.sum()),
            rotating_mass_factor=float((masses * factors).sum() / masses.sum()),
            davis_a_n=float(davis[0]),
            davis_b_n_per_mps=float(davis[1]),
            davis_c_n_per_mps2=float(davis[2]),
            effort=effort_by_system(self._engines, adhesion),
            max_speed_mps=speed,
            braking=ConstantBraking(service_braking_mps2(self.brake_percentage / mass_factor)),
            mass_distribution=MassDistribution(np.array(self.positions_m), masses / lengths),
        )

    def without_locomotives(self) -> Formation:
        """Return the coaches alone.

        Raises
        ------
        InputError
            Where there is none.
        """
        return replace(self, vehicles=self.coaches)

    def with_locomotives(
        self,
        locomotives: Sequence[str | Locomotive],
        folders: Sequence[Path] = (),
        *,
        where: str = "",
    ) -> Formation:
        """Return the same coaches behind other locomotives, from the head.

        Raises
        ------
        InputError
            For an unknown name, or a vehicle that does not pull.
        """
        placed: list[PlacedVehicle] = []
        taken = {coach.id for coach in self.coaches}
        for item in locomotives:
            engine = load_vehicle(item, folders, where=where) if isinstance(item, str) else item
            if not isinstance(engine, Locomotive):
                raise InputError(
                    f'"{engine.id}" is no locomotive but a {engine.role} coach', where=where
                )
            name = unique_id(engine.id or "locomotive", taken)
            placed.append(PlacedVehicle(engine, engine.title, id=name))
        return replace(self, vehicles=(*placed, *self.coaches))

    def on_gauge(self, gauge_mm: int) -> Formation:
        """Return the coaches on another gauge; locomotives do not cross.

        Raises
        ------
        InputError
            Where a coach cannot run on that gauge.
        """
        for coach in self.coaches:
            if gauge_mm not in coach.vehicle.gauges_mm:
                raise InputError(
                    f"{coach.label} cannot run on {gauge_mm} mm: it is made for "
                    + " and ".join(f"{g} mm" for g in coach.vehicle.gauges_mm),
                    where=self.name,
                )
        return replace(self, vehicles=self.coaches, gauge_mm=gauge_mm)

    def reversed(self) -> Formation:
        """Return the train after a run-round: it leaves the way it came.

        The coaches stand back to front.  The locomotives went round as a group
        without being turned, so the one that stood next to the coaches leads and
        runs on its other cab.
        """
        locomotives = tuple(replace(p, turned=not p.turned) for p in reversed(self.locomotives))
        coaches = tuple(replace(p, turned=not p.turned) for p in reversed(self.coaches))
        return replace(self, vehicles=(*locomotives, *coaches))

    def record(self, role: str, from_place: str) -> TrainRecord:
        """Return the formation as a plan keeps and draws it."""
        vehicles = tuple(
            VehicleRecord(
                label=placed.label,
                role=placed.role_name,
                length_m=round(placed.vehicle.length, 3),
                mass_kg=round(placed.mass_kg, 1),
                axles=placed.vehicle.axles,
                armoured=placed.armour_mass_kg > 0.0,
                turned=placed.turned,
                principal=placed.principal,
                type_name=placed.vehicle.title,
            )
            for placed in self.vehicles
        )
        return TrainRecord(
            name=self.title or self.name,
            role=role,
            from_place=from_place,
            vehicles=vehicles,
            length_m=round(self.length_m, 3),
            mass_kg=round(self.mass_kg, 1),
            max_speed_mps=round(self.max_speed_mps, 6),
            brake_percentage=round(self.brake_percentage, 3),
            power_systems=self.power_systems,
            assumed=tuple(f"{what}: {value}" for what, value, _ in self.assumptions()),
        )

    def assumptions(self) -> list[tuple[str, str, str]]:
        """Return (what, value, because) of everything nobody published, each once, in order."""
        found: dict[tuple[str, str, str], None] = dict.fromkeys(self.ground)
        for placed in self.vehicles:
            found.update(dict.fromkeys(placed.vehicle.assumed_values()))
            found.update(dict.fromkeys(placed.ground))
        rate = service_braking_mps2(self.brake_percentage)
        because = (
            f"{100.0 * SERVICE_SHARE:.0f} % of a full application by the Minden formula at "
            f"{self.brake_percentage:.0f} % brake percentage, at most {COMFORT_MPS2:g} m/s2"
        )
        found[(f"{self.title or self.name}: service braking", f"{rate:.2f} m/s2", because)] = None
        return list(found)


def unique_id(wanted: str, taken: set[str]) -> str:
    """Return ``wanted``, or ``wanted-2`` and so on, and add it to ``taken``."""
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted}-{count}"
    taken.add(name)
    return name
