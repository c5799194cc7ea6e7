"""Quantities: people write units, code gets SI, and nothing is guessed."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from retinue.units import _COMMON, _DIMENSIONS, SI, Speed, UnitError, _by_pint, parse


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("50 km/h", "speed", 50 / 3.6),
        ("20 min", "duration", 1200.0),
        ("1 h 30 min", "duration", 5400.0),
        ("120 t", "mass", 120_000.0),
        # International nautical mile (1929) and pound (1959): exact by definition.
        ("12 NM", "length", 22_224.0),
        ("285000 lb", "mass", 129_273.825_45),
        ("1,178 km", "length", 1_178_000.0),
        ("12 permil", "ratio", 0.012),
        ("12 ‰", "ratio", 0.012),
        ("5 %", "ratio", 0.05),
        ("3 kV", "voltage", 3000.0),
        ("1 kWh", "energy", 3.6e6),
        ("5 degC", "temperature", 278.15),
        ("11490 ft", "length", 3502.152),
    ],
)
def test_a_quantity_is_read_into_si(text: str, kind: str, expected: float) -> None:
    assert parse(text, kind) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("bare", [60, 60.0, "60", "60.5", True, None])
def test_a_bare_number_is_refused_where_a_unit_is_due(bare: object) -> None:
    with pytest.raises(UnitError, match=r"write e\.g\. \"60 km/h\""):
        parse(bare, "speed")


@pytest.mark.parametrize("wrong", ["60 t", "sixty", "60 km/", "nan km/h", "inf km/h", "", "()"])
def test_a_text_of_another_kind_is_refused(wrong: str) -> None:
    with pytest.raises(UnitError):
        parse(wrong, "speed")


def test_a_decimal_comma_is_refused_rather_than_read_as_thousands() -> None:
    with pytest.raises(UnitError, match="decimal comma"):
        parse("1,5 km", "length")


@given(st.floats(min_value=0.001, max_value=1e6))
def test_kilometres_and_metres_agree(value: float) -> None:
    assert parse(f"{value!r} km", "length") == pytest.approx(
        1000 * parse(f"{value!r} m", "length"), rel=1e-9
    )


@pytest.mark.parametrize("text", ["1e3 m", "2 * 3 m", "3 km + 200 m", "-2 permil", "0.5 m/s**2"])
def test_longer_words_are_read_as_pint_reads_them(text: str) -> None:
    kind = {"-2 permil": "ratio", "0.5 m/s**2": "acceleration"}.get(text, "length")
    expected = {"1e3 m": 1000, "2 * 3 m": 6, "3 km + 200 m": 3200, "-2 permil": -0.002}
    assert parse(text, kind) == pytest.approx(expected.get(text, 0.5))


class _Cap(BaseModel):
    speed: Speed


def test_a_model_reads_text_and_takes_si_from_code() -> None:
    assert _Cap(speed="36 km/h").speed == pytest.approx(10.0)
    assert _Cap(speed=SI(10.0)).speed == 10.0
    with pytest.raises(ValidationError, match="lacks a unit"):
        _Cap(speed=36)


def test_bounds_of_a_field_hold_for_the_value_in_si() -> None:
    class Bounded(BaseModel):
        speed: Speed = Field(ge=0, le=10)

    assert Bounded(speed="36 km/h").speed == 10.0
    for wrong in ("-1 m/s", "37 km/h"):
        with pytest.raises(ValidationError):
            Bounded(speed=wrong)


@pytest.mark.parametrize("kind", sorted(_DIMENSIONS))
def test_the_table_of_common_units_says_what_pint_says(kind: str) -> None:
    def said(read: Callable[[str], float]) -> float | str:
        try:
            return read(f"1 {unit}")
        except UnitError as error:
            return str(error)

    for unit in sorted(_COMMON):
        assert said(lambda text: parse(text, kind)) == said(lambda t: _by_pint(t, kind, t)), unit


@given(st.floats(min_value=-90, max_value=400), st.integers(0, 3))
def test_degrees_celsius_are_those_of_pint(value: float, digits: int) -> None:
    for unit in ("degC", "K"):
        text = f"{value:.{digits}f} {unit}"
        assert parse(text, "temperature") == _by_pint(text, "temperature", text)
