"""Aircraft by the name that a journey gives: a type card, else a type of openap."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from retinue.air.aircraft import known_aircraft, load_aircraft
from retinue.air.openap_type import is_openap, known_openap_types, load_openap, openap_here
from retinue.air.performance import CardPerformance
from retinue.errors import InputError

if TYPE_CHECKING:
    from retinue.air.performance import Performance

__all__ = ["load_performance"]


def load_performance(name: str, folder: Path | None = None, *, where: str = "") -> Performance:
    """Return the aircraft of a name.

    Parameters
    ----------
    name
        A type card by name or path; ``openap:A320``; or, where no card has that name, a
        designator that openap knows.
    folder
        The journey file's folder.
    where
        Place of the name in the journey file, for the error.

    Raises
    ------
    InputError
        Where there is none, or a fault in its card.
    """
    if is_openap(name):
        try:
            return load_openap(name)
        except InputError as error:
            raise InputError(error.message, where=where, cure=error.cure) from error
    # Importing openap takes seconds: only a name shaped like a designator is worth asking for.
    shaped = len(name) in (3, 4) and name.isascii() and name.isalnum()
    if shaped and not _has_card(name, folder):
        if name.upper() in known_openap_types():
            return load_openap(name)
        if not openap_here():
            raise InputError(
                f'"{name}" is not an aircraft of the catalogue; types of openap are known only'
                " where it is installed",
                where=where,
                cure="Install it with: pip install 'retinue[air]'",
            )
    return CardPerformance(load_aircraft(name, folder, where=where))


def _has_card(name: str, folder: Path | None) -> bool:
    beside = folder is not None and (folder / f"{name}.yaml").is_file()
    return beside or name in known_aircraft(folder)
