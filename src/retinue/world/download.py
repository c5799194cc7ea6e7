"""Extracts fetched from a mirror of the user's choice: resumed, checked, whole or not at all.

A download goes to ``NAME.part``; what identifies it on the server (ETag or date) is kept
in ``NAME.part.json``, so that only the same file is resumed.  Proxies are taken from the
environment (``https_proxy``, ``no_proxy``).  The checksum is the mirror's own
``NAME.sha256`` or ``NAME.md5``: it finds damage on the way, not a forged mirror.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from retinue.document import read_yaml, suggest, validate
from retinue.errors import InputError
from retinue.files import FILE_MODE, make_folder, write_text
from retinue.sourced import Record
from retinue.world.catalogue import user_folder

__all__ = ["Fetched", "Mirrors", "extract_url", "fetch", "load_mirrors"]

_BLOCK = 1 << 16
_TIMEOUT_S = 60.0
_CURE = "Run the command again: it goes on where it stopped."


class Mirrors(Record):
    """The user's ``mirrors.yaml``: a mirror, and what its extracts are called there."""

    mirrors: Literal[1]
    mirror: str | None = None
    regions: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Fetched:
    """A finished download.

    Attributes
    ----------
    resumed_from
        Bytes that an earlier try had left.
    checksum
        ``sha256``, ``md5`` or, where the mirror publishes none, empty.
    """

    path: Path
    url: str
    size: int
    resumed_from: int
    checksum: str
    sha256: str


def load_mirrors(path: Path | None = None) -> Mirrors:
    """Read the user's list of extracts; without the file nothing is configured.

    Raises
    ------
    InputError
        Where the file is broken, or is named and missing.
    """
    file = path or user_folder() / "mirrors.yaml"
    if path is None and not file.is_file():
        return Mirrors(mirrors=1)
    return validate(read_yaml(file), Mirrors)


def extract_url(region: str, mirrors: Mirrors, mirror: str | None = None) -> str:
    """Return the address of a region's extract.

    A region of the list has the path that the list gives; any other is taken as a path
    on the mirror, completed to ``REGION-latest.osm.pbf`` where it names no file.

    Raises
    ------
    InputError
        Without a mirror, for an address that is not http(s), or an unknown short name.
    """
    base = mirror or mirrors.mirror
    target = mirrors.regions.get(region)
    if target is None:
        if mirrors.regions and "/" not in region and mirror is None:
            raise InputError(
                f'"{region}" is not in the list of extracts',
                cure=suggest(region, mirrors.regions)
                or f"Known: {', '.join(sorted(mirrors.regions))}.",
            )
        target = (
            region
            if region.endswith((".pbf", ".osm", ".gz", ".bz2"))
            else (f"{region}-latest.osm.pbf")
        )
    if "://" in target:
        base = ""
    elif not base:
        raise InputError(
            "no mirror is chosen to fetch extracts from",
            cure="Give --mirror URL, or write `mirror:` into your catalogue folder's mirrors.yaml.",
        )
    url = target if not base else f"{base.rstrip('/')}/{target.lstrip('/')}"
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise InputError("a mirror's address begins with http:// or https://", where=url)
    return url


def fetch(
    url: str,
    target: Path,
    *,
    progress: Callable[[int, int | None], None] | None = None,
) -> Fetched:
    """Download a file, going on where an earlier try stopped.

    Parameters
    ----------
    progress
        Called with the bytes so far and the whole size (None where not told).

    Raises
    ------
    InputError
        Where the server does not answer or refuses, the transfer breaks off, or the
        checksum differs (then the damaged part is thrown away).
    """
    make_folder(target.parent)
    part = target.with_name(target.name + ".part")
    note = target.with_name(target.name + ".part.json")
    had, known = _left_over(part, note, url)
    request = urllib.request.Request(url, headers={"User-Agent": "retinue", "Accept": "*/*"})
    if had:
        request.add_header("Range", f"bytes={had}-")
        request.add_header("If-Range", known)
    try:
        answer = _opened(request)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and had:
            _drop(part, note)
            return fetch(url, target, progress=progress)
        raise InputError(
            f"the mirror answers {error.code} {error.reason}",
            where=url,
            cure="Check the region's name and the mirror's address.",
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise InputError(
            f"the mirror cannot be reached ({_why(error)})", where=url, cure="Check the network."
        ) from error
    with answer:
        if answer.status != http.client.PARTIAL_CONTENT:
            had = 0
        total = _total(answer, had)
        mark = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        write_text(note, json.dumps({"url": url, "mark": mark, "size": total}))
        _receive(answer, part, had, total, url, progress)
    digests = _digests(part)
    checked = _compare(url, digests, part, note)
    size = part.stat().st_size
    part.chmod(FILE_MODE)
    part.replace(target)
    note.unlink(missing_ok=True)
    return Fetched(target, url, size, had, checked, digests["sha256"])


def _opened(request: urllib.request.Request | str) -> Any:
    """Open an address; the proxies are read from the environment each time."""
    return urllib.request.build_opener().open(request, timeout=_TIMEOUT_S)


def _left_over(part: Path, note: Path, url: str) -> tuple[int, str]:
    """Return the bytes that can be kept of an earlier try, and the server's mark of it."""
    try:
        record = json.loads(note.read_text(encoding="utf-8"))
        mark = str(record["mark"])
        size = part.stat().st_size
    except (OSError, ValueError, KeyError, TypeError):
        _drop(part, note)
        return 0, ""
    # A weak mark does not promise the same bytes (RFC 9110, 13.1.5).
    if record.get("url") != url or not mark or mark.startswith("W/") or not size:
        _drop(part, note)
        return 0, ""
    return size, mark


def _drop(part: Path, note: Path) -> None:
    part.unlink(missing_ok=True)
    note.unlink(missing_ok=True)


def _total(answer: Any, had: int) -> int | None:
    match = re.search(r"/(\d+)$", answer.headers.get("Content-Range") or "")
    if match:
        return int(match[1])
    length = answer.headers.get("Content-Length")
    return had + int(length) if length and length.isdecimal() else None


def _receive(
    answer: Any,
    part: Path,
    had: int,
    total: int | None,
    url: str,
    progress: Callable[[int, int | None], None] | None,
) -> None:
    done = had
    try:
        with part.open("ab" if had else "wb") as stream:
            part.chmod(FILE_MODE)
            while block := answer.read(_BLOCK):
                stream.write(block)
                done += len(block)
                if progress is not None:
                    progress(done, total)
    except (OSError, http.client.HTTPException) as error:
        raise InputError(
            f"the transfer broke off after {done:,} bytes ({_why(error)})", where=url, cure=_CURE
        ) from error
    if total is not None and done != total:
        raise InputError(
            f"the transfer broke off after {done:,} of {total:,} bytes", where=url, cure=_CURE
        )


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return str(reason or error or type(error).__name__)


def _digests(path: Path) -> dict[str, str]:
    # MD5 because that is what mirrors publish; it guards against damage only.
    makers = {"sha256": hashlib.sha256(), "md5": hashlib.md5(usedforsecurity=False)}
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            for maker in makers.values():
                maker.update(block)
    return {name: maker.hexdigest() for name, maker in makers.items()}


def _compare(url: str, digests: dict[str, str], part: Path, note: Path) -> str:
    """Return the name of the checksum that agrees, empty where the mirror has none."""
    for name, mine in digests.items():
        try:
            with _opened(f"{url}.{name}") as answer:
                text = answer.read(4096).decode("ascii", "replace")
        except urllib.error.HTTPError:
            continue
        except (OSError, http.client.HTTPException) as error:
            raise InputError(
                f"the checksum cannot be fetched ({_why(error)})", where=f"{url}.{name}", cure=_CURE
            ) from error
        match = re.match(rf"^\s*([0-9a-fA-F]{{{len(mine)}}})\b", text)
        if match is None:
            continue
        if match[1].lower() != mine:
            _drop(part, note)
            raise InputError(
                f"the file differs from the mirror's {name} checksum and was thrown away",
                where=url,
                cure="Fetch it again, or from another mirror.",
            )
        return name
    return ""
