"""A vehicle in its place in a train: its role, load and armour there, and which way it faces."""

from __future__ import annotations

from dataclasses import dataclass

from retinue.rail.rolling_stock import Coach, Locomotive

__all__ = ["PlacedVehicle"]


@dataclass(frozen=True)
class PlacedVehicle:
    """A vehicle in its place.

    Attributes
    ----------
    turned
        Runs back to front.
    id
        Unique within the formation; survives reversal and change of locomotives.
    armour_kg, load_kg
        In place of the vehicle's own; None: the vehicle's own.
    ground
        (what, value, because) of what is assumed of this place.
    """

    vehicle: Coach | Locomotive
    label: str
    turned: bool = False
    principal: bool = False
    id: str = ""
    role: str = ""
    armour_kg: float | None = None
    load_kg: float | None = None
    ground: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_locomotive(self) -> bool:
        """Whether it pulls."""
        return isinstance(self.vehicle, Locomotive)

    @property
    def role_name(self) -> str:
        """Role in this train."""
        return self.role or self.vehicle.role

    @property
    def armour_mass_kg(self) -> float:
        """Mass of the armour it carries here."""
        return self.vehicle.armour_kg if self.armour_kg is None else self.armour_kg

    @property
    def mass_kg(self) -> float:
        """Tare, load and armour."""
        load = self.vehicle.load_kg if self.load_kg is None else self.load_kg
        return self.vehicle.tare + load + self.armour_mass_kg

    @property
    def axle_load_kg(self) -> float:
        """Greatest axle load with this armour and load."""
        return self.vehicle.greatest_axle_load_kg(self.armour_mass_kg, self.load_kg)

    @property
    def doors(self) -> str:
        """Door sides seen in the direction of travel: both, left, right or none."""
        side = self.vehicle.doors
        if self.turned and side in ("left", "right"):
            return "right" if side == "left" else "left"
        return side

    @property
    def ramp(self) -> str:
        """End with the ramp in the direction of travel: front, rear, both or none."""
        end = self.vehicle.ramp if isinstance(self.vehicle, Coach) else "none"
        if self.turned and end in ("front", "rear"):
            return "rear" if end == "front" else "front"
        return end
