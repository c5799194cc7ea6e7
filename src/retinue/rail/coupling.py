"""Do locomotive and coaches belong together?  Coupler, brake and heating along the train."""

from __future__ import annotations

from collections.abc import Sequence

from retinue.errors import Reason
from retinue.rail.formation import Formation, PlacedVehicle
from retinue.rail.interfaces import Kind, known_as
from retinue.rail.rolling_stock import Coach, Locomotive

__all__ = ["coupling_reasons"]


def _words(kind: Kind, words: Sequence[str]) -> set[str]:
    """Return the resolved words; one that nobody knows stands for itself."""
    return {known_as(kind, word) or word.casefold() for word in words}


def coupling_reasons(formation: Formation, place: str = "") -> list[Reason]:
    """Return why vehicles of one train cannot run together, each kind once.

    Neighbours must share a coupler (one adapter between them is enough), every
    vehicle a brake system with the leading locomotive (with the first coach where there
    is none), and each coach must be heated: by itself, by a generator coach of the
    train, or by a supply of one of the locomotives.

    Parameters
    ----------
    place
        Where the train is put together, for the sentence.
    """
    at = f"at {place} " if place else ""
    found: list[Reason] = []
    for ahead, behind in zip(formation.vehicles, formation.vehicles[1:], strict=False):
        if not _couple(ahead, behind):
            found.append(
                Reason(
                    f"{at}{ahead.vehicle.title} ({ahead.vehicle.coupler}) and "
                    f"{behind.vehicle.title} ({behind.vehicle.coupler}) cannot be coupled",
                    cure="take a locomotive or coaches with the same coupler, or with an adapter.",
                    kind="coupler",
                )
            )
            break
    found += _brake(formation, at)
    found += _heating(formation, at)
    return found


def _couple(ahead: PlacedVehicle, behind: PlacedVehicle) -> bool:
    one, two = ahead.vehicle, behind.vehicle
    # Two adapters in one joint are not used: one side keeps its own coupler.
    return bool(
        _words("couplers", [one.coupler]) & _words("couplers", two.couplers)
        or _words("couplers", one.couplers) & _words("couplers", [two.coupler])
    )


def _brake(formation: Formation, at: str) -> list[Reason]:
    lead = formation.vehicles[0].vehicle
    for placed in formation.vehicles[1:]:
        other = placed.vehicle
        if not _words("brake_systems", lead.brake_systems) & _words(
            "brake_systems", other.brake_systems
        ):
            return [
                Reason(
                    f"{at}the brake of {lead.title} ({', '.join(lead.brake_systems)}) does not "
                    f"work with that of {other.title} ({', '.join(other.brake_systems)})",
                    cure="take a locomotive or coaches with the same brake system.",
                    kind="brake",
                )
            ]
    return []


def _heating(formation: Formation, at: str) -> list[Reason]:
    supplies = {"own"}
    for placed in formation.vehicles:
        if isinstance(placed.vehicle, Locomotive):
            supplies |= _words("heating", placed.vehicle.heating_supply)
        elif placed.role_name == "generator":
            supplies.add("generator")
    if not formation.locomotives:
        return []
    for placed in formation.coaches:
        coach = placed.vehicle
        if isinstance(coach, Coach) and not _words("heating", coach.heating) & supplies:
            offered = ", ".join(sorted(supplies - {"own"})) or "nothing"
            return [
                Reason(
                    f"{at}{coach.title} is heated by {' or '.join(coach.heating)} and the train "
                    f"has {offered}",
                    cure="add a generator coach, or take a locomotive with that supply.",
                    kind="heating",
                )
            ]
    return []
