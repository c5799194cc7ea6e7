"""Possessions and temporary speed restrictions: dated files, the newest version of each holds.

::

    retinue restrictions: 1
    sender: Infrastructure manager, region north
    restrictions:
      - id: P-17
        version: 2
        kind: possession             # or speed
        between: [Olten, Aarau]
        begins: 2014-01-01 09:30 Europe/Zurich
        ends: 2014-01-01 11:00 Europe/Zurich
        towards: Aarau               # one track only; without it the whole line
        within: [3.2 km, 3.9 km]     # after the first place; without it the whole stretch
        speed: 40 km/h               # of a speed restriction
        why: points renewed at Daeniken
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from retinue.clock import local_text, parse_moment
from retinue.document import read_yaml, validate
from retinue.errors import InputError, NoPlan
from retinue.plan.traffic import RestrictionUse
from retinue.sourced import Record
from retinue.traffic.occupation import STANDING, Occupations
from retinue.traffic.resource import Kind
from retinue.traffic.traffic import POSSESSION
from retinue.units import Length, Speed
from retinue.world.catalogue import find_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from retinue.traffic.line_network import LineNetwork, Step

__all__ = [
    "KIND",
    "PlacedRestriction",
    "Restriction",
    "load_restrictions",
    "newest_of",
    "place_restrictions",
    "possession_occupations",
    "restriction_files",
]


#: Folder of the catalogue.
KIND = "restrictions"

#: Characters of a name or a reason.
_LONGEST_TEXT = 200

#: Nobody writes one entry for a longer stretch.
_LONGEST_M = 1e7


class _Entry(Record):
    id: str = Field(min_length=1)
    version: int = Field(ge=1)
    kind: Literal["possession", "speed"]
    between: tuple[str, str]
    begins: str
    ends: str
    towards: str = ""
    within: tuple[Length, Length] | None = None
    speed: Speed | None = Field(default=None, ge=1 / 3.6, le=200.0)
    withdrawn: bool = False
    why: str = ""


class _RestrictionFile(Record):
    retinue_restrictions: Literal[1]
    sender: str = Field(min_length=1)
    restrictions: tuple[_Entry, ...]


@dataclass(frozen=True)
class Restriction:
    """One restriction, in its newest version.

    Attributes
    ----------
    between
        Stations by name or id.
    towards
        One of them: only the track for trains that way; empty: every track.
    speed_mps
        Of a speed restriction.
    withdrawn
        It no longer holds; kept, for a plan may stand on an older version.
    where
        ``file:line`` it was read from.
    within_m
        The part of the stretch, from and to, after the first place; None: all of it.
    """

    sender: str
    id: str
    version: int
    kind: Literal["possession", "speed"]
    between: tuple[str, str]
    begins_s: float
    ends_s: float
    towards: str
    speed_mps: float | None
    withdrawn: bool
    why: str
    where: str
    within_m: tuple[float, float] | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 of all that it says, its sender and version among it."""
        said = [
            self.sender, self.id, self.version, self.kind, self.between, self.begins_s,
            self.ends_s, self.towards, self.speed_mps, self.withdrawn, self.within_m,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    @property
    def name(self) -> str:
        """Id, version and sender."""
        return f"{self.id}, version {self.version}, by {self.sender}"

    def words(self, zone: str) -> str:
        """Return all that it says in a line; times on a zone's clock."""
        what = self.kind if self.speed_mps is None else f"at most {3.6 * self.speed_mps:.0f} km/h"
        part = "" if self.within_m is None else (
            f", {self.within_m[0] / 1000.0:g} to {self.within_m[1] / 1000.0:g} km after "
            f"{self.between[0]}"
        )  # fmt: skip
        way = f" for trains to {self.towards}" if self.towards else ""
        since, until = (local_text(t, zone).strip() for t in (self.begins_s, self.ends_s))
        why = f": {self.why}" if self.why else ""
        gone = "WITHDRAWN " if self.withdrawn else ""
        return (
            f"{gone}{what}, {self.between[0]} - {self.between[1]}{part}{way}, {since} to {until} "
            f"({self.name}){why}"
        )

    @property
    def use(self) -> RestrictionUse:
        """The record that a plan keeps."""
        return RestrictionUse(
            sender=self.sender, id=self.id, version=self.version, sha256=self.sha256
        )


def load_restrictions(paths: Iterable[Path]) -> list[Restriction]:
    """Read files, or all ``*.yaml`` of folders; of each sender and id the newest version holds.

    Raises
    ------
    InputError
        For a fault in a file, or two contents of one version.
    """
    return newest_of(
        entry
        for path in paths
        for file in (_files(path) if path.is_dir() else [path])
        for entry in _read(file)
    )


def restriction_files(names: Iterable[str | Path], where: str) -> list[Path]:
    """Return the files that paths, folders and names of the catalogue stand for.

    Raises
    ------
    InputError
        For a name that is neither.
    """
    found = []
    for name in names:
        path = Path(name)
        if not path.exists():
            path = find_file(
                KIND, str(name), what="restriction", where=where, begins="retinue restrictions"
            )
        found.append(path)
    return found


def _files(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.yaml"))
    if not found:
        raise InputError(
            "the folder holds no file of restrictions",
            where=str(folder),
            cure="Name a file, or a folder of *.yaml files.",
        )
    return found


def newest_of(restrictions: Iterable[Restriction]) -> list[Restriction]:
    """Return of each sender and id the newest version, by sender and id.

    Raises
    ------
    InputError
        For two contents of one version.
    """
    newest: dict[tuple[str, str], Restriction] = {}
    for entry in restrictions:
        key = entry.sender, entry.id
        known = newest.get(key)
        if known is None or entry.version > known.version:
            newest[key] = entry
        elif entry.version == known.version and entry.sha256 != known.sha256:
            raise InputError(
                f'version {entry.version} of "{entry.id}" by {entry.sender} says other '
                f"things than in {known.where}",
                where=entry.where,
                cure="Give a change a higher version.",
            )
    return [newest[key] for key in sorted(newest)]


def _read(path: Path) -> list[Restriction]:
    node = read_yaml(path, path.name)
    file = validate(node, _RestrictionFile)
    found = []
    if not file.sender.isprintable() or len(file.sender) > _LONGEST_TEXT:
        raise InputError("the sender cannot be printed", where=node.where(("sender",)),
                         cure="Write up to 200 plain characters.")  # fmt: skip
    for number, entry in enumerate(file.restrictions):
        at = ("restrictions", number)
        for key in ("id", "why", "between", "towards"):
            value = getattr(entry, key)
            for text in value if isinstance(value, tuple) else (value,):
                # It is printed, written into registers and compared: nothing hidden passes.
                if not text.isprintable() or len(text) > _LONGEST_TEXT:
                    raise InputError(
                        "the text cannot be printed", where=node.where((*at, key)),
                        cure="Write up to 200 plain characters in one line.",
                    )  # fmt: skip
        moments = []
        for key in ("begins", "ends"):
            try:
                moments.append(parse_moment(getattr(entry, key)))
            except ValueError as error:
                raise InputError(str(error), where=node.where((*at, key))) from error
        if moments[1] <= moments[0]:
            raise InputError(
                "the restriction ends before it begins", where=node.where((*at, "ends"))
            )
        if (entry.kind == "speed") != (entry.speed is not None):
            raise InputError(
                "a speed restriction has a speed, a possession has none",
                where=node.where((*at, "speed" if entry.speed is not None else "kind")),
                cure="Write e.g. speed: 40 km/h under kind: speed.",
            )
        if entry.towards and entry.towards not in entry.between:
            raise InputError(
                f'"{entry.towards}" is not an end of the stretch',
                where=node.where((*at, "towards")),
                cure=f"Name {entry.between[0]} or {entry.between[1]}.",
            )
        within = entry.within
        if within is not None and not 0.0 <= within[0] < within[1] <= _LONGEST_M:
            raise InputError(
                "a part of the stretch lies between two rising distances after its first place",
                where=node.where((*at, "within")),
                cure="Write e.g. within: [3.2 km, 3.9 km].",
            )
        found.append(
            Restriction(
                file.sender, entry.id, entry.version, entry.kind, entry.between, moments[0],
                moments[1], entry.towards, entry.speed, entry.withdrawn, entry.why, node.where(at),
                within,
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class PlacedRestriction:
    """A restriction on a network.

    Attributes
    ----------
    steps
        Sections from the first place to the second, in that direction; where it is a part of
        the stretch, those it lies on.
    resources
        Blocks it takes, in both directions or in one.
    spans
        Of each step the part it lies on, from and to in metres after the step's beginning.
    """

    restriction: Restriction
    steps: tuple[Step, ...]
    resources: frozenset[int]
    spans: tuple[tuple[float, float], ...] = ()


def place_restrictions(
    network: LineNetwork, restrictions: Iterable[Restriction]
) -> list[PlacedRestriction]:
    """Return those that hold, on the shortest way between their places.

    Raises
    ------
    InputError
        Where the network does not know a place or no line joins the two.
    """
    found = []
    for entry in restrictions:
        if entry.withdrawn:
            continue
        try:
            one, two = (network.station(name) for name in entry.between)
            steps = network.way(one.index, two.index)
        except NoPlan as error:
            raise InputError(error.message, where=entry.where, cure=error.cure) from error
        if not steps:
            raise InputError("the stretch has two ends", where=entry.where)
        found.append(_placed(network, entry, steps))
    return found


def _placed(network: LineNetwork, entry: Restriction, steps: tuple[Step, ...]) -> PlacedRestriction:
    length = sum(network.sections[step.section].length_m for step in steps)
    low, high = entry.within_m or (0.0, length)
    if low >= length:
        raise InputError(
            f"the stretch is {length / 1000.0:.1f} km long on this network, the part begins at "
            f"{low / 1000.0:.1f} km",
            where=entry.where,
            cure="Distances count from the first place.",
        )
    kept: list[Step] = []
    spans: list[tuple[float, float]] = []
    resources: set[int] = set()
    at = 0.0
    for step in steps:
        section = network.sections[step.section]
        begin, end = max(low - at, 0.0), min(high - at, section.length_m)
        at += section.length_m
        if end <= begin:
            continue
        kept.append(step)
        spans.append((begin, end))
        # Metres from a, as blocks have them.
        one, two = (begin, end) if step.forward else (section.length_m - end,
                                                      section.length_m - begin)  # fmt: skip
        for forward in (step.forward, not step.forward):
            back = forward is not step.forward
            if entry.towards == entry.between[1 if back else 0]:
                continue
            resources.update(
                block
                for block, block_begin, block_end in section.blocks_from_a(forward)
                if block_begin < two and block_end > one
            )
    return PlacedRestriction(entry, tuple(kept), frozenset(resources), tuple(spans))


def possession_occupations(
    network: LineNetwork, placed: Sequence[PlacedRestriction], first_number: int
) -> tuple[Occupations, list[str]]:
    """Return what possessions occupy, and a title for each holder.

    Parameters
    ----------
    first_number
        Number of the first holder: after the runs.  A block of several tracks is taken by as
        many holders.

    Returns
    -------
    tuple
        Occupations of holders ``first_number`` on, and their titles.
    """
    parts: list[tuple[int, int, float, float]] = []
    titles: list[str] = []
    for entry in placed:
        rule = entry.restriction
        if rule.kind != "possession":
            continue
        widest = max((network.resources[r].capacity for r in entry.resources), default=0)
        for track in range(widest):
            which = f", track {track + 1}" if widest > 1 else ""
            titles.append(f"{POSSESSION}{rule.id} ({rule.sender}, version {rule.version}{which})")
            number = first_number + len(titles) - 1
            parts += [
                (number, resource, rule.begins_s, rule.ends_s)
                for resource in sorted(entry.resources)
                if network.resources[resource].capacity > track
            ]
    return standing_occupations(parts), titles


def standing_occupations(rows: Sequence[tuple[int, int, float, float]]) -> Occupations:
    """Return occupations of blocks by something that stands: (holder, resource, from, to)."""
    if not rows:
        return Occupations.empty()
    number, resource, begin, end = (np.array(column) for column in zip(*rows, strict=True))
    count = len(number)
    return Occupations(
        number.astype(np.int32), resource.astype(np.int32), begin.astype(float),
        end.astype(float), np.zeros(count, np.int8), np.full(count, STANDING, np.int8),
        np.full(count, Kind.BLOCK, np.int8), np.full(count, -1, np.int32),
    ).by_resource()  # fmt: skip
