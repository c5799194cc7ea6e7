"""The air outside is believable wherever a train runs, in both hemispheres and in the tropics.

Outside authorities: monthly means as national weather services publish them; Perth's from the
mean daily extremes of the Bureau of Meteorology (1993-2010), Mumbai's as encyclopedias have them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.clock import parse_moment
from retinue.errors import InputError
from retinue.plan.services import EnergyRecord
from retinue.provisioning.open_air import OpenAir, band_mean, load_open_air
from retinue.provisioning.service_data import load_service_data
from retinue.provisioning.train_power import energy_of

AIR = load_open_air()
JANUARY, JULY = 1, 7
SHIPPED = Path(__file__).parents[2] / "src" / "retinue" / "data" / "climate.yaml"


@pytest.mark.parametrize(
    ("place", "lat", "lon", "month", "celsius"),
    [
        ("Perth", -31.95, 115.86, JANUARY, (30.8 + 17.8) / 2),
        ("Perth", -31.95, 115.86, JULY, (18.3 + 7.8) / 2),
        ("Sydney", -33.87, 151.21, JANUARY, 23.0),
        ("Mumbai", 18.94, 72.84, JANUARY, 23.9),
        ("Mumbai", 18.94, 72.84, 5, 29.7),
        ("Nairobi", -1.29, 36.82, JULY, 16.5),
        ("Singapore", 1.35, 103.82, JANUARY, 26.8),
        ("Pyongyang", 39.03, 125.75, JANUARY, -5.6),
        ("Beijing", 39.9, 116.4, JULY, 27.0),
        ("Irkutsk", 52.29, 104.28, JANUARY, -17.8),
        ("Buenos Aires", -34.6, -58.4, JULY, 11.0),
    ],
)
def test_known_towns_have_their_climate(
    place: str, lat: float, lon: float, month: int, celsius: float
) -> None:
    assert AIR.mean_k(month, lat, lon) - 273.15 == pytest.approx(celsius, abs=1.5), place


@given(lat=st.floats(-90, 90), lon=st.floats(-180, 180), month=st.integers(1, 12))
def test_the_air_lies_between_what_the_file_holds(lat: float, lon: float, month: int) -> None:
    every = [mean for one in AIR.places for mean in one.means]
    every += [mean for one in AIR.latitudes for mean in one.means]
    assert min(every) - 1e-9 <= AIR.mean_k(month, lat, lon) - 273.15 <= max(every) + 1e-9


@given(lat=st.floats(0.01, 90), month=st.integers(1, 12))
def test_by_latitude_alone_the_south_is_half_a_year_off(lat: float, month: int) -> None:
    other = (month + 5) % 12 + 1
    assert band_mean(AIR.latitudes, month, -lat) == band_mean(AIR.latitudes, other, lat)


def test_far_from_every_place_the_latitude_decides() -> None:
    # In the middle of the South Pacific no train runs.
    assert AIR.mean_k(JANUARY, -50.0, -120.0) - 273.15 == band_mean(AIR.latitudes, JANUARY, -50.0)


def test_every_shipped_place_has_a_summer_and_a_source() -> None:
    assert len({one.name for one in AIR.places}) == len(AIR.places) > 100
    for one in AIR.places:
        assert one.source in AIR.sources and one.confidence == "K"
        winter, summer = (JANUARY, JULY) if one.lat > 0 else (JULY, JANUARY)
        if abs(one.lat) > 24:
            assert one.means[summer - 1] > one.means[winter - 1] + 3, one.name
        # Means of neighbouring months jump by no more than inner Asia's autumn does.
        assert all(
            abs(a - b) <= 19 for a, b in zip(one.means, (*one.means[1:], one.means[0]), strict=True)
        )


@dataclass(frozen=True)
class _Standing:
    """A train that stands for two days."""

    lat: float
    lon: float

    def position_at(self, _: float) -> tuple[float, float]:
        return self.lon, self.lat


def energy(lat: float, lon: float, begin: str, air: OpenAir = AIR) -> EnergyRecord:
    """Return the energy of twelve sleeping coaches that stand at a place for two days."""
    start = parse_moment(begin, "UTC")
    end = start + 2 * 86_400.0
    here = SimpleNamespace(zone="UTC")
    leg = SimpleNamespace(
        id="1", mode="rail", depart_utc=start, arrive_utc=end, main=_Standing(lat, lon),
        from_=here, to=here, timeline=(),
    )  # fmt: skip
    plan = SimpleNamespace(legs=(leg,), depart_utc=start, arrive_utc=end)
    coaches = [SimpleNamespace(role="sleeping", label=str(k)) for k in range(12)]
    return energy_of(cast(Any, plan), cast(Any, coaches), load_service_data(), air)


@pytest.mark.parametrize(
    ("place", "lat", "lon", "month", "heated", "cooled"),
    [
        ("Sydney in January", -33.9, 151.2, 1, False, True),
        ("the Nullarbor in January", -30.8, 126.0, 1, False, True),
        ("Perth in January", -31.9, 115.9, 1, False, True),
        ("Sydney in July", -33.9, 151.2, 7, True, False),
        ("Mumbai in January", 19.0, 72.8, 1, False, True),
        ("Nairobi in January", -1.3, 36.8, 1, False, False),
        ("Nairobi in July", -1.3, 36.8, 7, False, False),
        ("Singapore in January", 1.3, 103.8, 1, False, True),
        ("Pyongyang in January", 39.0, 125.8, 1, True, False),
        ("Pyongyang in August", 39.0, 125.8, 8, False, True),
    ],
)
def test_coaches_are_heated_and_cooled_as_the_season_asks(
    place: str, lat: float, lon: float, month: int, heated: bool, cooled: bool
) -> None:
    found = energy(lat, lon, f"2024-{month:02d}-10 00:00")
    assert (found.heating_kwh > 0, found.cooling_kwh > 0) == (heated, cooled), place


def test_a_winter_of_pyongyang_takes_the_heat_that_the_formula_says() -> None:
    data, found = load_service_data(), energy(39.0, 125.8, "2024-01-10 00:00")
    kelvin = data.climate.inside - (273.15 - 6.0)
    loss_w = 12 * data.power_of("sleeping").loss_per_kelvin
    assert found.heating_kwh == pytest.approx(loss_w * kelvin * 48.0 / 1000.0, rel=0.01)


def test_rows_of_latitude_of_a_user_s_services_come_first() -> None:
    bands = load_open_air().latitudes
    data = load_service_data().model_copy(update={"outside": bands})
    leg = SimpleNamespace(
        id="1", mode="rail", depart_utc=0.0, arrive_utc=7200.0, main=_Standing(-33.9, 151.2),
        from_=SimpleNamespace(zone="UTC"), to=SimpleNamespace(zone="UTC"), timeline=(),
    )  # fmt: skip
    plan = SimpleNamespace(legs=(leg,), depart_utc=0.0, arrive_utc=7200.0)
    found = energy_of(cast(Any, plan), [], data)
    # The first of January 1970: July of the north.
    assert found.outside_k[0] - 273.15 == pytest.approx(band_mean(bands, 7, 33.9))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("retinue climate: 1", "retinue: 1", "not a file of the open air"),
        ("means: 0 0 1 3", "means: 0 0 1", "means"),
        ("means: 0 0 1 3", "means: 0 0 1 x", "means"),
        ("means: 0 0 1 3", "means: 0 0 1 nan", "means"),
        ("lat: 64.1", "lat: 164.1", "lat"),
        ("source: normals", "source: nobody", "nobody"),
    ],
)
def test_a_faulty_file_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / "climate.yaml"
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_open_air(path)
    assert words in f"{caught.value.message} {caught.value.where}"
    assert "climate.yaml:" in (caught.value.where or "")
