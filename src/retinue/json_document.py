"""JSON documents whose values know their path, so that every error names file and place.

The path is written as programs do: ``track_sections[3].slopes[0].gradient``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retinue.document import suggest
from retinue.errors import InputError

__all__ = ["JsonValue", "read_json"]


@dataclass(frozen=True, slots=True)
class JsonValue:
    """A value with the place where it stands.

    Attributes
    ----------
    value
        The bare value.
    file
        Name of the file as the user gave it.
    path
        Place in the document; empty for the whole of it.
    """

    value: Any
    file: str
    path: str = ""

    def error(self, message: str, cure: str = "") -> InputError:
        """Return an error that names this place."""
        return InputError(message, where=f"{self.file}: {self.path}".rstrip(": "), cure=cure)

    def get(self, key: str) -> JsonValue | None:
        """Return a member, None where it is missing or null.

        Raises
        ------
        InputError
            Where this is no object, as for every reader of this class.
        """
        value = self._object().get(key)
        return None if value is None else JsonValue(value, self.file, self._under(key))

    def __getitem__(self, key: str) -> JsonValue:
        found = self.get(key)
        if found is None:
            raise self.error(f'"{key}" is missing', suggest(key, self._object()))
        return found

    def members(self) -> dict[str, JsonValue]:
        """Return all members of an object by name."""
        return {
            key: JsonValue(value, self.file, self._under(key))
            for key, value in self._object().items()
        }

    def items(self) -> list[JsonValue]:
        """Return the items of an array."""
        if not isinstance(self.value, list):
            raise self.error(f"an array is wanted here, not {_what(self.value)}")
        return [
            JsonValue(value, self.file, f"{self.path}[{i}]") for i, value in enumerate(self.value)
        ]

    def text(self) -> str:
        """Return a string."""
        if not isinstance(self.value, str):
            raise self.error(f"text is wanted here, not {_what(self.value)}")
        return self.value

    def choice(self, known: Collection[str]) -> str:
        """Return a string that is one of the known ones."""
        word = self.text()
        if word not in known:
            cure = suggest(word, known) or f"Known: {', '.join(known)}."
            raise self.error(f'"{word}" is not known here', cure)
        return word

    def number(
        self, *, least: float = -math.inf, most: float = math.inf, above: float = -math.inf
    ) -> float:
        """Return a finite number within bounds; `above` itself is out of them."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.error(f"a number is wanted here, not {_what(value)}")
        try:
            number = float(value)
        except OverflowError:  # an integer of more than 308 digits
            number = math.inf
        if not math.isfinite(number):
            raise self.error("a finite number is wanted here")
        if number < least or number > most or number <= above:
            bound = (
                f"above {above:g}" if number <= above
                else f"at least {least:g}" if number < least
                else f"at most {most:g}"
            )  # fmt: skip
            raise self.error(f"the number is {bound} here, not {number:g}")
        return number

    def flag(self) -> bool:
        """Return true or false."""
        if not isinstance(self.value, bool):
            raise self.error(f"true or false is wanted here, not {_what(self.value)}")
        return self.value

    def _under(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _object(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            raise self.error(f"an object is wanted here, not {_what(self.value)}")
        return self.value


def read_json(path: Path) -> JsonValue:
    """Read a file.

    Raises
    ------
    InputError
        Where it cannot be read, or is no JSON; then with the line.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError("the file is no text in UTF-8", where=str(path)) from error
    except json.JSONDecodeError as error:
        raise InputError(
            f"this is no JSON: {error.msg.lower()} in column {error.colno}",
            where=f"{path}:{error.lineno}",
        ) from error
    except ValueError as error:
        # Python refuses to read integers of thousands of digits.
        raise InputError("the file holds a number that is too long", where=str(path)) from error
    except RecursionError as error:
        raise InputError("the file is nested too deeply", where=str(path)) from error
    return JsonValue(value, str(path))


def _what(value: Any) -> str:
    names = {dict: "an object", list: "an array", bool: "true or false", str: f'"{value}"'}
    return names.get(type(value), "null" if value is None else str(value))
