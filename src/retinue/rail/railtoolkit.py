"""Readers of the public railtoolkit schemas, version 2022.05: rolling stock and running path.

The resistance of a train follows the model that TrainRuns.jl documents for
these fields (per mille of weight; Strahl for freight wagons, Sauthoff for
passenger coaches, Wende for traction units), expanded into ``A + B v + C v**2``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retinue.document import Node, read_yaml, suggest
from retinue.errors import InputError
from retinue.rail.dynamics import (
    STANDARD_GRAVITY_MPS2,
    ConstantBraking,
    TractiveEffort,
    TrainDynamics,
)
from retinue.rail.running_path import ANY_POWER, PowerSections, RunningPath
from retinue.rail.steps import Steps

__all__ = ["SCHEMA_VERSION", "is_railtoolkit", "read_running_path", "read_train"]

SCHEMA_VERSION = "2022.05"
_SCHEMAS = {
    "rolling-stock": "https://railtoolkit.org/schema/rolling-stock.json",
    "running-path": "https://railtoolkit.org/schema/running-path.json",
}
_HEAD_WIND_MPS = 15.0 / 3.6
"""Head wind that the model adds to the speed of traction units and coaches."""
_REFERENCE_SPEED_MPS = 100.0 / 3.6
"""Speed to which the air-resistance coefficients refer."""
_FREIGHT, _PASSENGER = "freight", "passenger"
_TRACTION = ("traction unit", "multiple unit")
_DEFAULT_BRAKING_MPS2 = {_FREIGHT: 0.225, _PASSENGER: 0.375}
_POWER_SYSTEMS = {"diesel": "diesel", "steam": "steam", "electric": "any"}


def is_railtoolkit(file: Path) -> bool:
    """Return whether a file names one of the railtoolkit schemas (of any version).

    Only the text is looked at, so that a broken file still gets the right reader,
    which then says what is broken.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return re.search(r"""^schema:\s*["']?https?://railtoolkit\.org/""", text, re.M) is not None


def read_running_path(file: Path, *, path_id: str | None = None) -> RunningPath:
    """Read a running path.

    ``characteristic_sections`` hold chainage (m), limit (km/h) and resistance of
    the path (per mille, curves included); the last row ends the path.

    Parameters
    ----------
    path_id
        Which of several paths; by default the only one.

    Raises
    ------
    InputError
        With file, line and key, where the file is broken, of another schema or
        version, or a value is missing or of the wrong kind.
    """
    root = _open(file, "running-path")
    chosen = _choose(root, "paths", path_id)
    name = str(_get(chosen, "name", str, "paths").value)
    rows = _items(_get(chosen, "characteristic_sections", list, "paths"), "characteristic_sections")
    if len(rows) < 2:
        raise InputError(
            "a path needs at least two characteristic sections: its start and its end",
            where=f"{_place(chosen)}: paths.characteristic_sections",
        )
    table: list[tuple[float, float, float]] = []
    for row in rows:
        cells = _items(row, "characteristic_sections")
        if len(cells) != 3:
            raise InputError(
                f"a characteristic section is [chainage, limit, resistance], not {len(cells)} "
                "values",
                where=f"{_place(row)}: paths.characteristic_sections",
            )
        station, limit, resistance = (_number(cell, "characteristic_sections") for cell in cells)
        if not limit > 0.0:
            raise InputError(
                f"a speed limit is positive, not {limit:g} km/h",
                where=f"{_place(row)}: paths.characteristic_sections",
            )
        if table and not station > table[-1][0]:
            raise InputError(
                f"chainage {station:g} m does not lie beyond the one before, {table[-1][0]:g} m",
                where=f"{_place(row)}: paths.characteristic_sections",
            )
        table.append((station, limit, resistance))
    columns = np.array(table)
    start = columns[:-1, 0] - columns[0, 0]
    return RunningPath(
        name=name,
        length_m=float(columns[-1, 0] - columns[0, 0]),
        limit_mps=Steps(start, columns[:-1, 1] / 3.6).simplified(),
        equivalent_resistance=Steps(start, columns[:-1, 2] / 1000.0).simplified(),
        # The schema says nothing of wires: every train finds its own power.
        power=PowerSections(np.zeros(1), (ANY_POWER,)),
    )


def read_train(file: Path, *, train_id: str | None = None) -> TrainDynamics:
    """Read a train of a rolling-stock file as whole-train values.

    Parameters
    ----------
    train_id
        Which of several trains; by default the only one.

    Raises
    ------
    InputError
        With file, line and key, as for `read_running_path`; also where the train
        has no vehicle of its own power or names an unknown vehicle.
    """
    root = _open(file, "rolling-stock")
    chosen = _choose(root, "trains", train_id)
    stock: dict[str, Node] = {}
    for vehicle in _items(_get(root, "vehicles", list, ""), "vehicles"):
        stock[str(_get(vehicle, "id", str, "vehicles").value)] = vehicle
    vehicles: list[Node] = []
    for item in _items(_get(chosen, "formation", list, "trains"), "formation"):
        wanted = str(item.value)
        if wanted not in stock:
            raise InputError(
                f'the vehicle "{wanted}" is not in this file',
                where=f"{_place(item)}: trains.formation",
                cure=suggest(wanted, stock) or f"Known vehicles: {', '.join(stock)}.",
            )
        vehicles.append(stock[wanted])
    name = str(_get(chosen, "name", str, "trains").value)
    return _assemble(name, vehicles, _place(chosen))


def _assemble(name: str, vehicles: Sequence[Node], place: str) -> TrainDynamics:
    kinds = [_kind(vehicle) for vehicle in vehicles]
    powered = [v for v, kind in zip(vehicles, kinds, strict=True) if kind in _TRACTION]
    if not powered:
        raise InputError(
            f'the train "{name}" has no traction unit',
            where=f"{place}: trains.formation",
            cure="Add a vehicle of the type traction unit or multiple unit.",
        )
    weight = STANDARD_GRAVITY_MPS2 / 1000.0  # N per kg and per mille
    wind, v00 = _HEAD_WIND_MPS, _REFERENCE_SPEED_MPS
    a = b = c = 0.0
    tare = load = rotating = length = 0.0
    for vehicle, kind in zip(vehicles, kinds, strict=True):
        empty, full = _masses(vehicle)
        tare += empty
        load += full - empty
        rotating += empty * _value(vehicle, "rotation_mass", 1.0)
        length += _value(vehicle, "length")
        if kind in _TRACTION:
            driven = 1000.0 * _value(vehicle, "mass_traction")
            f0, f1 = _value(vehicle, "base_resistance"), _value(vehicle, "rolling_resistance", 0.0)
            f2 = _value(vehicle, "air_resistance")
            # The coefficients refer to the unit's own mass, without its load.
            a += weight * (f0 * driven + f1 * (empty - driven) + f2 * empty * (wind / v00) ** 2)
            b += weight * f2 * empty * 2.0 * wind / v00**2
            c += weight * f2 * empty / v00**2
    for wanted in (_FREIGHT, _PASSENGER):
        wagons = [v for v, kind in zip(vehicles, kinds, strict=True) if kind == wanted]
        if not wagons:
            continue
        mass = sum(_masses(vehicle)[1] for vehicle in wagons)
        mean = [
            sum(_value(vehicle, key, default) for vehicle in wagons) / len(wagons)
            for key, default in (
                ("base_resistance", None),
                ("rolling_resistance", 0.0),
                ("air_resistance", None),
            )
        ]
        f0, f1, f2 = mean
        if wanted == _FREIGHT:  # Strahl: no linear term, no head wind
            a += weight * mass * f0
            c += weight * mass * f2 / v00**2
        else:  # Sauthoff
            a += weight * mass * (f0 + f2 * (wind / v00) ** 2)
            b += weight * mass * (f1 / v00 + f2 * 2.0 * wind / v00**2)
            c += weight * mass * f2 / v00**2
    return TrainDynamics(
        name=name,
        length_m=length,
        mass_kg=tare + load,
        rotating_mass_factor=rotating / tare,
        davis_a_n=a,
        davis_b_n_per_mps=b,
        davis_c_n_per_mps2=c,
        effort={_system(powered[0]): _effort(powered)},
        max_speed_mps=min(_value(vehicle, "speed_limit") for vehicle in vehicles) / 3.6,
        braking=ConstantBraking(_braking(vehicles, kinds)),
    )


def _effort(powered: Sequence[Node]) -> TractiveEffort:
    """Add the efforts of all traction units on the union of their speeds."""
    tables: list[TractiveEffort] = []
    for vehicle in powered:
        rows = [
            [_number(cell, "tractive_effort") for cell in _items(row, "tractive_effort")]
            for row in _items(_get(vehicle, "tractive_effort", list, "vehicles"), "tractive_effort")
        ]
        where = f"{_place(vehicle)}: vehicles.tractive_effort"
        if any(len(row) != 2 for row in rows):
            raise InputError("a row of the tractive effort is [km/h, N]", where=where)
        pairs = np.array(rows, dtype=np.float64).reshape(-1, 2)
        try:
            tables.append(TractiveEffort(pairs[:, 0] / 3.6, pairs[:, 1]))
        except InputError as error:
            raise InputError(error.message, where=where) from error
    speed = np.unique(np.concatenate([table.speed_mps for table in tables]))
    force = np.zeros(speed.size)
    for table in tables:
        force += table.at(speed)
    return TractiveEffort(speed, force)


def _system(vehicle: Node) -> str:
    """Return the power system: ``any`` for an electric unit.

    The schemas name no wire, neither for a unit nor for a path, so an electric
    unit counts as supplied everywhere.
    """
    power = _get(vehicle, "power_type", str, "vehicles")
    if power.value not in _POWER_SYSTEMS:
        raise InputError(
            f'the power type is diesel, electric or steam, not "{power.value}"',
            where=f"{_place(power)}: vehicles.power_type",
        )
    return _POWER_SYSTEMS[str(power.value)]


def _braking(vehicles: Sequence[Node], kinds: Sequence[str]) -> float:
    """Return the lowest stated rate, else the schema's default for freight or passenger."""
    stated = [
        abs(_value(vehicle, "a_braking")) for vehicle in vehicles if "a_braking" in vehicle.value
    ]
    if stated:
        return min(stated)
    return _DEFAULT_BRAKING_MPS2[_FREIGHT if _FREIGHT in kinds else _PASSENGER]


def _masses(vehicle: Node) -> tuple[float, float]:
    empty = 1000.0 * _value(vehicle, "mass")
    return empty, empty + 1000.0 * _value(vehicle, "load_limit", 0.0)


def _kind(vehicle: Node) -> str:
    kind = _get(vehicle, "vehicle_type", str, "vehicles")
    known = (_FREIGHT, _PASSENGER, *_TRACTION)
    if kind.value not in known:
        raise InputError(
            f'the vehicle type "{kind.value}" is unknown',
            where=f"{_place(kind)}: vehicles.vehicle_type",
            cure=suggest(str(kind.value), known) or f"Known types: {', '.join(known)}.",
        )
    return str(kind.value)


def _open(file: Path, schema: str) -> Node:
    root = read_yaml(file)
    if not isinstance(root.value, dict):
        raise InputError("the file holds no keys", where=_place(root))
    wanted = _SCHEMAS[schema]
    found = _get(root, "schema", str, "", cure=f"Add the line  schema: {wanted}")
    if found.value != wanted:
        raise InputError(
            f'this file is of the schema "{found.value}", wanted is "{wanted}"',
            where=f"{_place(found)}: schema",
        )
    version = _get(
        root, "schema_version", None, "", cure=f'Add the line  schema_version: "{SCHEMA_VERSION}"'
    )
    if str(version.value) != SCHEMA_VERSION:
        raise InputError(
            f'schema version "{version.value}" is not known, only "{SCHEMA_VERSION}"',
            where=f"{_place(version)}: schema_version",
            cure=f"Convert the file to version {SCHEMA_VERSION}.",
        )
    return root


def _choose(root: Node, key: str, wanted: str | None) -> Node:
    items = _items(_get(root, key, list, ""), key)
    by_id = {str(_get(item, "id", str, key).value): item for item in items}
    if wanted is not None:
        if wanted not in by_id:
            raise InputError(
                f'there is no "{wanted}" among the {key}',
                where=f"{_place(root.value[key])}: {key}",
                cure=suggest(wanted, by_id) or f"There are: {', '.join(by_id)}.",
            )
        return by_id[wanted]
    if len(items) != 1:
        raise InputError(
            f"the file holds {len(items)} {key}, one is wanted",
            where=f"{_place(root.value[key])}: {key}",
            cure=f"Name one of them: {', '.join(by_id)}." if by_id else f"Add one to {key}.",
        )
    return items[0]


def _place(node: Node) -> str:
    return f"{node.file}:{node.line}"


def _get(node: Node, key: str, kind: type | None, at: str, *, cure: str = "") -> Node:
    where = f"{_place(node)}: {at}" if at else _place(node)
    if not isinstance(node.value, dict):
        raise InputError(f'here the key "{key}" is wanted among others', where=where)
    found: Node | None = node.value.get(key)
    if found is None:
        near = suggest(key, [str(known) for known in node.value])
        raise InputError(f'the key "{key}" is missing', where=where, cure=cure or near)
    if kind is str and isinstance(found.value, int | float):
        return Node(str(found.value), found.file, found.line)
    if kind is not None and not isinstance(found.value, kind):
        wanted = "a list" if kind is list else "text"
        raise InputError(
            f'"{key}" is {wanted} here, not {_what(found.value)}',
            where=f"{_place(found)}: {at}.{key}" if at else f"{_place(found)}: {key}",
        )
    return found


def _what(value: Any) -> str:
    if isinstance(value, dict):
        return "keys with values (a list item begins with a dash)"
    if isinstance(value, list):
        return "a list"
    return "empty" if value is None else f'"{value}"'


def _items(node: Node, key: str) -> list[Node]:
    if not isinstance(node.value, list):
        raise InputError(
            f"a list is wanted here, not {_what(node.value)}", where=f"{_place(node)}: {key}"
        )
    return list(node.value)


def _value(vehicle: Node, key: str, default: float | None = None) -> float:
    if default is not None and key not in vehicle.value:
        return default
    return _number(_get(vehicle, key, None, "vehicles"), f"vehicles.{key}")


def _number(node: Node, key: str) -> float:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise InputError(
            f"a number is wanted here, not {_what(value)}", where=f"{_place(node)}: {key}"
        )
    return float(value)
