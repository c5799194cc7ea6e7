"""The formation as a house: kitchens, store rooms and tanks written at their coaches."""

from __future__ import annotations

from retinue.plan import Plan
from retinue.plan.provision import Provision
from retinue.plan.vehicles import TrainRecord
from retinue.report.chapter import Picture
from retinue.report.coach_numbers import room_vehicle
from retinue.report.drawing import PAPER, Palette
from retinue.report.formation_drawing import draw_formation

__all__ = ["coach_cells", "house_drawing", "main_train"]


def main_train(plan: Plan) -> TrainRecord | None:
    """Return the main train as it departs on the first leg by rail."""
    return next((leg.train for leg in plan.legs if leg.mode == "rail" and leg.train), None)


def coach_cells(train: TrainRecord, provision: Provision) -> list[tuple[str, list[str]]]:
    """Return rows of litres by store and tank: a name and a text for every vehicle."""
    count = len(train.vehicles)
    volumes: dict[str, list[float]] = {}
    for room in provision.stores.rooms:
        index = room_vehicle(room.coach, train.vehicles)
        if index is not None:
            row = volumes.setdefault(room.storage, [0.0] * count)
            row[index] += room.volume_m3
    # Tanks are counted from the first coach, the locomotives apart.
    coaches = [k for k, one in enumerate(train.vehicles) if one.role != "locomotive"]
    for tank in provision.services.tanks:
        if tank.kind != "linen" and tank.coach_number <= len(coaches):
            row = volumes.setdefault(tank.kind, [0.0] * count)
            row[coaches[tank.coach_number - 1]] += tank.capacity_m3
    return [
        (name, [f"{value:.1f}" if value else "" for value in row]) for name, row in volumes.items()
    ]


def house_drawing(
    plan: Plan, provision: Provision, width: float, palette: Palette = PAPER
) -> Picture | None:
    """Draw the main train with what its coaches hold; None for a journey without one."""
    train = main_train(plan)
    if train is None:
        return None
    title = f"Store rooms and tanks of {train.name}"
    svg = draw_formation(
        train.vehicles, width, palette=palette, title=title, cells=coach_cells(train, provision)
    )
    note = (
        "From the head, lengths to scale, masses in tonnes; below, store rooms and tanks in cubic"
        " metres. Black: the principal's."
    )
    return Picture(title, svg, note)
