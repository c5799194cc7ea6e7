"""Names of places, made comparable: folding, and what a person wrote taken apart.

``Ch’ŏngjin``, ``Chongjin`` and ``CH'ONGJIN`` are one name; so are ``Москва`` and
``Moskva``.  Folding is lossy on purpose and used for comparing only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Asked", "edits", "fold", "parse_coordinates", "slips", "split_country"]

_DROPPED = dict.fromkeys(map(ord, "'’‘ʼʹʺ`´\"“”.·"))
_SPACED = re.compile(r"[\s\-‐-―_/,;()]+")


def fold(name: str) -> str:
    """Return a name in lower-case ASCII without apostrophes, dots and doubled spaces."""
    text = name.translate(_DROPPED)
    if not text.isascii():
        from anyascii import anyascii

        text = anyascii(text).translate(_DROPPED)
    return _SPACED.sub(" ", text).strip().lower()


@dataclass(frozen=True)
class Asked:
    """A name with what was said of where it lies.

    Attributes
    ----------
    name
        The bare name.
    country
        ISO 3166-1 alpha-2, or None where none was named.
    region
        GeoNames code of a first-order division, or None.
    """

    name: str
    country: str | None = None
    region: str | None = None


_IN_BRACKETS = re.compile(r"(?P<name>.+?)\s*[(\[](?P<country>[^()\[\]]+)[)\]]")
_LAST_WORD = re.compile(r"(?P<name>.+?)\s+(?P<country>[A-Z]{2})")


def split_country(text: str, code_of: Callable[[str], str | None]) -> list[Asked]:
    """Return the readings of ``text``, the likeliest first; the last is the bare text.

    Parameters
    ----------
    text
        ``Pingxiang, CN``, ``Pingxiang, CN-16``, ``Springfield, IL, US``, ``Dong Dang VN``,
        ``Frankfurt (DE)``, ``Paris, France``.
    code_of
        Returns the alpha-2 code of a code or country name, else None.
    """
    text = text.strip()
    readings: list[Asked] = []

    def read(name: str, country: str, region: str | None = None) -> None:
        code = code_of(country.strip())
        if code is None and re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,4}", country.strip()):
            code, region = code_of(country.strip()[:2]), country.strip()[3:]
        if code and name.strip():
            readings.append(Asked(name.strip(), code, region))

    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 3:
        read(parts[0], parts[2], parts[1])
    if len(parts) >= 2:
        read(", ".join(parts[:-1]), parts[-1])
    if match := _IN_BRACKETS.fullmatch(text):
        read(match["name"], match["country"])
    if match := _LAST_WORD.fullmatch(text):
        read(match["name"], match["country"])
    return [*readings, Asked(text)]


_NUMBER = r"(?P<{0}>[-+]?\d{{1,3}}(?:\.\d+)?)"
_SEXAGESIMAL = (
    r"(?P<{0}>\d{{1,3}})\s*[°d]\s*(?:(?P<{0}m>\d{{1,2}}(?:\.\d+)?)\s*['′m]\s*)?"
    r"(?:(?P<{0}s>\d{{1,2}}(?:\.\d+)?)\s*(?:\"|″|''|s)\s*)?"
)
_FORMS = (
    re.compile(_NUMBER.format("a") + r"\s*[,;\s]\s*" + _NUMBER.format("b")),
    re.compile(
        _NUMBER.format("a")
        + r"\s*°?\s*(?P<ah>[NS])\s*[,;]?\s*"
        + _NUMBER.format("b")
        + r"\s*°?\s*(?P<bh>[EW])",
        re.IGNORECASE,
    ),
    re.compile(
        _SEXAGESIMAL.format("a")
        + r"(?P<ah>[NS])\s*[,;]?\s*"
        + _SEXAGESIMAL.format("b")
        + r"(?P<bh>[EW])",
        re.IGNORECASE,
    ),
)


def parse_coordinates(text: str) -> tuple[float, float] | None:
    """Read ``39.03,125.75``, ``39.03 N 125.75 E`` or ``39°01'48"N 125°45'E``.

    Returns
    -------
    tuple or None
        Latitude and longitude in degrees; None where the text is something else.

    Raises
    ------
    ValueError
        Where it is coordinates that the Earth does not have.
    """
    for form in _FORMS:
        match = form.fullmatch(text.strip())
        if match:
            found = match.groupdict()
            lat, lon = (
                (
                    float(found[axis])
                    + float(found.get(axis + "m") or 0) / 60
                    + float(found.get(axis + "s") or 0) / 3600
                )
                * (-1.0 if (found.get(axis + "h") or "").upper() in ("S", "W") else 1.0)
                for axis in "ab"
            )
            if abs(lat) > 90.0 or abs(lon) > 180.0:
                raise ValueError(
                    f'"{text}" is no point of the Earth: latitude comes first and lies'
                    " within 90 degrees, longitude within 180"
                )
            return lat, lon
    return None


_LETTERS = "abcdefghijklmnopqrstuvwxyz "


def edits(word: str) -> Iterator[str]:
    """Yield every string one slip away: a letter lost, added, changed, or two swapped."""
    for cut in range(len(word) + 1):
        head, tail = word[:cut], word[cut:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in _LETTERS:
            if tail:
                yield head + letter + tail[1:]
            yield head + letter + tail


def slips(word: str, known: Callable[[str], bool]) -> Iterable[str]:
    """Return the known names one slip away from ``word``, or else two."""
    once = sorted({w for w in edits(word) if w != word})
    near = [w for w in once if known(w)]
    if near or len(word) > 14 or len(word) < 4:
        return near
    return sorted({w for first in once for w in edits(first) if known(w)})
