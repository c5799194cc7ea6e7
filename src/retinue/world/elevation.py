"""Heights from elevation tiles in the SRTM form (``N50E007.hgt``, plain, zipped or gzipped).

A tile holds n x n heights in metres as big-endian 16-bit integers, from its north-west
corner eastwards and then southwards, its edge rows shared with its neighbours; -32768 is
a void.  Voids are filled from their rims inwards by the mean of the known neighbours.
Between the four posts around a point the height is bilinear.
"""

from __future__ import annotations

import gzip
import math
import re
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retinue.errors import InputError

__all__ = ["TileFolder"]

_NAME = re.compile(
    r"^([NS])(\d{2})([EW])(\d{3})(?:\.SRTMGL[13])?\.hgt(\.zip|\.gz)?$", re.IGNORECASE
)
_VOID = -32768
_SMALLEST = 3


class TileFolder:
    """Elevation tiles of a folder, each read when first needed.

    Parameters
    ----------
    folder
        Holds the tiles; other files are passed over.

    Raises
    ------
    InputError
        Where the folder is missing or holds no tile.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InputError("there is no such folder of elevation tiles", where=str(folder))
        self._files: dict[tuple[int, int], Path] = {}
        for path in sorted(folder.iterdir()):
            match = _NAME.match(path.name)
            if match:
                lat = int(match[2]) * (1 if match[1].upper() == "N" else -1)
                lon = int(match[4]) * (1 if match[3].upper() == "E" else -1)
                self._files.setdefault((lat, lon), path)
        if not self._files:
            raise InputError(
                "the folder holds no elevation tile",
                where=str(folder),
                cure="Give a folder with SRTM tiles such as N50E007.hgt or N50E007.hgt.zip.",
            )
        self._grids: dict[tuple[int, int], NDArray[np.float32]] = {}
        self._missing: set[tuple[int, int]] = set()

    def used(self) -> list[str]:
        """Return the names of the tiles that were read."""
        return sorted(self._files[key].name for key in self._grids)

    def missing(self) -> list[str]:
        """Return the names of the tiles that were asked for and are not there."""
        return sorted(_tile_name(*key) for key in self._missing)

    def heights(
        self, lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return the heights of points in metres, NaN where there is no tile."""
        lat, lon = np.asarray(lat_deg, np.float64), np.asarray(lon_deg, np.float64)
        found = np.full(lat.shape, np.nan)
        south, west = np.floor(lat).astype(int), np.floor(lon).astype(int)
        for key in sorted(set(zip(south.tolist(), west.tolist(), strict=True))):
            here = (south == key[0]) & (west == key[1])
            grid = self._grid(key)
            if grid is not None:
                found[here] = _bilinear(grid, lat[here] - key[0], lon[here] - key[1])
        return found

    def _grid(self, key: tuple[int, int]) -> NDArray[np.float32] | None:
        if key in self._grids:
            return self._grids[key]
        path = self._files.get(key)
        if path is None:
            self._missing.add(key)
            return None
        grid = _filled(_read(path))
        self._grids[key] = grid
        return grid


def _tile_name(lat: int, lon: int) -> str:
    return f"{'N' if lat >= 0 else 'S'}{abs(lat):02d}{'E' if lon >= 0 else 'W'}{abs(lon):03d}"


def _read(path: Path) -> NDArray[np.int16]:
    try:
        if path.name.lower().endswith(".zip"):
            with zipfile.ZipFile(path) as archive:
                names = [n for n in archive.namelist() if n.lower().endswith(".hgt")]
                if len(names) != 1:
                    raise InputError("the archive does not hold one tile", where=str(path))
                data = archive.read(names[0])
        elif path.name.lower().endswith(".gz"):
            data = gzip.decompress(path.read_bytes())
        else:
            data = path.read_bytes()
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(
            f"the elevation tile is damaged ({error})", where=str(path), cure="Download it again."
        ) from error
    side = math.isqrt(len(data) // 2)
    if side < _SMALLEST or side * side * 2 != len(data):
        raise InputError(
            f"the elevation tile has {len(data):,} bytes, which is no square of heights",
            where=str(path),
            cure="Download it again.",
        )
    return np.frombuffer(data, ">i2").reshape(side, side)


def _filled(raw: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return the heights with voids filled ring by ring; NaN where a tile is nothing else."""
    # A rim of NaN, so that every post has eight neighbours.
    grid = np.pad(raw.astype(np.float32), 1, constant_values=np.nan)
    inner = grid[1:-1, 1:-1]
    inner[raw == _VOID] = np.nan
    row, column = np.nonzero(raw == _VOID)
    steps = [(y, x) for y in (0, 1, 2) for x in (0, 1, 2) if (y, x) != (1, 1)]
    while len(row):
        around = np.stack([grid[row + y, column + x] for y, x in steps])
        known = np.isfinite(around)
        count = known.sum(axis=0)
        rim = count > 0
        if not rim.any():
            break
        total = np.where(known, around, 0.0).sum(axis=0)
        inner[row[rim], column[rim]] = (total[rim] / count[rim]).astype(np.float32)
        row, column = row[~rim], column[~rim]
    return np.ascontiguousarray(inner)


def _bilinear(
    grid: NDArray[np.float32], north: NDArray[np.float64], east: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return heights at shares (0 to 1) of a tile's height and width."""
    steps = grid.shape[0] - 1
    y, x = (1.0 - north) * steps, east * steps
    row = np.clip(y.astype(int), 0, steps - 1)
    column = np.clip(x.astype(int), 0, steps - 1)
    dy, dx = y - row, x - column
    top = grid[row, column] * (1.0 - dx) + grid[row, column + 1] * dx
    below = grid[row + 1, column] * (1.0 - dx) + grid[row + 1, column + 1] * dx
    return np.asarray(top * (1.0 - dy) + below * dy, np.float64)
