"""Tags of tracks read into SI, because a wrong unit or a lost list sends a train astray.

Expected meanings: OpenStreetMap wiki, Key:maxspeed, Key:gauge, Key:electrified and
OpenRailwayMap/Tagging.
"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.world.osm_tags import Faults, chainage_m, layer, limit_mps, network_class, track_tags


def read(faults: Faults | None = None, **tags: str) -> dict[str, object]:
    tagged = {key.replace("__", ":"): value for key, value in tags.items()}
    return dict(track_tags({"railway": "rail"} | tagged, "way 1", faults or Faults()).values)


@pytest.mark.parametrize(
    ("text", "mps"),
    [
        ("160", 160 / 3.6),
        ("160 km/h", 160 / 3.6),
        ("60 mph", 60 * 1609.344 / 3600),  # international mile, exact since 1959
        ("60mph", 60 * 1609.344 / 3600),
        ("22,5", 22.5 / 3.6),
        ("none", math.inf),
    ],
)
def test_a_limit_is_read_with_its_unit(text: str, mps: float) -> None:
    assert limit_mps(text, "", Faults()) == pytest.approx(mps, rel=1e-12)


@pytest.mark.parametrize("text", ["signals", "walk", "-10", "0", "1e9", "60 furlongs", "", "9999"])
def test_a_limit_that_cannot_be_read_is_no_limit_and_counts(text: str) -> None:
    faults = Faults()
    assert limit_mps(text, "way 7", faults) is None
    assert faults.records() == [
        {"kind": "speed limit that cannot be read", "count": 1, "example": f"way 7: {text}"}
    ]


def test_of_several_limits_the_lowest_holds_and_counts_as_contradictory() -> None:
    faults = Faults()
    assert limit_mps("80;60", "", faults) == pytest.approx(60 / 3.6)
    assert faults.counts == {"speed limit with several values": 1}


@given(st.floats(min_value=1.0, max_value=600.0))
def test_any_written_speed_comes_back(kmh: float) -> None:
    text = f"{kmh:.3f}"
    assert limit_mps(text, "", Faults()) == pytest.approx(float(text) / 3.6)


@given(st.text(max_size=30))
def test_no_text_breaks_any_reader(text: str) -> None:
    faults = Faults()
    keys = (
        "maxspeed", "maxspeed:forward", "gauge", "voltage", "frequency", "electrified", "layer",
        "tracks", "axle_load", "incline", "railway:preferred_direction", "tunnel",
    )  # fmt: skip
    track_tags({"railway": "rail"} | dict.fromkeys(keys, text), "way 1", faults)
    chainage_m({"railway:position": text}, "node 1", faults)


def test_a_direction_goes_before_the_general_limit() -> None:
    values = read(maxspeed="100", maxspeed__backward="40")
    assert values["speed_forward"] == pytest.approx(100 / 3.6)
    assert values["speed_backward"] == pytest.approx(40 / 3.6)


def test_conditional_limits_are_kept_as_written() -> None:
    values = read(maxspeed="100", maxspeed__conditional="60 @ (22:00-06:00)")
    assert values["speed_conditional"] == "conditional=60 @ (22:00-06:00)"


@pytest.mark.parametrize(
    ("text", "gauges"),
    [
        ("1435", (1435,)),
        ("1435;1000", (1000, 1435)),
        ("1520 ; 1435", (1435, 1520)),
        ("1435 mm", (1435,)),
        ("standard", (1435,)),
    ],
)
def test_gauges_are_lists_in_millimetres(text: str, gauges: tuple[int, ...]) -> None:
    assert read(gauge=text)["gauge"] == gauges


def test_a_gauge_that_cannot_be_read_is_unknown() -> None:
    faults = Faults()
    assert "gauge" not in read(faults, gauge="broad")
    assert faults.counts == {"gauge that cannot be read": 1}


@pytest.mark.parametrize(
    ("tags", "keys"),
    [
        ({"electrified": "contact_line", "voltage": "15000", "frequency": "16.7"},
         ("15kv-ac-16.7hz",)),
        # 16 2/3 Hz and its roundings are the system that EN 50163 calls 16,7 Hz.
        ({"electrified": "contact_line", "voltage": "15000", "frequency": "16.67"},
         ("15kv-ac-16.7hz",)),
        ({"electrified": "contact_line", "voltage": "3000", "frequency": "0"}, ("3kv-dc",)),
        ({"electrified": "rail", "voltage": "750", "frequency": "0"}, ("750v-dc",)),
        ({"electrified": "contact_line", "voltage": "25000;3000", "frequency": "50;0"},
         ("25kv-ac-50hz", "3kv-dc")),
        ({"electrified": "no"}, ("none",)),
        ({"electrified": "yes"}, ("unknown",)),
        ({"electrified": "contact_line", "voltage": "25000"}, ("unknown",)),
        ({"electrified": "contact_line", "voltage": "1500"}, ("1.5kv-dc",)),
        ({"electrified": "contact_line", "voltage": "0", "frequency": "0"}, ("dead",)),
    ],
)  # fmt: skip
def test_power_gets_the_line_books_keys(tags: dict[str, str], keys: tuple[str, ...]) -> None:
    assert read(None, **tags)["power"] == keys


def test_untagged_power_is_unknown_and_not_none() -> None:
    assert "power" not in read()


def test_a_track_without_wire_but_with_voltage_contradicts_itself() -> None:
    faults = Faults()
    assert read(faults, electrified="no", voltage="15000")["power"] == ("none",)
    assert faults.counts == {"voltage on a track that is not electrified": 1}


def test_bridges_and_tunnels_that_are_tagged_no_are_none() -> None:
    values = read(bridge="no", tunnel="no")
    assert "bridge" not in values
    assert "tunnel" not in values


def test_loads_are_kilograms() -> None:
    values = read(axle_load="22.5", meter_load="8 t/m")
    assert values["axle_load"] == 22_500.0
    assert values["metre_load"] == 8_000.0


def test_train_protection_names_what_is_fitted_and_says_none_where_all_is_denied() -> None:
    fitted = read(railway__pzb="yes", railway__lzb="yes", railway__etcs="no")
    assert fitted["train_protection"] == "lzb;pzb"
    assert read(railway__pzb="no")["train_protection"] == "none"
    assert "train_protection" not in read()


@pytest.mark.parametrize(
    ("text", "metres"),
    [("12.4", 12_400.0), ("12,4", 12_400.0), ("mi:2", 3_218.688), ("5.4+20", 5_420.0),
     ("12.4;13.0", 12_400.0)],
)  # fmt: skip
def test_a_milestone_shows_its_chainage(text: str, metres: float) -> None:
    assert chainage_m({"railway:position": text}, "", Faults()) == pytest.approx(metres)


def test_the_exact_position_goes_before_the_rounded_one() -> None:
    tags = {"railway:position": "12.4", "railway:position:exact": "12.387"}
    assert chainage_m(tags, "", Faults()) == pytest.approx(12_387.0)


def test_classes_are_kept_apart_and_what_is_out_of_use_is_none() -> None:
    found = [
        network_class({"railway": value})
        for value in ("rail", "narrow_gauge", "light_rail", "tram", "disused", "miniature")
    ]
    assert found == [0, 1, 2, 2, None, None]


def test_a_layer_is_a_small_whole_number() -> None:
    assert layer({"layer": "-2"}, "", Faults()) == -2
    faults = Faults()
    assert layer({"layer": "1;2"}, "", faults) is None
    assert faults.counts == {"layer that cannot be read": 1}
