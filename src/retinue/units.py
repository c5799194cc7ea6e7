"""Quantities as people write them, turned into SI at the edge.

``50 km/h``, ``20 min`` and ``120 t`` become floats in SI; a bare number where a
unit is due is refused, because a unit that is guessed is a unit that is wrong.
Pint does the parsing.  It takes a tenth of a second to load, so the units that files hold stand
in a table (`_SIMPLE`), and Pint is imported only for other words.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

if TYPE_CHECKING:
    from pint import UnitRegistry

__all__ = [
    "Acceleration",
    "Angle",
    "Area",
    "Duration",
    "Energy",
    "Force",
    "Length",
    "Mass",
    "Power",
    "Pressure",
    "Ratio",
    "Speed",
    "Temperature",
    "UnitError",
    "Volume",
    "parse",
    "quantity_type",
]

STANDARD_GRAVITY_MPS2 = 9.80665  #: m/s2, CGPM 1901

_DEFINITIONS = """
milli- = 1e-3 = m-
centi- = 1e-2 = c-
hecto- = 1e2 = h-
kilo- = 1e3 = k-
mega- = 1e6 = M-
giga- = 1e9 = G-
metre = [length] = m = meter
second = [time] = s = sec
gram = [mass] = g
ampere = [current] = A
kelvin = [temperature]; offset: 0 = K
degree_Celsius = kelvin; offset: 273.15 = °C = celsius = degC
minute = 60 * second = min
hour = 60 * minute = h = hr
day = 24 * hour = d
tonne = 1000 * kilogram = t = ton
newton = kilogram * metre / second ** 2 = N
joule = newton * metre = J
watt = joule / second = W
volt = watt / ampere = V
pascal = newton / metre ** 2 = Pa
bar = 1e5 * pascal
litre = 1e-3 * metre ** 3 = l = L = liter
foot = 0.3048 * metre = ft = feet
inch = 0.0254 * metre = in
mile = 1609.344 * metre = mi
nautical_mile = 1852 * metre = NM = nmi
knot = nautical_mile / hour = kn = kt = knots
pound = 0.45359237 * kilogram = lb
watt_hour = watt * hour = Wh
kph = kilometre / hour = kmh
mph = mile / hour
radian = [] = rad
degree = 0.017453292519943295 * radian = deg = °
percent = 0.01 = %
permil = 0.001 = ‰ = permille
hectare = 10000 * metre ** 2 = ha
"""

# SI unit, and an example of how a person writes it.
_DIMENSIONS: dict[str, tuple[str, str]] = {
    "length": ("metre", "12.5 km"),
    "duration": ("second", "20 min"),
    "speed": ("metre/second", "60 km/h"),
    "mass": ("kilogram", "120 t"),
    "force": ("newton", "370 kN"),
    "power": ("watt", "1470 kW"),
    "energy": ("joule", "500 kWh"),
    "acceleration": ("metre/second**2", "0.5 m/s^2"),
    "pressure": ("pascal", "5 bar"),
    "volume": ("metre**3", "1600 l"),
    "area": ("metre**2", "24 m^2"),
    "ratio": ("", "12 permil"),
    "temperature": ("kelvin", "5 degC"),
    "angle": ("radian", "30 deg"),
    "fuel flow": ("kilogram/second", "2400 kg/h"),
    "mass per length": ("kilogram/metre", "7.2 t/m"),
    "voltage": ("volt", "3 kV"),
}


#: What one of a common unit is in SI, by the kind it measures: what Pint says, without Pint.
_SIMPLE: dict[str, dict[str, float]] = {
    "length": {
        "mm": 0.001, "cm": 0.01, "m": 1.0, "km": 1000.0, "ft": 0.3048, "NM": 1852.0,
        "mile": 1609.344,
    },
    "duration": {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0},
    "speed": {
        "m/s": 1.0, "km/h": 0.2777777777777778, "mph": 0.44704, "mile/hour": 0.44704,
        "knot": 0.5144444444444445, "kn": 0.5144444444444445,
    },
    "mass": {"g": 0.001, "kg": 1.0, "t": 1000.0, "lb": 0.45359237},
    "force": {"N": 1.0, "kN": 1000.0},
    "power": {"W": 1.0, "kW": 1000.0, "MW": 1000000.0},
    "energy": {"J": 1.0, "kWh": 3600000.0, "MJ": 1000000.0},
    "acceleration": {"m/s^2": 1.0},
    "pressure": {"Pa": 1.0, "hPa": 100.0, "kPa": 1000.0, "bar": 100000.0},
    "volume": {"l": 0.001, "m^3": 1.0},
    "area": {"m^2": 1.0, "ha": 10000.0},
    "ratio": {"%": 0.01, "percent": 0.01, "permil": 0.001, "deg": 0.017453292519943295},
    "angle": {"%": 0.01, "percent": 0.01, "permil": 0.001, "deg": 0.017453292519943295},
    "fuel flow": {
        "kg/s": 1.0, "kg/h": 0.0002777777777777778, "t/h": 0.2777777777777778,
    },
    "mass per length": {"kg/m": 1.0, "t/m": 1000.0},
    "voltage": {"V": 1.0, "kV": 1000.0},
    "temperature": {},
}  # fmt: skip
_COMMON = frozenset(unit for units in _SIMPLE.values() for unit in units)
_CELSIUS_K = 273.15

_UNIT = r"[A-Za-z°%‰]+(\^\d|\*\*\d)?"
_NUMBER_UNIT = re.compile(rf"(?P<number>[-+]?\d+(\.\d+)?)\s*(?P<unit>(?!e\d){_UNIT}(/{_UNIT})?)")
_HOURS_MINUTES = re.compile(r"(?P<hours>\d+)\s*h\s*(?P<minutes>\d{1,2})(\s*min)?")


class UnitError(ValueError):
    """A text is not a quantity of the kind that is due."""


@cache
def _registry() -> UnitRegistry[Any]:
    from pint import UnitRegistry

    # Only the units this field uses: loading Pint's whole table costs 0.3 s a process.
    return UnitRegistry(_DEFINITIONS.strip().splitlines(), autoconvert_offset_to_baseunit=True)


@cache
def _parse_text(text: str, kind: str) -> float:
    example = _DIMENSIONS[kind][1]
    cleaned = text.strip().replace("\N{NO-BREAK SPACE}", " ").replace("²", "^2").replace("³", "^3")
    number, _, rest = cleaned.partition(" ")
    if "," in number:
        # A comma is a thousands mark (1,178) or a decimal comma (1,5): only the first is safe.
        groups = number.lstrip("+-").split(".")[0].split(",")
        if not all(len(group) == 3 for group in groups[1:]):
            raise UnitError(f'"{text}" has a decimal comma; write a point, e.g. "{example}"')
        cleaned = f"{number.replace(',', '')} {rest}".strip()
    if not rest and cleaned.replace(".", "").lstrip("+-").isdigit():
        raise UnitError(f'"{text}" lacks a unit; write e.g. "{example}"')
    if kind == "duration" and (parts := _HOURS_MINUTES.fullmatch(cleaned)):
        # "1 h 30" and "1 h 30 min": people say hours and minutes together.
        return float(parts["hours"]) * 3600 + float(parts["minutes"]) * 60
    simple = _NUMBER_UNIT.fullmatch(cleaned)
    if simple is not None and kind == "temperature":
        if simple["unit"] == "degC":
            return float(simple["number"]) + _CELSIUS_K
        if simple["unit"] == "K":
            return float(simple["number"])
    elif simple is not None:
        # A file holds hundreds of quantities but few units: each is read once.
        return float(simple["number"]) * _factor(simple["unit"], kind, text)
    return _by_pint(cleaned, kind, text)


_factors: dict[tuple[str, str], float] = {}


def _factor(unit: str, kind: str, text: str) -> float:
    if (known := _SIMPLE[kind].get(unit)) is not None:
        return known
    if unit in _COMMON:
        raise UnitError(f'"{text}" is not a {kind}; write e.g. "{_DIMENSIONS[kind][1]}"')
    if (unit, kind) not in _factors:
        _factors[unit, kind] = _by_pint(f"1 {unit}", kind, text)
    return _factors[unit, kind]


def _by_pint(cleaned: str, kind: str, text: str) -> float:
    import tokenize

    import pint

    unit, example = _DIMENSIONS[kind]
    try:
        quantity: Any = _registry().Quantity(cleaned)
        if kind == "ratio" and quantity.dimensionless:
            return float(quantity.to_base_units().magnitude)
        return float(quantity.to(unit).magnitude)
    except pint.DimensionalityError as error:
        raise UnitError(f'"{text}" is not a {kind}; write e.g. "{example}"') from error
    except (
        pint.UndefinedUnitError,
        pint.DefinitionSyntaxError,
        tokenize.TokenError,
        AttributeError,
        TypeError,
        ValueError,
        AssertionError,
        ArithmeticError,
        SyntaxError,
    ) as error:
        raise UnitError(f'"{text}" cannot be read as a {kind}; write e.g. "{example}"') from error


def parse(value: object, kind: str) -> float:
    """Read a quantity and return it in SI.

    Parameters
    ----------
    value
        What the user wrote, e.g. ``"50 km/h"``.
    kind
        A key of the table of kinds: length, duration, speed, mass, force,
        power, energy, acceleration, pressure, volume, area, ratio,
        temperature, angle, fuel flow, mass per length, voltage.

    Returns
    -------
    float
        Metres, seconds, m/s, kg, N, W, J, m/s2, Pa, m3, m2, 1, K, rad, kg/s,
        kg/m or V.

    Raises
    ------
    UnitError
        Where the unit is missing, unknown or of another kind.
    """
    example = _DIMENSIONS[kind][1]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnitError(f'a {kind} is due here; write e.g. "{example}"')
    if isinstance(value, int | float):
        if kind == "ratio" and value == 0:
            return 0.0
        raise UnitError(f'"{value}" lacks a unit; write e.g. "{example}"')
    number = _parse_text(value, kind)
    if number != number or number in (float("inf"), float("-inf")):
        raise UnitError(f'"{value}" is not a finite {kind}; write e.g. "{example}"')
    return number


class _QuantityValidator:
    """Pydantic hook: parses texts, lets SI floats through where code hands them over."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        def read(value: object) -> float:
            if isinstance(value, SI):
                return float(value)
            return parse(value, self.kind)

        return core_schema.no_info_before_validator_function(
            # Bounds of a field stand in the handler's schema: they hold for the SI value.
            read,
            handler(float),
            serialization=core_schema.to_string_ser_schema(),
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {
            "type": "string",
            "description": f"a {self.kind} with its unit",
            "examples": [_DIMENSIONS[self.kind][1]],
        }


class SI(float):
    """A float that code vouches for as SI; models accept it in place of a text."""


def quantity_type(kind: str) -> Any:
    """Return the annotated type that a pydantic model uses for a quantity of one kind."""
    return Annotated[float, _QuantityValidator(kind)]


if TYPE_CHECKING:
    Length = float
    Duration = float
    Speed = float
    Mass = float
    Force = float
    Power = float
    Energy = float
    Acceleration = float
    Pressure = float
    Volume = float
    Area = float
    Ratio = float
    Temperature = float
    Angle = float
    FuelFlow = float
    MassPerLength = float
    Voltage = float
else:
    Length = quantity_type("length")
    Duration = quantity_type("duration")
    Speed = quantity_type("speed")
    Mass = quantity_type("mass")
    Force = quantity_type("force")
    Power = quantity_type("power")
    Energy = quantity_type("energy")
    Acceleration = quantity_type("acceleration")
    Pressure = quantity_type("pressure")
    Volume = quantity_type("volume")
    Area = quantity_type("area")
    Ratio = quantity_type("ratio")
    Temperature = quantity_type("temperature")
    Angle = quantity_type("angle")
    FuelFlow = quantity_type("fuel flow")
    MassPerLength = quantity_type("mass per length")
    Voltage = quantity_type("voltage")
