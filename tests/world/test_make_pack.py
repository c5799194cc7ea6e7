"""The pack's parts come out of their sources byte for byte the same every time.

Tiny sources are written here in the formats of the real ones: the literals of a graph
module, quantised TopoJSON, GeoNames records and OurAirports tables.
"""

from __future__ import annotations

import hashlib
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.world.countries import Countries
from retinue.world.graph import read_graph
from retinue.world.pack import load_pack
from retinue.world.pack_file import PartFile, encode_part
from retinue.world.pack_tables import read_aerodromes, read_places

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
pack_graphs: Any = __import__("pack_graphs")
pack_outlines: Any = __import__("pack_outlines")
pack_tables_build: Any = __import__("pack_tables_build")

GRAPH_MODULE = """
from scgraph.core import GeoGraph
graph=[{0: 0.0, 1: 85.1}, {0: 85.1, 2: 85.2}, {1: 85.2, 3: 170.5}, {2: 170.5}, {5: 1.5}, {4: 1.5}]
nodes=[[1.0, 1.0], [1.0, 2.0], [1.0, 3.0], [1.0, 5.0], [9.0, 9.0], [9.01, 9.0]]
x = GeoGraph(graph=graph, nodes=nodes)
"""

# Two square countries side by side; they share the border at 4 degrees east.
TOPOLOGY = {
    "transform": {"scale": [0.5, 0.5], "translate": [0.0, 0.0]},
    "arcs": [
        [[8, 0], [0, 8]],
        [[8, 8], [-8, 0], [0, -8], [8, 0]],
        [[8, 8], [8, 0], [0, -8], [-8, 0]],
    ],
    "objects": {
        "countries": {
            "geometries": [
                {
                    "type": "Polygon",
                    "id": "408",
                    "properties": {"name": "N"},
                    "arcs": [[0, 1]],
                },
                {
                    "type": "MultiPolygon",
                    "id": "410",
                    "properties": {"name": "S"},
                    "arcs": [[[0, 2]]],
                },
            ]
        }
    },
}
COUNTRIES = {
    "KP": {
        "isonumeric": 408,
        "iso3": "PRK",
        "name": "North Korea",
        "capital": "Pyongyang",
        "neighbours": "CN,KR,RU",
    },
    "KR": {
        "isonumeric": 410,
        "iso3": "KOR",
        "name": "South Korea",
        "capital": "Seoul",
        "neighbours": "KP",
    },
}


def part(folder: Path, name: str, columns: Any, delta: list[str]) -> PartFile:
    data, _ = encode_part(columns, delta)
    again, _ = encode_part(columns, delta)
    assert data == again
    (folder / name).write_bytes(data)
    return PartFile(folder / name, size=len(data), crc32=zlib.crc32(data))


@pytest.fixture
def outlines(tmp_path: Path) -> Countries:
    return Countries(
        part(tmp_path, "countries", *pack_outlines.country_columns(TOPOLOGY, COUNTRIES))
    )


def test_outlines_come_back_with_their_codes(outlines: Countries) -> None:
    assert outlines.country_at(2.0, 1.0) == "KP"
    assert outlines.country_at(2.0, 7.0) == "KR"
    assert outlines.topology.uses.tolist() == [2, 1, 1]
    crossing = outlines.crossings([2.0, 2.0], [1.0, 7.0])[0]
    assert (crossing.from_country, crossing.to_country) == ("KP", "KR")
    assert crossing.lon_deg == pytest.approx(4.0)
    assert crossing.fraction == pytest.approx(0.5)


def test_a_graph_module_is_read_as_data_and_comes_back_whole(
    outlines: Countries, tmp_path: Path
) -> None:
    columns, delta = pack_graphs.graph_columns(*pack_graphs.read_literals(GRAPH_MODULE), outlines)
    graph = read_graph(part(tmp_path, "rail", columns, delta), "rail")
    # The edge of a node to itself is gone; the island is the second component.
    assert (graph.node_count, graph.edge_count) == (6, 4)
    assert graph.component_sizes.tolist() == [4, 2]
    begin, end = graph.nearest(1.0, 1.0)[0], graph.nearest(1.0, 5.0)[0]
    assert graph.shortest_path(begin, end).length_m == 340_800.0
    codes = [graph.country_codes[c] for c in graph.node_country]
    assert codes[begin] == "KP"
    assert codes[end] == "KR"
    assert codes.count("") == 2


def test_places_and_aerodromes_come_back_whole(tmp_path: Path) -> None:
    cities = [
        {
            "geonameid": 2,
            "name": "P’yŏngyang",
            "latitude": 39.03,
            "longitude": 125.75,
            "countrycode": "KP",
            "population": 3_000_000,
            "timezone": "Asia/Pyongyang",
            "admin1code": "12",
            "alternatenames": ["Pyongyang", "평양", "Heijō", "heijo", "pyeongyang 평양"],
        },
        {
            "geonameid": 1,
            "name": "Small",
            "latitude": -1.5,
            "longitude": -2.5,
            "countrycode": "KR",
            "population": 10,
            "timezone": "Asia/Seoul",
            "admin1code": "",
            "alternatenames": ["Petit"],
        },
    ]
    table = read_places(
        part(tmp_path, "places", *pack_tables_build.place_columns(cities, COUNTRIES))
    )
    assert table.name == ["Small", "P’yŏngyang"]
    assert list(table.ascii_name) == ["Small", "P'yongyang"]
    assert table.alternates(1) == ["Pyongyang", "평양", "Heijō"]
    assert table.alternates(0) == []
    assert table.is_capital.tolist() == [False, True]
    assert table.lat_deg.tolist() == [-1.5, 39.03]
    airports = [
        "ident,type,name,latitude_deg,longitude_deg,elevation_ft,iso_country,municipality,"
        "scheduled_service,icao_code,iata_code,keywords",
        'ZKPY,large_airport,Sunan,39.2241,125.67,117,KP,Pyongyang,yes,ZKPY,FNJ,"FNJ, Sunan"',
        "XX01,heliport,Roof,39,125,,KP,,no,,,",
        "AA01,closed,Old,39,125,,KP,,no,,,",
        "BB01,small_airport,Grass,39.5,125.5,,KP,,no,,,",
    ]
    runways = [
        "airport_ident,length_ft,width_ft,surface,lighted,closed,le_ident,le_heading_degT,"
        "he_ident,he_heading_degT",
        "ZKPY,11490,230,CON,1,0,17,163,35,343",
        "ZKPY,12475,197,CON,1,1,01,0.7,19,180.7",
        "BB01,2000,,turf,0,0,09L,,27R,",
    ]
    aerodromes = read_aerodromes(
        part(tmp_path, "aero", *pack_tables_build.aerodrome_columns(airports, runways))
    )
    assert aerodromes.ident == ["BB01", "ZKPY"]
    assert aerodromes.icao == ["", "ZKPY"]
    assert aerodromes.runway_start.tolist() == [0, 1, 2]
    # One foot is 0.3048 m exactly (international foot).
    assert aerodromes.runways.length_m.tolist() == pytest.approx([609.6, 3502.2], abs=0.05)
    assert np.isnan(aerodromes.runways.width_m[0])
    assert np.isnan(aerodromes.elevation_m[0])
    assert aerodromes.elevation_m[1] == pytest.approx(35.7, abs=0.05)
    assert aerodromes.runways.le_heading_deg.tolist() == [90.0, 163.0]
    assert aerodromes.runways.heading_assumed.tolist() == [True, False]


numbers = st.one_of(
    st.lists(st.integers(-(2**31) + 1, 2**31 - 1)),
    st.lists(st.integers(0, 255)),
    st.lists(st.integers(-(2**40), 2**40)),
)


@given(numbers, st.booleans())
def test_integer_columns_survive_the_round_trip(values: list[int], delta: bool) -> None:
    data, _ = encode_part({"v": np.array(values, np.int64)}, ["v"] if delta else [])
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "part"
        file.write_bytes(data)
        assert PartFile(file).integers("v").tolist() == values


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"))))
def test_text_columns_survive_the_round_trip(values: list[str]) -> None:
    data, _ = encode_part({"v": values})
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "part"
        file.write_bytes(data)
        assert PartFile(file).texts("v") == values


def test_a_file_that_is_no_part_or_lacks_a_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"something else entirely")
    with pytest.raises(InputError, match="not a part of a world pack"):
        PartFile(tmp_path / "x")
    data, _ = encode_part({"v": ["a"]})
    (tmp_path / "y").write_bytes(data)
    with pytest.raises(InputError, match='no column "w"'):
        PartFile(tmp_path / "y").texts("w")
    with pytest.raises(InputError, match="checksum mismatch"):
        PartFile(tmp_path / "y", size=len(data), crc32=1)


def test_the_shipped_manifest_pins_the_archives_that_the_tool_downloads() -> None:
    make_pack: Any = __import__("make_pack")
    listed = load_pack().manifest["archives"]
    assert [a["sha256"] for a in listed] == [d.sha256 for d in make_pack.DOWNLOADS]
    assert all(len(a["sha256"]) == len(hashlib.sha256().hexdigest()) for a in listed)
