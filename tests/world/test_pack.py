"""The shipped pack is whole, opens, and says what outside sources say.

Distances: published kilometres and raw graph lengths with the mark M in the project's
facts on lines (railway timetables and press), within the few per cent that a graph of
coarse geometry leaves.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from retinue.errors import InputError, NoPlan
from retinue.world.graph import Graph, Link
from retinue.world.pack import Pack, load_pack


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack()


@pytest.fixture(scope="module")
def mended(pack: Pack) -> Graph:
    # The two gaps of the DPRK east coast line.
    return pack.rail.with_links(
        [
            Link(40.170, 128.553, 40.172, 128.557, 410.0),
            Link(42.208, 130.256, 42.224, 130.277, 2_480.0),
        ]
    )


def kilometres(graph: Graph, begin: tuple[float, float], end: tuple[float, float]) -> float:
    source = graph.nearest(*begin, component=0)[0]
    target = graph.nearest(*end, component=0)[0]
    return graph.shortest_path(source, target).length_m / 1000.0


PYONGYANG, TUMANGANG = (39.006, 125.737), (42.415, 130.609)
KHASAN, USSURIYSK, VLADIVOSTOK = (42.43, 130.644), (43.79, 131.957), (43.111, 131.881)


def test_every_part_has_the_sha256_of_the_manifest(pack: Pack) -> None:
    pack.verify()
    assert len(pack.sha256) == 64


def test_the_pack_is_smaller_than_twelve_megabytes(pack: Pack) -> None:
    assert sum(file.stat().st_size for file in pack.path.iterdir()) <= 12_000_000


def test_every_part_names_a_licence(pack: Pack) -> None:
    named = {part for licence in pack.licences() for part in licence.parts}
    assert named == set(pack.manifest["parts"])
    assert {licence.licence for licence in pack.licences()} >= {"ODbL-1.0", "CC-BY-4.0"}


def test_pyongyang_to_tumangang_needs_the_links_and_then_agrees_with_the_published_length(
    pack: Pack, mended: Graph
) -> None:
    # Published 845 km (M); the mended graph 834.9 km.
    assert kilometres(mended, PYONGYANG, TUMANGANG) == pytest.approx(834.9, abs=2.0)
    assert kilometres(mended, PYONGYANG, TUMANGANG) == pytest.approx(845.0, rel=0.03)
    direct = kilometres(pack.rail, PYONGYANG, TUMANGANG)
    assert direct > 1.2 * kilometres(mended, PYONGYANG, TUMANGANG)


def test_known_lengths_of_the_mended_graph(mended: Graph) -> None:
    # Khasan-Ussuriysk 260 km (M), graph 254.2; Pyongyang-Vladivostok graph 1152.6.
    assert kilometres(mended, KHASAN, USSURIYSK) == pytest.approx(254.2, abs=1.0)
    assert kilometres(mended, PYONGYANG, VLADIVOSTOK) == pytest.approx(1152.6, abs=2.0)
    # Chongjin-Rajin 80.7 in the graph, about 81 published (M).
    assert kilometres(mended, (41.777, 129.78), (42.251, 130.296)) == pytest.approx(81, abs=1.5)


def test_the_train_crosses_from_the_dprk_into_russia_once(pack: Pack, mended: Graph) -> None:
    source = mended.nearest(*PYONGYANG)[0]
    target = mended.nearest(*VLADIVOSTOK)[0]
    path = mended.shortest_path(source, target)
    crossings = pack.countries.crossings(path.lat_deg, path.lon_deg)
    assert [(c.from_country, c.to_country) for c in crossings] == [("KP", "RU")]
    # The Friendship Bridge over the Tumen stands at 42.416 N, 130.641 E.
    assert crossings[0].lat_deg == pytest.approx(42.416, abs=0.03)
    assert crossings[0].lon_deg == pytest.approx(130.641, abs=0.04)


def test_random_pairs_are_as_long_as_scipy_says(pack: Pack) -> None:
    graph = pack.rail
    a = np.concatenate((graph.edge_from, graph.edge_to))
    b = np.concatenate((graph.edge_to, graph.edge_from))
    w = np.concatenate((graph.edge_length_m, graph.edge_length_m))
    matrix = csr_matrix((w, (a, b)), shape=(graph.node_count, graph.node_count))
    rng = np.random.default_rng(1)
    nodes = rng.choice(np.flatnonzero(graph.component == 0), (10, 6))
    for source, *targets in nodes.tolist():
        expected = dijkstra(matrix, indices=source)
        for target in targets:
            length = graph.shortest_path(source, target).length_m
            assert length == pytest.approx(expected[target], rel=1e-6)


def test_an_island_is_named_with_its_gap(pack: Pack) -> None:
    # Belogorsk's nearest node stands on a 12-node island off the Trans-Siberian.
    graph = pack.rail
    island = graph.nearest(50.916, 128.477)[0]
    assert graph.component[island] != 0
    with pytest.raises(NoPlan) as refused:
        graph.shortest_path(island, graph.nearest(*VLADIVOSTOK, component=0)[0])
    assert refused.value.reasons[0].kind == "no-route"
    assert "12 nodes" in refused.value.reasons[0].what


def test_aerodromes_have_their_runways(pack: Pack) -> None:
    table = pack.aerodromes
    row = table.ident.index("RKSI")
    assert (table.iata[row], table.country[row]) == ("ICN", "KR")
    runways = slice(table.runway_start[row], table.runway_start[row + 1])
    # Incheon's runways: 3,750 m and 4,000 m long, 60 m wide (AIP Republic of Korea, AD 2).
    lengths = table.runways.length_m[runways]
    assert lengths.max() == pytest.approx(4_000, abs=5)
    assert lengths.min() == pytest.approx(3_750, abs=5)
    assert not any("heliport" in kind for kind in table.kind)
    assert table.runway_start[-1] == len(table.runways)
    # Sunan: WGS 84 position 39.224 N, 125.670 E.
    sunan = table.ident.index("ZKPY")
    assert table.lat_deg[sunan] == pytest.approx(39.224, abs=0.01)


def test_places_have_names_in_several_scripts(pack: Pack) -> None:
    table = pack.places
    rows = [n for n in range(len(table)) if table.is_capital[n] and table.country[n] == "KP"]
    assert [table.ascii_name[n] for n in rows] == ["Pyongyang"]
    assert "평양" in " ".join(table.alternates(rows[0]))
    assert table.timezone[rows[0]] == "Asia/Pyongyang"
    assert all(name.isascii() and name for name in table.ascii_name)
    assert len(table.alternate_names) == len(table)
    assert int(table.is_capital.sum()) > 190


def test_a_changed_byte_is_a_checksum_mismatch(pack: Pack, tmp_path: Path) -> None:
    for file in pack.path.iterdir():
        shutil.copy(file, tmp_path / file.name)
    data = bytearray((tmp_path / "rail.pack").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "rail.pack").write_bytes(data)
    broken = load_pack(tmp_path)
    assert len(broken.aerodromes) > 0
    with pytest.raises(InputError, match="checksum mismatch") as refused:
        _ = broken.rail
    assert refused.value.where.endswith("rail.pack")
    with pytest.raises(InputError, match="checksum mismatch"):
        broken.verify()


def test_a_missing_broken_or_foreign_pack_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_pack(tmp_path)
    (tmp_path / "MANIFEST.json").write_text("{")
    with pytest.raises(InputError, match="manifest of the world pack is broken"):
        load_pack(tmp_path)
    other = {"format": "retinue-pack/0", "version": "x", "parts": {}}
    (tmp_path / "MANIFEST.json").write_text(json.dumps(other))
    with pytest.raises(InputError, match='not "retinue-pack/1"'):
        load_pack(tmp_path)
    other["format"] = "retinue-pack/1"
    (tmp_path / "MANIFEST.json").write_text(json.dumps(other))
    with pytest.raises(InputError, match='no part "rail"'):
        _ = load_pack(tmp_path).rail


def test_opening_the_pack_does_not_import_numba() -> None:
    program = (
        "import sys; from retinue.world.pack import load_pack; p = load_pack(); p.rail; p.road;"
        "p.places; p.aerodromes; p.countries; p.land; p.rail.nearest(39, 125);"
        "sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
