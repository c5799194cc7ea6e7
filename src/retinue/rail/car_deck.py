"""The deck of a car transporter: what fits on it and over its ramp.

::

         ____________________________________
        |  end   [ car ] spacing [ car ]  end |___      door: width, height
        |_____________________________________|   `--.__ ramp: gradient
          (o)(o) <---- bogie centres --> (o)(o)
"""

from __future__ import annotations

from pydantic import Field

from retinue.sourced import SourcedRecord
from retinue.units import Length, Mass, Ratio

__all__ = ["CarDeck"]


class CarDeck(SourcedRecord):
    """Where cars stand in or on a wagon; what is not known refuses nothing."""

    length: Length = Field(gt=0, le=60, description="free length for cars, inside")
    width: Length | None = Field(default=None, gt=0, le=4, description="between walls or rims")
    height: Length | None = Field(default=None, gt=0, le=5, description="inside; none: open above")
    door_width: Length | None = Field(default=None, gt=0, le=4)
    door_height: Length | None = Field(default=None, gt=0, le=5)
    side_clearance: Length = Field(
        default=0.0, ge=0, le=1, description="in sum left and right of a car, to drive and alight"
    )
    floor_height: Length | None = Field(default=None, gt=0, le=3, description="above the rail")
    ramp_gradient: Ratio | None = Field(default=None, gt=0, le=1)
    ramp_length: Length = Field(default=0.0, ge=0, le=60)
    spacing: Length = Field(ge=0, le=5, description="between cars")
    end_clearance: Length = Field(ge=0, le=5, description="before the first and behind the last")
    load_limit: Mass = Field(gt=0, description="cars with all that holds them")
    wheel_axle_limit: Mass | None = Field(
        default=None, gt=0, description="of one axle of a car on the floor and the ramp"
    )
    bogie_centres: Length | None = Field(default=None, gt=0, le=40)
    gear: Mass = Field(default=0.0, ge=0, description="chocks, lashings and ramp plates")
    enclosed: bool = Field(default=True, description="roof and walls")
