"""Load trains: a train file and the vehicles it names become a formation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from retinue.document import Node, read_yaml, validate
from retinue.errors import InputError
from retinue.rail.catalogue import find_file, list_names, load_vehicle, vehicle_from_node
from retinue.rail.formation import Formation, PlacedVehicle, unique_id
from retinue.rail.rolling_stock import Coach, Locomotive
from retinue.rail.train_file import TRAIN_VERSION, Placement, TrainFile

__all__ = ["list_trains", "load_train", "train_from_node"]


def list_trains(folders: Sequence[Path] = ()) -> list[str]:
    """Return the names of the trains of the catalogue, the user's included."""
    return list_names("trains", folders)


def load_train(name: str | Path, folders: Sequence[Path] = (), *, where: str = "") -> Formation:
    """Load a train by name or path.

    Parameters
    ----------
    folders
        Looked at before the catalogues; the first is the base of relative paths.
    where
        ``file:line: key`` that asked for it.

    Raises
    ------
    InputError
        For an unknown name, an unreadable file, any fault in it, or armour that a
        vehicle's axles cannot carry.
    """
    path, label = find_file("trains", str(name), folders, where=where)
    return train_from_node(read_yaml(path, label), path.stem, [path.parent, *folders])


def train_from_node(node: Node, name: str, folders: Sequence[Path] = ()) -> Formation:
    """Check a YAML tree and return the formation.

    Raises
    ------
    InputError
        For any fault in it.
    """
    if not isinstance(node.value, dict) or "retinue train" not in node.value:
        raise InputError(
            "this is not a train file: it does not begin with a version",
            where=node.where(),
            cure=f'Begin it with "retinue train: {TRAIN_VERSION}".',
        )
    version = node.value["retinue train"]
    if version.value != TRAIN_VERSION:
        raise InputError(
            f'the train has the version "{version.value}", this Retinue reads {TRAIN_VERSION}',
            where=version.where() + ": retinue train",
            cure=f'Write "retinue train: {TRAIN_VERSION}"; the user guide has the keys.',
        )
    train = validate(node, TrainFile)
    own = {
        key: vehicle_from_node(value, key, folders, at=("own vehicles", key))
        for key, value in (node.value["own vehicles"].value if train.own_vehicles else {}).items()
    }
    loaded: dict[str, Coach | Locomotive] = dict(own)
    placed: list[PlacedVehicle] = []
    taken: set[str] = set()
    for key, placements in (("locomotives", train.locomotives), ("coaches", train.coaches)):
        for index, placement in enumerate(placements):
            where = node.where((key, index, "vehicle"))
            if placement.vehicle not in loaded:
                loaded[placement.vehicle] = load_vehicle(placement.vehicle, folders, where=where)
            vehicle = loaded[placement.vehicle]
            if isinstance(vehicle, Locomotive) != (key == "locomotives"):
                what = "locomotive" if isinstance(vehicle, Locomotive) else "coach"
                raise InputError(
                    f'"{placement.vehicle}" is a {what}',
                    where=where,
                    cure='Locomotives stand under "locomotives", coaches under "coaches".',
                )
            placed.extend(
                _place(node, (key, index), placement, vehicle, train, taken)
                for _ in range(placement.repeat)
            )
    gauge_mm = round((train.gauge or placed[-1].vehicle.gauge) * 1000.0)
    for entry in placed:
        if gauge_mm not in entry.vehicle.gauges_mm:
            raise InputError(
                f"{entry.label} does not run on {gauge_mm} mm but on "
                + " and ".join(f"{g} mm" for g in entry.vehicle.gauges_mm),
                where=node.where(("gauge",)),
            )
    ground = tuple(
        (f"{train.title}: {what}", _printed(node, what), train.basis_of(what).source)
        for what in train.assumed()
        if what in ("locomotives", "coaches", "gauge")
    )
    return Formation(name, tuple(placed), gauge_mm, train.title, train.source, ground)


def _printed(node: Node, key: str) -> str:
    value = node.value[key].plain()
    if not isinstance(value, list):
        return str(value)
    names = [item["vehicle"] if isinstance(item, dict) else str(item) for item in value]
    return ", ".join(names) if key == "locomotives" else "their order and kinds"


def _place(
    node: Node,
    path: tuple[int | str, ...],
    placement: Placement,
    vehicle: Coach | Locomotive,
    train: TrainFile,
    taken: set[str],
) -> PlacedVehicle:
    armour_kg = placement.armour
    if placement.armour_factor is not None:
        armour_kg = (placement.armour_factor - 1.0) * vehicle.tare
    try:
        vehicle.check_axle_load(armour_kg, placement.load)
    except ValueError as error:
        key = next(
            (k for k in ("armour", "armour factor", "load") if k in node.find(path).value), ""
        )
        raise InputError(
            f"{placement.label or vehicle.title}: {error}", where=node.where((*path, key))
        ) from error
    label = placement.label or vehicle.title
    ground: list[tuple[str, str, str]] = []
    confidence = placement.confidence or train.confidence
    if confidence == "assumed":
        for key, value in (
            ("armour", placement.armour),
            ("armour factor", placement.armour_factor),
        ):
            if value is not None:
                written = str(node.find((*path, key)).plain())
                ground.append((f"{label}: {key}", written, placement.source or train.source))
    return PlacedVehicle(
        vehicle,
        label,
        turned=placement.turned,
        principal=placement.principal,
        id=unique_id(placement.id or vehicle.id, taken),
        role=placement.role or "",
        armour_kg=armour_kg,
        load_kg=placement.load,
        ground=tuple(ground),
    )
