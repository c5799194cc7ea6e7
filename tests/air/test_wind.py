"""Winds from a table, NetCDF and GRIB: read rightly, linear between, and refused outside.

Every file is written by the test itself, GRIB and NetCDF with the libraries of ECMWF and
Unidata, so that nothing depends on what our reader believes of the formats.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.air.wind import SameWind, Still, Wind, load_wind
from retinue.air.wind_grid import pressure_altitude_m
from retinue.clock import parse_moment
from retinue.errors import InputError
from retinue.journey.air import WindSource

LATS, LONS = np.arange(60.0, 29.0, -2.5), np.arange(110.0, 151.0, 5.0)
LEVELS_HPA = [850, 500, 250]
HOURS = [0, 6, 12]
BEGIN = parse_moment("2018-02-09 00:00 UTC")

# Linear in every coordinate, so that a linear interpolation must give it exactly.


def _east(hour: Any, altitude: Any, lat: Any, lon: Any) -> Any:
    return 0.5 * hour + altitude / 400.0 + 0.3 * lat - 0.1 * lon


def _north(hour: Any, altitude: Any, lat: Any, lon: Any) -> Any:
    return -0.2 * hour + altitude / 900.0 - 0.2 * lat + 0.05 * lon


def _fields() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    altitude = pressure_altitude_m(np.array(LEVELS_HPA) * 100.0)
    mesh = np.meshgrid(HOURS, altitude, LATS, LONS, indexing="ij")
    return _east(*mesh), _north(*mesh)


def write_netcdf(path: Path, form: Any = "NETCDF4", **change: Any) -> Path:
    import netCDF4

    east, north = _fields()
    with netCDF4.Dataset(str(path), "w", format=form) as file:
        for name, values, units in (
            ("time", HOURS, change.get("time_units", "hours since 2018-02-09 00:00:00")),
            ("level", LEVELS_HPA, change.get("level_units", "hPa")),
            ("latitude", LATS, "degrees_north"),
            ("longitude", LONS, "degrees_east"),
        ):
            file.createDimension(name, len(values))
            file.createVariable(name, "f8", (name,))[:] = values
            if units:
                file[name].units = units
        dims = ("time", "level", "latitude", "longitude")
        for name, field in (("u", east), ("v", north)):
            if name == change.get("without"):
                continue
            made = file.createVariable(name, "f8", dims, fill_value=-9e9)
            made[:] = np.where(change.get("hole", False), np.nan, field)
            if change.get("units", "m s**-1"):
                made.units = change.get("units", "m s**-1")
    return path


def write_grib(path: Path, edition: int = 2, skip: int = -1, lons: Any = LONS) -> Path:
    import eccodes

    east, north = _fields()
    number = 0
    with path.open("wb") as file:
        for t, hour in enumerate(HOURS):
            for z, level in enumerate(LEVELS_HPA):
                for name, field in (("u", east), ("v", north)):
                    number += 1
                    if number == skip:
                        continue
                    message = eccodes.codes_grib_new_from_samples(f"regular_ll_pl_grib{edition}")
                    for key, value in (
                        ("Ni", len(lons)), ("Nj", len(LATS)),
                        ("latitudeOfFirstGridPointInDegrees", LATS[0]),
                        ("latitudeOfLastGridPointInDegrees", LATS[-1]),
                        ("longitudeOfFirstGridPointInDegrees", lons[0] % 360),
                        ("longitudeOfLastGridPointInDegrees", lons[-1] % 360),
                        ("iDirectionIncrementInDegrees", 5.0),
                        ("jDirectionIncrementInDegrees", 2.5),
                        ("dataDate", 20180209), ("dataTime", 0), ("stepUnits", 1),
                        ("step", hour), ("shortName", name), ("level", level),
                        ("bitsPerValue", 24),
                    ):  # fmt: skip
                        eccodes.codes_set(message, key, value)
                    eccodes.codes_set_values(message, field[t, z].ravel())
                    eccodes.codes_write(message, file)
                    eccodes.codes_release(message)
    return path


WRITERS: list[tuple[str, Callable[[Path], Path]]] = [
    ("winds.nc", write_netcdf),
    ("classic.nc", lambda path: write_netcdf(path, "NETCDF3_CLASSIC")),
    ("winds.grib2", write_grib),
    ("winds.grib", lambda path: write_grib(path, 1)),
]


@pytest.fixture(scope="module", params=WRITERS, ids=[name for name, _ in WRITERS])
def grid(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Wind:
    name, writer = request.param
    folder = tmp_path_factory.mktemp("winds")
    writer(folder / name)
    return load_wind(WindSource(file=name), folder)


def test_a_grid_is_linear_between_its_points(grid: Wind) -> None:
    assert grid.timed
    random = np.random.default_rng(7)
    hour = random.uniform(0.0, 12.0, 300)
    lat, lon = random.uniform(30.0, 60.0, 300), random.uniform(110.0, 150.0, 300)
    low, high = pressure_altitude_m(np.array([85_000.0, 25_000.0]))
    altitude = random.uniform(low, high, 300)
    turned = np.where(random.random(300) < 0.5, lon, lon - 360.0)
    east, north = grid.at(lat, turned, altitude, BEGIN + hour * 3600.0)
    # 24 bits of a range below 100 m/s; 32-bit floats in memory.
    assert east == pytest.approx(_east(hour, altitude, lat, lon), abs=2e-4)
    assert north == pytest.approx(_north(hour, altitude, lat, lon), abs=2e-4)


def test_below_the_lowest_level_its_wind_is_held_and_that_is_said(grid: Wind) -> None:
    low = float(pressure_altitude_m(85_000.0))
    assert grid.at(40.0, 120.0, 0.0, BEGIN) == grid.at(40.0, 120.0, low, BEGIN)
    assert any("held" in text for text in grid.assumptions)


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ((20.0, 120.0, 9000.0, BEGIN), "latitude"),
        ((40.0, 90.0, 9000.0, BEGIN), "longitude"),
        ((40.0, 120.0, 12_000.0, BEGIN), "altitude"),
        ((40.0, 120.0, 9000.0, BEGIN + 13 * 3600.0), "2018-02-09T13:00"),
        ((40.0, 120.0, 9000.0, BEGIN - 3600.0), "2018-02-08T23:00"),
        ((float("nan"), 120.0, 9000.0, BEGIN), "latitude"),
    ],
)
def test_outside_the_grid_there_is_no_wind(
    grid: Wind, point: tuple[float, float, float, float], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        grid.at(*point)


def test_pressure_altitudes_are_those_of_the_standard_atmosphere() -> None:
    # ICAO Doc 7488, table: 500 hPa 5,574.4 m; 250 hPa 10,362.9 m; 100 hPa 16,179.7 m.
    found = pressure_altitude_m(np.array([101_325.0, 50_000.0, 25_000.0, 10_000.0]))
    assert found == pytest.approx([0.0, 5_574.4, 10_362.9, 16_179.7], abs=1.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"units": ""}, "has no unit"),
        ({"units": "furlong"}, "furlong"),
        ({"level_units": ""}, "level"),
        ({"time_units": "fortnights"}, "fortnights"),
        ({"without": "v"}, "northward wind"),
        ({"units": "km/h", "level_units": "apples"}, "apples"),
    ],
)
def test_a_netcdf_file_without_what_it_needs_is_refused(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    write_netcdf(tmp_path / "winds.nc", **change)
    with pytest.raises(InputError, match=said) as caught:
        load_wind(WindSource(file="winds.nc"), tmp_path)
    assert "winds.nc" in caught.value.where


def test_a_hole_in_the_field_is_refused_where_the_flight_meets_it(tmp_path: Path) -> None:
    hole = np.zeros((3, 3, len(LATS), len(LONS)), bool)
    hole[:, :, 0, 0] = True
    write_netcdf(tmp_path / "winds.nc", hole=hole)
    wind = load_wind(WindSource(file="winds.nc"), tmp_path)
    wind.at(40.0, 140.0, 9000.0, BEGIN)
    with pytest.raises(InputError, match="no wind at"):
        wind.at(59.5, 110.5, 9000.0, BEGIN)


def test_a_dimension_too_few_is_named(tmp_path: Path) -> None:
    import netCDF4

    with netCDF4.Dataset(str(tmp_path / "flat.nc"), "w") as file:
        for name, values in (("lat", LATS), ("lon", LONS)):
            file.createDimension(name, len(values))
            file.createVariable(name, "f8", (name,))[:] = values
        for name in ("u", "v"):
            file.createVariable(name, "f8", ("lat", "lon"))[:] = 1.0
    with pytest.raises(InputError, match="no dimension of level"):
        load_wind(WindSource(file="flat.nc"), tmp_path)


def test_a_grib_file_with_a_field_missing_is_refused(tmp_path: Path) -> None:
    write_grib(tmp_path / "winds.grib2", skip=4)
    with pytest.raises(InputError, match="v is missing at 1 of 9"):
        load_wind(WindSource(file="winds.grib2"), tmp_path)


def test_a_grid_across_the_prime_meridian_is_one_grid(tmp_path: Path) -> None:
    write_grib(tmp_path / "winds.grib2", lons=np.arange(-20.0, 21.0, 5.0))
    wind = load_wind(WindSource(file="winds.grib2"), tmp_path)
    for lon in (-1.0, 359.0, 1.0):
        east, _ = wind.at(45.0, lon, 9000.0, BEGIN)
        shifted = (lon + 180.0) % 360.0 - 180.0 + 130.0
        assert float(east) == pytest.approx(_east(0, 9000.0, 45.0, shifted), abs=2e-4)


@pytest.mark.parametrize("name", ["noise.nc", "noise.grib2"])
@pytest.mark.parametrize("content", [b"", b"not a weather file at all", b"GRIB\x00\x01\x02\x02"])
def test_noise_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=r"noise|GRIB|NetCDF|no wind"):
        load_wind(WindSource(file=name), tmp_path)


@pytest.mark.parametrize(("name", "package"), [("winds.nc", "netCDF4"), ("w.grib2", "eccodes")])
def test_a_missing_library_is_one_sentence_with_its_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, package: str
) -> None:
    (tmp_path / name).write_bytes(b"x")
    real = builtins.__import__

    def absent(wanted: str, *more: Any, **named: Any) -> Any:
        if wanted == package:
            raise ImportError(wanted)
        return real(wanted, *more, **named)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(InputError, match=package) as caught:
        load_wind(WindSource(file=name), tmp_path)
    assert "retinue[air]" in caught.value.cure


REGIONS = """
retinue winds: 1
title: by hand
source: test
confidence: assumed
regions:
  - name: sea
    south: 30
    north: 50
    west: 170
    east: -170
    winds:
      - {level: 5000 m, from: 270 deg, at: 20 m/s}
      - {level: 10000 m, from: 270 deg, at: 40 m/s}
  - name: rest
    south: -90
    north: 90
    west: -180
    east: 180
    winds: [{from: 0 deg, at: 10 m/s}]
"""


def test_a_table_by_regions(tmp_path: Path) -> None:
    (tmp_path / "w.yaml").write_text(REGIONS)
    wind = load_wind(WindSource(file="w.yaml"), tmp_path)
    lon = np.array([175.0, -175.0, 185.0, 160.0])
    east, north = wind.at(np.full(4, 40.0), lon, np.full(4, 7500.0))
    assert east == pytest.approx([30.0, 30.0, 30.0, 0.0], abs=1e-9)
    assert north == pytest.approx([0.0, 0.0, 0.0, -10.0], abs=1e-9)
    assert not wind.timed
    with pytest.raises(InputError, match="altitude"):
        wind.at(40.0, 175.0, 12_000.0)


def test_a_table_by_points_is_a_full_grid_or_refused(tmp_path: Path) -> None:
    lines = [
        f"  - {{lat: {lat}, lon: {lon}, level: {level} m, from: 270 deg,"
        f" at: {lat + level / 1e3} m/s}}"
        for lat in (30, 50)
        for lon in (170, -170)
        for level in (5000, 10000)
    ]
    head = "retinue winds: 1\nsource: test\nconfidence: assumed\npoints:\n"
    (tmp_path / "w.yaml").write_text(head + "\n".join(lines))
    wind = load_wind(WindSource(file="w.yaml"), tmp_path)
    assert float(wind.at(40.0, 180.0, 7500.0)[0]) == pytest.approx(47.5)
    (tmp_path / "w.yaml").write_text(head + "\n".join(lines[:-1]))
    with pytest.raises(InputError, match="no full grid"):
        load_wind(WindSource(file="w.yaml"), tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("at: 20 m/s", "at: 400 m/s", "too large"),
        ("at: 20 m/s", "at: 20", "lacks a unit"),
        ("south: 30", "south: 60", "south of its north"),
        ("level: 5000 m, ", "", "without level"),
        ("level: 5000 m", "level: 10000 m", "one level"),
        ("south: 30", "south: .nan", "south"),
        ("regions:", "points: []\nregion:", "region"),
    ],
)
def test_a_faulty_table_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    (tmp_path / "w.yaml").write_text(REGIONS.replace(old, new, 1))
    with pytest.raises(InputError, match=said) as caught:
        load_wind(WindSource(file="w.yaml"), tmp_path)
    assert "w.yaml:" in caught.value.where


def test_one_wind_blows_from_where_it_comes() -> None:
    wind = load_wind(WindSource.model_validate({"from": "270 deg", "at": "60 kt"}))
    east, north = wind.at(np.zeros(3), np.zeros(3), 9000.0)
    assert east == pytest.approx([60 * 1852 / 3600] * 3)
    assert north == pytest.approx([0.0] * 3, abs=1e-9)


@pytest.mark.parametrize(
    "asked", [{}, {"from": "270 deg"}, {"at": "20 kt"}, {"file": "a.nc", "at": "20 kt"},
              {"from": "0 deg", "at": "900 kt"}, {"file": "nowhere.nc"}, {"file": "nowhere.yaml"}],
)  # fmt: skip
def test_an_unclear_wind_is_refused(asked: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_wind(WindSource.model_validate(asked), tmp_path, "journey.yaml:7: wind")
    assert caught.value.where == "journey.yaml:7: wind"


@given(st.floats(0.0, 6.3), st.floats(0.0, 100.0))
def test_a_wind_is_as_strong_as_stated(direction: float, speed: float) -> None:
    wind = SameWind.from_direction(direction, speed)
    assert np.hypot(wind.east_mps, wind.north_mps) == pytest.approx(speed, abs=1e-9)
    assert isinstance(wind, Wind)


def test_no_wind_is_still() -> None:
    assert load_wind(None) == Still()
    assert Still().at([1.0, 2.0], 3.0, 4.0)[0].tolist() == [0.0, 0.0]
