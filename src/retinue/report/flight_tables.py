"""What a flight carries, where it may land, whose airspace it passes: tables of an air leg."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from retinue.clock import from_iso
from retinue.plan import Leg
from retinue.report.table import Table, filled_columns
from retinue.report.wording import (
    clock_text,
    duration_text,
    grouped,
    km_text,
    moment_text,
    zone_at,
)

__all__ = ["flight_tables"]

#: Factors of a runway that differ less than this from one say nothing.
_NO_FACTOR = 0.005

_USES = {"take off": "take-off", "land": "landing", "land at the alternate": "alternate"}


def flight_tables(leg: Leg) -> list[Table]:
    """Return the tables of a flight; none for a leg without figures of one."""
    if "fuel_kg" not in leg.details:
        return []
    made = [_fuel(leg), _runways(leg), _countries(leg), _alternates(leg), _checks(leg)]
    return [filled_columns(table) for table in made if table.rows]


def _fuel(leg: Leg) -> Table:
    d = leg.details
    fuel = [(name, _kg(kg)) for name, kg in d["fuel_kg"].items()]
    fuel.append(("block fuel", _kg(d["block_fuel_kg"])))
    levels = [
        f"{grouped(one['altitude_m'])} m, {one['level']}, from km {km_text(one['from_m'], 0)}"
        for one in d.get("levels", ())
    ]
    values = [
        ("zero-fuel mass", _kg(d["zero_fuel_mass_kg"])),
        ("take-off mass", _kg(d["take_off_mass_kg"])),
        ("landing mass", _kg(d["landing_mass_kg"])),
        ("trip fuel", _kg(d["trip_fuel_kg"])),
        ("endurance", duration_text(d["endurance_s"])),
        *((f"{name}", duration_text(s)) for name, s in d.get("phases_s", {}).items()),
    ]
    values += [("cruise level" if k == 0 else "then", text) for k, text in enumerate(levels)]
    wind = d.get("wind")
    if wind:
        along = float(wind["mean_along_mps"])
        which = "tail wind" if along >= 0 else "head wind"
        values.append((f"mean {which}", f"{abs(along):.1f} m/s ({wind['source']})"))
        values.append(("distance through the air", f"{km_text(wind['air_distance_m'], 0)} km"))
    rows = tuple((*left, *right) for left, right in zip_longest(fuel, values, fillvalue=("", "")))
    still = "" if wind else " Still air: the journey names no wind."
    return Table(
        "Fuel, masses and times", ("fuel", "", "mass, time, level", ""), rows,
        right=frozenset({1}), wide={0: 1.0, 2: 1.0, 3: 1.6},
        strong=frozenset({len(fuel) - 1}) if len(fuel) >= len(values) else frozenset(),
        note=f"Reserves: {d['reserves']['title']}.{still}",
    )  # fmt: skip


def _kg(value: float) -> str:
    return f"{grouped(value)} kg"


def _runways(leg: Leg) -> Table:
    rows, strong, unknown = [], set(), set()
    for k, one in enumerate(leg.details.get("runways", ())):
        if not one["ok"]:
            strong.add(k)
        unknown.update(one["assumed"])
        factors = [
            f"{name} {value:.2f}"
            for name, value in one["factors"].items()
            if abs(value - 1.0) >= _NO_FACTOR
        ]
        day = [f"{one['temperature_k'] - 273.15:.0f} °C"]
        for name, word in (("headwind_mps", "head"), ("crosswind_mps", "cross")):
            if one[name] is not None:
                day.append(f"{word} {one[name]:.0f} m/s")
        day.append("wet" if one["wet"] else "dry")
        length, margin = one["length_m"], one["margin_m"]
        rows.append(
            (
                f"{_USES.get(one['for'], one['for'])} {one['aerodrome']}",
                one["direction"],
                "–" if length is None else f"{grouped(length)} m",
                f"{grouped(one['needed_m'])} m",
                "–" if margin is None else f"{grouped(margin)} m",
                f"{_tonnes(one['mass_kg'])} of {_tonnes(one['allowed_mass_kg'])} t",
                ", ".join(factors),
                ", ".join(day),
                "" if one["ok"] else "DOES NOT DO",
            )
        )
    told = f"Assumed where nothing is stated: {', '.join(sorted(unknown))}." if unknown else ""
    return Table(
        "Runways",
        ("to", "runway", "length", "needed", "margin", "mass", "factors", "the day", ""),
        tuple(rows), right=frozenset({2, 3, 4, 5}), wide={6: 1.0},
        strong=frozenset(strong), note=told,
    )  # fmt: skip


def _tonnes(kg: float) -> str:
    return grouped(kg / 1000, 1)


def _countries(leg: Leg) -> Table:
    d = leg.details
    crossed = [(one["country"] or "high seas", one) for one in d.get("overflights", ())]
    crossed += [
        (" ".join(w for w in (one["ident"], one["name"]) if w), one) for one in d.get("regions", ())
    ]
    rows = tuple(
        (
            name,
            km_text(one["enter_m"], 0),
            *_both(leg, one["enter_utc"]),
            km_text(one["exit_m"], 0),
            *_both(leg, one["exit_utc"]),
        )
        for name, one in crossed
    )
    areas = [one["name"] for one in d.get("restricted_areas", ()) if one["avoided"]]
    passed = [
        f"{one['name']} ({one['why']})"
        for one in d.get("restricted_areas", ())
        if not one["avoided"]
    ]
    told = [
        f"Closed countries kept clear of: {', '.join(d['closed_countries'])}."
        if d.get("closed_countries") else "",
        f"Restricted areas flown around: {', '.join(areas)}." if areas else "",
        f"Not in force here: {', '.join(passed)}." if passed else "",
        "" if d.get("regions") else "Flight information regions: no file of boundaries is named.",
    ]  # fmt: skip
    return Table(
        "Airspace entered and left",
        ("airspace", "km", "enters", "UTC", "km", "leaves", "UTC"),
        rows, right=frozenset({1, 4}), wide={0: 1.0},
        note=" ".join(text for text in told if text),
    )  # fmt: skip


def _both(leg: Leg, text: str) -> tuple[str, str]:
    """Return a moment in local time and in UTC."""
    moment = from_iso(text)
    return moment_text(moment, zone_at(leg, moment)), clock_text(moment, "UTC")


def _alternates(leg: Leg) -> Table:
    d = leg.details
    rows: list[tuple[str, str, str]] = []
    taken = d.get("alternate")
    if taken:
        how = "chosen here" if taken["chosen"] else "named by the journey"
        rows.append(
            (
                f"{taken['aerodrome']} {taken['name']}",
                f"of the destination, {how}",
                f"{km_text(taken['distance_m'], 0)} km, {duration_text(taken['time_s'])}",
            )
        )
    route: dict[str, Any] = d.get("en_route_alternates") or {}
    for one in route.get("aerodromes", ()):
        first, last = km_text(one["from_m"], 0), km_text(one["to_m"], 0)
        rows.append(
            (
                f"{one['aerodrome']} {one['name']}",
                f"nearest at km {first}" + (f" to {last}" if first != last else ""),
                f"at most {km_text(one['farthest_m'], 0)} km away",
            )
        )
    return Table(
        "Alternates", ("aerodrome", "for", ""), tuple(rows), wide={0: 1.0},
        strong=frozenset({0}) if taken else frozenset(),
    )  # fmt: skip


def _checks(leg: Leg) -> Table:
    """Return the checks that failed or that nobody could make; the others are passed."""
    checks = leg.details.get("checks", ())
    found: dict[tuple[str, str, bool], list[str]] = {}
    for one in checks:
        if one["ok"] is not True:
            key = (one["what"], one["text"], one["ok"] is False)
            found.setdefault(key, []).append(one["subject"])
    rows = tuple(
        (what, ", ".join(dict.fromkeys(subjects)), text, "FAILS" if fails else "ask")
        for (what, text, fails), subjects in found.items()
    )
    passed = dict.fromkeys(one["what"] for one in checks if one["ok"] is True)
    return Table(
        "To be confirmed",
        ("what", "about", "known", ""),
        rows,
        wide={1: 1.0, 2: 1.2},
        strong=frozenset(k for k, (_, _, fails) in enumerate(found) if fails),
        note=f"Passed: {', '.join(passed)}." if passed else "",
    )
