"""Asking a routing server of the user's, and nothing else: one request, one answer, kept.

A server is only ever asked where a journey names its address.  The answer is kept with the plan,
so that the plan can be made again without asking; redirections to elsewhere are not followed.
"""

from __future__ import annotations

import hashlib
import json
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, cast

from retinue.errors import InputError

__all__ = [
    "Answer",
    "Ask",
    "Engine",
    "ServerAddress",
    "answer_of",
    "ask_server",
    "decode_polyline",
    "told",
]

Engine = Literal["valhalla", "osrm"]
_TIMEOUT_S = 30.0
_MOST_BYTES = 64 * 1024 * 1024
_MOST_DEGREES = {"lat": 90.0, "lon": 180.0}


@dataclass(frozen=True)
class ServerAddress:
    """Which routing program answers, and where.

    Attributes
    ----------
    where
        Place of the address in the journey file, for errors.
    """

    engine: Engine
    url: str
    where: str = ""

    @classmethod
    def of(cls, text: str, where: str = "") -> ServerAddress:
        """Read ``valhalla URL`` or ``osrm URL``.

        Raises
        ------
        InputError
            For anything else.
        """
        words = text.split()
        cure = 'Write e.g. "valhalla http://localhost:8002" or "osrm http://localhost:5000".'
        if len(words) != 2 or words[0] not in ("valhalla", "osrm"):
            raise InputError(f'"{text}" names no routing', where=where, cure=cure)
        try:
            parts = urllib.parse.urlsplit(words[1])
            sound = parts.scheme in ("http", "https") and bool(parts.hostname)
            _ = parts.port
        except ValueError:
            sound = False
        if not sound:
            raise InputError(f'"{words[1]}" is no address of a server', where=where, cure=cure)
        return cls(cast(Engine, words[0]), words[1].rstrip("/"), where)

    @property
    def host(self) -> str:
        """Name of the machine that is asked."""
        return urllib.parse.urlsplit(self.url).hostname or ""


@dataclass(frozen=True)
class Ask:
    """One request: ``GET`` where ``body`` is empty, else ``POST`` of JSON."""

    path: str
    body: str = ""

    def name(self, address: ServerAddress) -> str:
        """Return the name under which the answer is kept: the same request, the same name."""
        words = f"{address.engine}\0{address.url}\0{self.path}\0{self.body}"
        digest = hashlib.sha256(words.encode("utf-8")).hexdigest()
        return f"road_answers/{address.engine}-{digest[:16]}.json"


@dataclass(frozen=True)
class Answer:
    """What a server said to one request."""

    name: str
    text: str


def ask_server(address: ServerAddress, ask: Ask, timeout_s: float = _TIMEOUT_S) -> str:
    """Return the words of a server's answer; those of a refusal too, where it says why.

    Raises
    ------
    InputError
        Where the server cannot be reached, takes too long, answers with an error that is no
        JSON, or with something that is not text.
    """
    # Only a journey that names a server needs them: they take a twentieth of a second to load.
    import urllib.error
    import urllib.request

    class StayHere(urllib.request.HTTPRedirectHandler):
        """Follows no redirection: the journey's places go to no other machine."""

        def redirect_request(self, *_: Any) -> None:
            return None

    request = urllib.request.Request(
        address.url + ask.path,
        data=ask.body.encode("utf-8") if ask.body else None,
        headers={"Content-Type": "application/json", "Accept": "application/json"},
        method="POST" if ask.body else "GET",
    )
    opener = urllib.request.build_opener(StayHere)
    try:
        with opener.open(request, timeout=timeout_s) as response:
            raw = response.read(_MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        raw = error.read(_MOST_BYTES)
        if not raw.lstrip().startswith(b"{"):
            raise InputError(
                f"{address.url} answers with HTTP status {error.code}",
                where=address.where,
                cure=f"See that it is {address.engine} and that its address is complete.",
            ) from error
    except (TimeoutError, OSError) as error:
        reason = getattr(error, "reason", error)
        slow = isinstance(reason, TimeoutError)
        what = f"cannot be reached: {reason}"
        if slow:
            what = f"does not answer within {timeout_s:.0f} s"
        raise InputError(
            f"{address.url} {what}",
            where=address.where,
            cure='Start the server, or leave "routing" out.',
        ) from error
    if len(raw) > _MOST_BYTES:
        raise InputError(f"{address.url} answers without end", where=address.where)
    try:
        return bytes(raw).decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{address.url} answers in no text", where=address.where) from error


def answer_of(text: str, address: ServerAddress) -> dict[str, Any]:
    """Return an answer's JSON object.

    Raises
    ------
    InputError
        Where it is none.
    """
    try:
        found = json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        raise InputError(
            f"the answer of {address.url} is no JSON: {error}",
            where=address.where,
            cure=f"See that it is {address.engine}.",
        ) from error
    if not isinstance(found, dict):
        raise InputError(f"the answer of {address.url} is no JSON object", where=address.where)
    return found


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def told(address: ServerAddress, read: Callable[[], Any]) -> Any:
    """Return what a reading of an answer gives.

    Raises
    ------
    InputError
        Where the answer is not built as the program documents it.
    """
    try:
        return read()
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
        words = f"{type(error).__name__}: {error}".strip(": ")
        raise InputError(
            f"the answer of {address.url} is not one of {address.engine}: {words}",
            where=address.where,
            cure=f"See that it is {address.engine}, in a version with today's route service.",
        ) from error


def decode_polyline(text: str, digits: int = 6) -> list[tuple[float, float]]:
    """Return the points of an encoded polyline: latitude, longitude.

    Each coordinate is the difference to the one before in units of ``10**-digits`` degrees,
    shifted left by one and inverted where negative, in groups of five bits from the lowest,
    each but the last with 0x20 set, plus 63 (Google's encoded polyline algorithm).

    Raises
    ------
    ValueError
        Where the text breaks off, holds other characters, or leaves the Earth.
    """
    values: list[int] = []
    shift = value = 0
    for letter in text:
        group = ord(letter) - 63
        if not 0 <= group < 64 or shift > 40:
            raise ValueError(f'"{letter}" stands in no encoded line')
        value |= (group & 0x1F) << shift
        shift += 5
        if group < 0x20:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            shift = value = 0
    if shift or len(values) % 2:
        raise ValueError("the encoded line breaks off")
    points, lat, lon = [], 0, 0
    for north, east in zip(values[0::2], values[1::2], strict=True):
        lat, lon = lat + north, lon + east
        point = (lat / 10**digits, lon / 10**digits)
        if abs(point[0]) > _MOST_DEGREES["lat"] or abs(point[1]) > _MOST_DEGREES["lon"]:
            raise ValueError("the encoded line leaves the Earth")
        points.append(point)
    return points
