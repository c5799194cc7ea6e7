"""Store rooms of a train by the role of its coaches, and which goods lie in which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from retinue.document import read_yaml, validate
from retinue.errors import InputError, NoPlan, Reason
from retinue.plan.stores import Placement, StoreRoom
from retinue.provisioning.ingredient import Storage
from retinue.provisioning.resupply import Capacity
from retinue.sourced import Record, SourcedRecord
from retinue.units import Length, Mass, Temperature, Volume
from retinue.world.catalogue import SHIPPED, shown_as, user_folder

if TYPE_CHECKING:
    from retinue.plan import Plan

__all__ = ["RoomRule", "capacity_of", "load_room_rules", "place_lots", "rooms_of"]


class RoomRule(SourcedRecord):
    """The room for one storage class in a coach of one role."""

    coach: str = Field(min_length=1)
    storage: Storage
    volume: Volume = Field(gt=0, le=500)
    mass: Mass = Field(gt=0, le=100_000)
    kept_at: Temperature
    distance: Length = Field(ge=0, description="to the stove")


class _RoomFile(Record):
    retinue_store_rooms: Literal[1]
    source: str
    confidence: Literal["H", "M", "L", "K", "assumed"]
    sources: dict[str, str] = Field(default_factory=dict)
    rooms: tuple[RoomRule, ...] = Field(min_length=1)


def load_room_rules(path: Path | None = None) -> tuple[RoomRule, ...]:
    """Read the rooms; by default those of the user's catalogue, else the shipped ones.

    Raises
    ------
    InputError
        For a file that is missing or faulty.
    """
    if path is None:
        own = user_folder() / "store_rooms.yaml"
        path = own if own.is_file() else SHIPPED / "store_rooms.yaml"
    return _read(path, path.stat().st_mtime_ns if path.is_file() else 0)


@cache
def _read(path: Path, _changed: int) -> tuple[RoomRule, ...]:
    node = read_yaml(path, shown_as(path)).copy()
    if not isinstance(node.value, dict) or "retinue store rooms" not in node.value:
        raise InputError(
            "this is not a file of store rooms",
            where=f"{node.file}:{node.line}",
            cure='Begin it with "retinue store rooms: 1".',
        )
    rooms = node.value.get("rooms")
    for room in rooms.value if rooms is not None and isinstance(rooms.value, list) else ():
        for key in ("source", "confidence"):
            if isinstance(room.value, dict) and key in node.value:
                room.value.setdefault(key, node.value[key])
    return validate(node, _RoomFile).rooms


def rooms_of(plan: Plan, rules: Sequence[RoomRule]) -> tuple[StoreRoom, ...]:
    """Return the store rooms of the main train, those nearest to the stove first.

    Raises
    ------
    NoPlan
        Where no coach of the train has a store room.
    """
    found: list[StoreRoom] = []
    leg = next(leg for leg in plan.legs if leg.mode == "rail")
    coaches = leg.train.vehicles if leg.train is not None else ()
    for at, coach in enumerate(coaches):
        found += [
            StoreRoom(
                id=f"{at + 1}-{coach.role}-{rule.storage}",
                coach=f"{coach.label} ({at + 1})",
                storage=rule.storage,
                volume_m3=rule.volume,
                mass_kg=rule.mass,
                kept_at_k=round(rule.kept_at, 2),
                distance_m=rule.distance,
                assumed=rule.confidence == "assumed",
            )
            for rule in rules
            if rule.coach == coach.role
        ]
    if not found:
        wanted = ", ".join(sorted({rule.coach for rule in rules}))
        raise NoPlan(
            "the train has no store rooms",
            reasons=[
                Reason(
                    "no coach has a role with store rooms", cure=f"add one: {wanted}", kind="rooms"
                )
            ],
        )
    return tuple(sorted(found, key=lambda room: (room.distance_m, room.id)))


def capacity_of(rooms: Sequence[StoreRoom]) -> dict[str, Capacity]:
    """Return the room of each storage class, all coaches together."""
    found: dict[str, Capacity] = {}
    for room in rooms:
        old = found.get(room.storage, Capacity(0.0, 0.0))
        found[room.storage] = Capacity(old.volume_m3 + room.volume_m3, old.mass_kg + room.mass_kg)
    return found


def place_lots(
    lots: Sequence[tuple[str, str, float, float, float, float]],
    rooms: Sequence[StoreRoom],
    filled: Mapping[str, tuple[float, float]],
) -> dict[str, tuple[Placement, ...]]:
    """Lay the lots of one loading in rooms: what is drawn most a kilogram lies nearest.

    Parameters
    ----------
    lots
        ``(id, storage, kg, m3 a kg, mass a kg, draws)``; the more draws a kilogram, the nearer
        to the stove.
    rooms
        Nearest first.
    filled
        Volume and mass that each room already holds, by id.

    Raises
    ------
    NoPlan
        Where they do not fit.
    """
    free = {
        room.id: [room.volume_m3 - filled.get(room.id, (0.0, 0.0))[0],
                  room.mass_kg - filled.get(room.id, (0.0, 0.0))[1]]
        for room in rooms
    }  # fmt: skip
    found: dict[str, tuple[Placement, ...]] = {}
    for lot, storage, kg, volume, mass, _ in sorted(lots, key=lambda one: (-one[5], one[0])):
        left = kg
        placed = []
        for room in rooms:
            if room.storage != storage or left <= 0:
                continue
            fits = min(left, max(free[room.id][0], 0.0) / volume, max(free[room.id][1], 0.0) / mass)
            if fits <= 1e-9:
                continue
            free[room.id][0] -= fits * volume
            free[room.id][1] -= fits * mass
            placed.append(Placement(room=room.id, kg=round(fits, 6)))
            left -= fits
        if left > 1e-6 * max(kg, 1.0):
            raise NoPlan(
                "the goods do not fit the store rooms",
                reasons=[
                    Reason(
                        f"{left:.1f} kg of {storage} goods ({lot}) find no room",
                        cure="another coach with store rooms, or a delivery at one more stop",
                        kind="volume",
                    )
                ],
            )
        found[lot] = tuple(placed)
    return found
