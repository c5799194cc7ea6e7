"""Primary location codes from a user's sheet: country, place, code."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from retinue.errors import InputError
from retinue.traffic.path_message import plain_words

__all__ = ["read_codes"]

_HEAD = ["country", "place", "code"]


def read_codes(path: Path) -> dict[tuple[str, str], str]:
    """Return location codes by country and place.

    Raises
    ------
    InputError
        With file and line, for a sheet that is none, or a code that is not one to five digits.
    """
    found: dict[tuple[str, str], str] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            head = [cell.strip().casefold() for cell in next(reader, [])]
            if head != _HEAD:
                raise InputError(
                    "the columns are not country,place,code", where=f"{path}:1",
                    cure="Write them in the first line.",
                )  # fmt: skip
            for cells in reader:
                where = f"{path}:{reader.line_num}"
                if not any(cells):
                    continue
                if len(cells) != 3:
                    raise InputError(f"the row has {len(cells)} cells, not 3", where=where)
                country, place, code = (plain_words(cell) for cell in cells)
                if not re.fullmatch("[A-Z]{2}", country) or not place:
                    raise InputError("a row begins with a country (RU) and a place", where=where)
                if not re.fullmatch("[0-9]{1,5}", code):
                    raise InputError(f'"{code[:20]}" is no location code', where=where,
                                     cure="Write one to five digits.")  # fmt: skip
                if found.setdefault((country, place), code) != code:
                    raise InputError(f"{place} has two codes", where=where)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"this is no sheet in UTF-8: {error}", where=str(path)) from error
    return found
