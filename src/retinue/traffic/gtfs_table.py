"""Tables of a feed: a zip or a folder of CSV files, each row with its line.

Read with the csv module, not with a data frame: every fault has to be named by file and line, and
a table with a torn row, two kinds of text coding or a missing column must still give all it has.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from retinue.errors import InputError
from retinue.traffic.gtfs_faults import FeedFaults

__all__ = ["FeedFolder", "Table"]

_MARK = b"\xef\xbb\xbf"
#: What a damaged or locked member of a zip raises.
_TORN = (zipfile.BadZipFile, EOFError, OSError, RuntimeError, zlib.error)
_PROBE = 1 << 22
#: A row longer than this is no row (an unclosed quotation mark swallows the rest of a file).
_LONGEST_FIELD = 1 << 20
#: Lines that a quoted value may span; the specification allows one.
_LONGEST_VALUE = 20


@dataclass
class Table:
    """One file: its columns, and its rows as lists of text.

    Attributes
    ----------
    name
        ``stops.txt``.
    column
        Position of each column.
    rows
        Line number (of the row's last line) and values; short rows are filled with empty text.
    """

    name: str
    column: dict[str, int]
    rows: Iterator[tuple[int, list[str]]]

    def at(self, line: int, column: str = "") -> str:
        """Return ``stops.txt:17: stop_lat``."""
        return f"{self.name}:{line}: {column}" if column else f"{self.name}:{line}"


class FeedFolder:
    """The files of a feed.

    Raises
    ------
    InputError
        Where there is no such file, or it is neither a zip nor a folder.
    """

    def __init__(self, path: Path, faults: FeedFaults) -> None:
        self.path = path
        self.faults = faults
        self._zip: zipfile.ZipFile | None = None
        cure = "Give a GTFS feed: a zip, or a folder with stops.txt, trips.txt and so on."
        try:
            if path.is_dir():
                found = sorted(file for file in path.iterdir() if file.is_file())
                self._files = {file.name: str(file) for file in found}
            else:
                self._zip = zipfile.ZipFile(path)
                self._files = self._members(self._zip)
        except FileNotFoundError as error:
            raise InputError("there is no such feed", where=str(path), cure=cure) from error
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise InputError("the feed is not a zip", where=str(path), cure=cure) from error
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", where=str(path)) from error

    def _members(self, archive: zipfile.ZipFile) -> dict[str, str]:
        found: dict[str, str] = {}
        for member in sorted(archive.namelist(), key=lambda n: (n.count("/"), n)):
            name = member.rsplit("/", 1)[-1]
            if not name.endswith(".txt") or member.startswith("__MACOSX") or name in found:
                continue
            found[name] = member
            if "/" in member:
                self.faults.add(
                    "in-a-folder", name, f"lies in a folder of the zip ({member})",
                    "Put the files at the top of the zip.", "mended",
                )  # fmt: skip
        return found

    def sha256(self) -> str:
        """Return the SHA-256 of the zip, or of a folder's files by name."""
        if self._zip is not None:
            return hashlib.sha256(self.path.read_bytes()).hexdigest()
        digest = hashlib.sha256()
        for name in sorted(self._files):
            if name.endswith(".txt"):
                digest.update(f"{name}\0".encode() + Path(self._files[name]).read_bytes())
        return digest.hexdigest()

    def close(self) -> None:
        """Close the zip."""
        if self._zip is not None:
            self._zip.close()

    def has(self, name: str) -> bool:
        """Return whether the feed has a file."""
        return name in self._files

    def _stream(self, name: str) -> IO[bytes]:
        if self._zip is not None:
            return self._zip.open(self._files[name])
        return Path(self._files[name]).open("rb")

    def _coding(self, name: str) -> str:
        with self._stream(name) as stream:
            try:
                head = stream.read(_PROBE)
                if head.startswith(_MARK):
                    return "utf-8-sig"
                if head.startswith((b"\xff\xfe", b"\xfe\xff")):
                    self._coded(name, "UTF-16")
                    return "utf-16"
                # A character may be cut at the probe's end.
                head[: -4 if len(head) == _PROBE else None].decode("utf-8")
            except UnicodeDecodeError:
                self._coded(name, "not UTF-8 but read as Windows-1252")
                return "cp1252"
        return "utf-8"

    def _coded(self, name: str, how: str) -> None:
        self.faults.add(
            "not-utf-8", name, f"the text is {how}", "Save the file as UTF-8.", "mended"
        )

    @contextmanager
    def table(
        self, name: str, needed: tuple[str, ...] = (), *, required: bool = False
    ) -> Iterator[Table | None]:
        """Open a file as a table; None, with a fault noted, where it cannot serve.

        Parameters
        ----------
        name
            File name.
        needed
            Columns without which the file is of no use.
        required
            Whether a feed without this file is faulty.
        """
        if name not in self._files:
            if required:
                self.faults.add(
                    "missing-file", name, "the feed lacks this file", "Ask for a whole feed."
                )
            yield None
            return
        stack = ExitStack()
        try:
            coding = self._coding(name)
            raw = stack.enter_context(self._stream(name))
            text = stack.enter_context(
                io.TextIOWrapper(raw, encoding=coding, errors="replace", newline="")
            )
            table = self._opened(name, text, needed)
        except _TORN as error:
            self._torn(name, error)
            table = None
        with stack:
            yield table

    def _torn(self, name: str, error: Exception) -> None:
        self.faults.add("torn-file", name, f"the file is damaged: {error}", "Fetch the feed again.")

    def _opened(self, name: str, text: IO[str], needed: tuple[str, ...]) -> Table | None:
        csv.field_size_limit(_LONGEST_FIELD)
        reader = csv.reader(self._lines(name, text))
        try:
            header = next(reader, None)
        except csv.Error as error:
            self.faults.add("torn-row", f"{name}:1", f"no table: {error}", "Write plain CSV.")
            return None
        if not header:
            self.faults.add("empty-file", name, "the file is empty", "Fetch the feed again.")
            return None
        column: dict[str, int] = {}
        for position, title in enumerate(header):
            # A second mark appears where files were joined.
            column.setdefault(title.strip().strip("\ufeff").lower(), position)
        missing = [title for title in needed if title not in column]
        for title in missing:
            self.faults.add(
                "missing-column", f"{name}:1", f"there is no column {title}", f"Add {title}."
            )
        return None if missing else Table(name, column, self._rows(name, reader, len(header)))

    def _lines(self, name: str, text: IO[str]) -> Iterator[str]:
        """Yield lines; a quotation mark that no line near closes is taken out, and told.

        Else it would swallow the rest of the file into one value.
        """
        ahead: deque[str] = deque()
        inside = False
        number = 0
        while True:
            line = ahead.popleft() if ahead else text.readline()
            if not line:
                return
            number += 1
            if line.count('"') % 2:
                if not inside:
                    while len(ahead) < _LONGEST_VALUE and (more := text.readline()):
                        ahead.append(more)
                    if not any(other.count('"') % 2 for other in ahead):
                        self.faults.add(
                            "torn-row", f"{name}:{number}", "a quotation mark is not closed",
                            "Write plain CSV; close every quotation mark.", "mended",
                        )  # fmt: skip
                        yield line.replace('"', "")
                        continue
                inside = not inside
            yield line

    def _rows(
        self, name: str, reader: Iterator[list[str]], width: int
    ) -> Iterator[tuple[int, list[str]]]:
        while True:
            try:
                row = next(reader, None)
            except csv.Error as error:
                line = reader.line_num  # type: ignore[attr-defined]
                self.faults.add(
                    "torn-row", f"{name}:{line}", f"the row cannot be read: {error}",
                    "Write plain CSV; close every quotation mark.",
                )  # fmt: skip
                continue
            except _TORN as error:
                self._torn(name, error)
                return
            if row is None:
                return
            if not any(row):
                continue
            line = reader.line_num  # type: ignore[attr-defined]
            if len(row) != width:
                if len(row) > width:
                    self.faults.add(
                        "torn-row", f"{name}:{line}", f"{len(row)} values under {width} columns",
                        "Quote values that hold a comma.", "noted",
                    )  # fmt: skip
                row = [*row, *[""] * (width - len(row))]
            yield line, row
