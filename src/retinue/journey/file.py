"""The journey file: found by name or path, read, checked, with its lines for errors."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from retinue.document import Node, parse_yaml, read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.journey.asked import Journey

__all__ = [
    "JourneyFile",
    "journey_from_node",
    "journey_from_text",
    "load_journey",
    "shipped_journeys",
]

#: The version that stands in a journey file as ``retinue: 1``.
JOURNEY_VERSION = 1

SHIPPED = Path(__file__).parents[1] / "data" / "journeys"


@dataclass(frozen=True)
class JourneyFile:
    """A journey with the text and place it came from.

    Attributes
    ----------
    journey
        The checked content.
    node
        The YAML tree, for errors that name lines.
    text
        The file, word for word.
    name
        Catalogue name, or the file's stem.
    label
        How errors call the file.
    folder
        Where its own trains and line books are looked up; None for text.
    """

    journey: Journey
    node: Node
    text: str
    name: str
    label: str
    folder: Path | None = field(default=None)

    def where(self, *path: int | str) -> str:
        """Return ``file:line: key`` of a path in the file."""
        return self.node.where(path)


def shipped_journeys() -> list[str]:
    """Return the names of the journeys in the catalogue."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def load_journey(name_or_path: str | Path) -> JourneyFile:
    """Load a journey: a file where the argument ends in ``.yaml`` or holds a ``/``, else a name.

    Raises
    ------
    InputError
        For an unknown name, an unreadable file or any fault in it.
    """
    text = str(name_or_path)
    if text.endswith((".yaml", ".yml")) or "/" in text:
        path = Path(text)
        return journey_from_node(
            read_yaml(path), path.read_text(encoding="utf-8"), path.stem, path.parent
        )
    path = SHIPPED / f"{text}.yaml"
    if not path.is_file():
        known = shipped_journeys()
        raise InputError(
            f'"{text}" is not a journey of the catalogue',
            where="JOURNEY",
            cure=(suggest(text, known) or f"Known: {', '.join(known)}.")
            + " A file of your own ends in .yaml.  (retinue journeys lists them)",
        )
    return journey_from_node(
        read_yaml(path, path.name), path.read_text(encoding="utf-8"), path.stem, SHIPPED
    )


def journey_from_text(text: str, name: str, folder: Path | None = None) -> JourneyFile:
    """Read a journey from its text, as a plan keeps it.

    Raises
    ------
    InputError
        For any fault in it.
    """
    return journey_from_node(parse_yaml(text, f"{name}.yaml"), text, name, folder)


def journey_from_node(node: Node, text: str, name: str, folder: Path | None) -> JourneyFile:
    """Check a YAML tree and return the journey.

    Raises
    ------
    InputError
        For any fault in it.
    """
    if not isinstance(node.value, dict) or "retinue" not in node.value:
        raise InputError(
            "this is not a journey file: it does not begin with a version",
            where=f"{node.file}:{node.line}",
            cure='Begin it with "retinue: 1".',
        )
    version = node.value["retinue"]
    if version.value != JOURNEY_VERSION:
        raise InputError(
            f'the journey has the version "{version.value}", this Retinue reads {JOURNEY_VERSION}',
            where=version.where() + ": retinue",
            cure=f'Write "retinue: {JOURNEY_VERSION}" and check the keys against the user guide.',
        )
    return JourneyFile(validate(node, Journey), node, text, name, node.file, folder)
