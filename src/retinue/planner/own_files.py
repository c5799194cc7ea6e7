"""The user's own files that went into a plan, kept in it word for word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from retinue.errors import InputError
from retinue.files import make_folder, write_text
from retinue.world.catalogue import SHIPPED, user_folder

if TYPE_CHECKING:
    from retinue.journey import JourneyFile

__all__ = ["OwnFiles"]


@dataclass(frozen=True)
class OwnFiles:
    """Files outside the shipped catalogue.

    Attributes
    ----------
    texts
        Text by name: relative to the journey's folder, or to the user's
        catalogue folder; absolute where a file lies in neither.
    """

    texts: dict[str, str]

    @classmethod
    def of(cls, file: JourneyFile, *reads: Mapping[Path, str]) -> OwnFiles:
        """Collect the user's own files among those that were read."""
        homes = [user_folder().resolve()]
        if file.folder is not None:
            homes.insert(0, file.folder.resolve())
        texts: dict[str, str] = {}
        for path, text in (item for read in reads for item in read.items()):
            whole = path.resolve()
            if whole.is_relative_to(SHIPPED):
                continue
            home = next((h for h in homes if whole.is_relative_to(h)), None)
            name = str(whole) if home is None else whole.relative_to(home).as_posix()
            texts.setdefault(name, text)
        return cls(dict(sorted(texts.items())))

    def laid_out(self, folder: Path) -> Path | None:
        """Write the files below a folder and return it, or None where there are none.

        Raises
        ------
        InputError
            Where a file that lies elsewhere has changed since the plan was made.
        """
        for name, text in self.texts.items():
            if Path(name).is_absolute():
                self._unchanged(Path(name), text)
                continue
            target = folder / name
            make_folder(target.parent)
            write_text(target, text)
        return folder if self.texts else None

    def _unchanged(self, path: Path, text: str) -> None:
        try:
            same = path.read_text(encoding="utf-8") == text
        except OSError:
            same = False
        if not same:
            raise InputError(
                "the file has changed or gone since the plan was made",
                where=str(path),
                cure="Make the plan again with: retinue plan JOURNEY.",
            )
