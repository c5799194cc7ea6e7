"""The tables of the movement order as rows of words."""

from __future__ import annotations

from typing import Any

from retinue.plan import Assumption, Leg, Plan, Source, TrainRecord
from retinue.plan.restrictions import LegRestriction, leg_restrictions
from retinue.plan.vehicles import power_name
from retinue.report.coach_numbers import vehicle_numbers
from retinue.report.speed_chart import stations_of
from retinue.report.wording import (
    clock_text,
    counted_unit,
    day_number,
    duration_text,
    grouped,
    km_text,
    moment_text,
    offset_text,
    role_name,
    speed_text,
    tonnes_text,
)

__all__ = [
    "aircraft_rows",
    "assumed_words",
    "assumption_rows",
    "assumptions_by_subject",
    "comparison_rows",
    "cost_table",
    "formation_facts",
    "formations_of",
    "handover_rows",
    "key_figures",
    "leg_table",
    "section_table",
    "source_rows",
    "sources_as_rows",
    "station_rows",
    "vehicle_rows",
]


def key_figures(plan: Plan) -> list[list[str]]:
    """Return the figures of the cover, each a value and what it is."""
    distance = sum(leg.distance_m for leg in plan.legs)
    countries: list[str] = []
    for leg in plan.legs:
        countries += [code for code in leg.countries if code not in countries]
    return [
        [duration_text(plan.arrive_utc - plan.depart_utc), "door to door"],
        [f"{km_text(distance, 0)} km", "in all"],
        [" + ".join(leg.mode for leg in plan.legs), "modes"],
        [" ".join(countries) or "–", "countries"],
        [str(len(plan.assumptions)), "assumptions"],
    ]


def leg_table(plan: Plan) -> list[list[str]]:
    """Return leg, mode, from, depart, to, arrive, km and time of each leg."""
    return [
        [
            str(number),
            leg.mode,
            leg.from_.name,
            moment_text(leg.depart_utc, leg.from_.zone),
            leg.to.name,
            moment_text(leg.arrive_utc, leg.to.zone),
            km_text(leg.distance_m, 0),
            duration_text(leg.arrive_utc - leg.depart_utc),
        ]
        for number, leg in enumerate(plan.legs, start=1)
    ]


def comparison_rows(plan: Plan) -> list[list[str]]:
    """Return the alternatives side by side: title, modes, time, km, cost, countries, assumed."""
    return [
        [
            one.title,
            " + ".join(one.modes),
            duration_text(one.duration_s),
            km_text(one.distance_m, 0),
            "–" if one.cost_base is None else grouped(one.cost_base),
            " ".join(one.countries),
            str(one.assumptions),
        ]
        for one in plan.comparison
    ]


def formations_of(leg: Leg) -> list[tuple[str, TrainRecord]]:
    """Return the formations of a leg, each once, with a title that names its trains.

    Trains of the convoy with the same vehicles from the same place share one drawing.
    """
    trains = leg.trains or ((leg.train,) if leg.train is not None else ())
    found: list[tuple[list[str], TrainRecord]] = []
    for train in sorted(trains, key=lambda one: one.role != "main"):
        same = next(
            (
                roles
                for roles, other in found
                if (other.vehicles, other.from_place) == (train.vehicles, train.from_place)
            ),
            None,
        )
        if same is None:
            found.append(([train.role], train))
        elif train.role not in same:
            same.append(train.role)
    several = len({train.role for train in trains}) > 1
    named = []
    for roles, train in found:
        words = role_name(", ".join(roles)) + (" train" if len(roles) == 1 else " trains")
        of = f" ({words})" if several and not train.name.casefold().startswith(roles[0]) else ""
        named.append((f"{train.name}{of}, from {train.from_place}", train))
    return named


def assumed_words(assumed: tuple[str, ...]) -> str:
    """Return what of a vehicle or train is assumed, or how much where it is long."""
    words = ", ".join(assumed)
    if len(words) <= 110:
        return words
    return f"{len(assumed)} values, listed under Assumptions"


def formation_facts(train: TrainRecord) -> list[str]:
    """Return the figures that stand above a formation's drawing."""
    facts = [
        f"{len(train.vehicles)} vehicles",
        f"{grouped(train.length_m)} m",
        f"{tonnes_text(train.mass_kg)} t",
        f"at most {speed_text(train.max_speed_mps)}",
    ]
    if train.brake_percentage is not None:
        facts.append(f"brake percentage {train.brake_percentage:.0f} %")
    if train.power_systems:
        facts.append(", ".join(power_name(system) for system in train.power_systems))
    return facts


def vehicle_rows(train: TrainRecord) -> list[list[str]]:
    """Return number, label, type, length, mass, axles, axle load and marks of each vehicle."""
    rows = []
    for number, one in zip(vehicle_numbers(train.vehicles), train.vehicles, strict=True):
        marks = [
            word
            for word, holds in (
                ("principal", one.principal),
                ("armoured", one.armoured),
                ("turned", one.turned),
            )
            if holds
        ]
        rows.append(
            [
                number,
                one.label
                if role_name(one.role) in one.label.casefold() or one.role == "locomotive"
                else f"{one.label} ({role_name(one.role)})",
                one.type_name if one.type_name != one.label else "",
                f"{one.length_m:.1f}",
                tonnes_text(one.mass_kg),
                str(one.axles or "–"),
                f"{one.mass_kg / 1000 / one.axles:.1f}" if one.axles else "–",
                ", ".join(marks),
            ]
        )
    return rows


def station_rows(leg: Leg) -> list[list[str]]:
    """Return km, place, times, day, offset, standing time and purpose of stops and borders."""
    if leg.mode != "rail":
        return []
    borders = {e.place: e.text for e in leg.timeline if e.kind == "border" and e.role == "main"}
    main = leg.main
    stops = {stop.place: stop for stop in main.stops}
    zones = {event.place: event.zone for event in leg.timeline if event.place}
    rows: list[list[str]] = []
    offset = ""
    for station in stations_of(leg):
        if station.rank > 1 and station.name not in borders:
            continue
        stop = stops.get(station.name)
        zone = stop.zone if stop else zones.get(station.name, leg.from_.zone)
        arrive, leave = (
            main.time_at(station.distance_m),
            main.time_at(station.distance_m, leaving=True),
        )
        first, last = (
            station.distance_m <= main.distance_m[0],
            station.distance_m >= main.distance_m[-1],
        )
        if offset_text(arrive, zone) != offset:
            offset = shown = offset_text(arrive, zone)
        else:
            shown = ""
        day = day_number(arrive, zone) - day_number(leg.depart_utc, leg.from_.zone)
        rows.append(
            [
                km_text(station.distance_m),
                station.name,
                clock_text(arrive, zone) if (stop or last) and not first else "",
                "" if last else clock_text(leave, zone),
                f"+{day}" if day > 0 else "",
                shown,
                duration_text(leave - arrive) if stop and not first and not last else "",
                (stop.why if stop else "") or borders.get(station.name, ""),
            ]
        )
    return rows


_SECTION_NAMES = {
    "gauge": "gauge_mm", "electrification": "electrification", "line speed": "speed_mps",
    "speed": "speed_mps", "tracks": "tracks", "ruling gradient": "ruling_gradient",
    "axle load": "axle_load_kg",
}  # fmt: skip


_SECTION_HEADS = (
    ("", "km"), ("", "section"), ("gauge_mm", "gauge mm"), ("electrification", "power"),
    ("speed_mps", "km/h"), ("tracks", "tracks"), ("ruling_gradient", "‰"),
    ("axle_load_kg", "axle t"),
)  # fmt: skip


def section_table(leg: Leg) -> dict[str, Any]:
    """Return title, heads and rows of the line; ``assumed`` marks each value nobody published.

    A column that no section of the leg has a value for is left out.  A temporary speed
    restriction, or work on a track, stands in a row of its own behind the section that it begins
    on, with its sender.
    """
    if not leg.sections:
        return {"title": "", "heads": [], "rows": []}
    rows = []
    met = list(leg_restrictions(leg))
    for number, section in enumerate(leg.sections):
        assumed = {_SECTION_NAMES.get(name.replace("_", " "), name) for name in section.assumed}
        texts = (
            f"{km_text(section.from_m)}–{km_text(section.to_m)}",
            f"{section.from_place} – {section.to_place}",
            "/".join(str(g) for g in section.gauge_mm),
            section.electrification,
            "" if section.speed_mps is None else f"{section.speed_mps * 3.6:.0f}",
            "" if section.tracks is None else str(section.tracks),
            "" if section.ruling_gradient is None else f"{section.ruling_gradient * 1000:g}",
            "" if section.axle_load_kg is None else f"{section.axle_load_kg / 1000:g}",
        )
        rows.append(
            [
                {"text": text or "–", "assumed": name in assumed, "blank": not text}
                for (name, _), text in zip(_SECTION_HEADS, texts, strict=True)
            ]
        )
        last = number + 1 == len(leg.sections)
        while met and (last or met[0].from_m < section.to_m):
            rows.append(_restriction_row(met.pop(0), leg.from_.zone))
    kept = [k for k in range(len(_SECTION_HEADS)) if not all(row[k]["blank"] for row in rows)]
    return {
        "title": "The road" if leg.mode == "road" else "The line",
        "heads": [_SECTION_HEADS[k][1] for k in kept],
        "rows": [[row[k] for k in kept] for row in rows],
    }


def _restriction_row(one: LegRestriction, zone: str) -> list[dict[str, Any]]:
    what = {"slows": "slow", "beside": "work beside", "own track": "own track taken",
            "closed": "closed"}[one.effect]  # fmt: skip
    texts = [""] * len(_SECTION_HEADS)
    texts[0] = f"{km_text(one.from_m)}–{km_text(one.to_m)}"
    why = f", {one.why}" if one.why else ""
    texts[1] = f"{what}: {one.from_place} – {one.to_place}, {one.name}, {one.span(zone)}{why}"
    if one.speed_mps is not None:
        texts[4] = f"{one.speed_mps * 3.6:.0f}"
    return [{"text": text, "assumed": False, "blank": not text} for text in texts]


def aircraft_rows(leg: Leg) -> list[list[str]]:
    """Return what the flight needs of its aircraft, name and value."""
    aircraft = leg.aircraft
    if aircraft is None:
        return []
    rows = [
        ["aircraft", " ".join(t for t in (aircraft.type_name, aircraft.registration) if t)],
        ["call sign", aircraft.call_sign or "–"],
        ["payload", f"{tonnes_text(aircraft.payload_kg, 1)} t"],
        [
            "fuel needed",
            f"{tonnes_text(aircraft.fuel_needed_kg, 1)} t"
            f" of {tonnes_text(aircraft.fuel_capacity_kg, 1)} t",
        ],
        ["range with this load", f"{km_text(aircraft.range_m, 0)} km"],
        ["cruise", f"{speed_text(aircraft.cruise_mps)} at {grouped(aircraft.cruise_altitude_m)} m"],
    ]
    if not leg.details.get("runways"):
        rows += [
            ["runway for take-off", f"{grouped(aircraft.runway_needed_take_off_m)} m"],
            ["runway for landing", f"{grouped(aircraft.runway_needed_landing_m)} m"],
        ]
    if aircraft.assumed:
        rows.append(["assumed", ", ".join(aircraft.assumed)])
    return rows


def handover_rows(plan: Plan) -> list[list[str]]:
    """Return place and tasks, ready, arrive, depart, needed, available and verdict."""
    return [
        [
            one.place,
            "; ".join(one.tasks),
            moment_text(one.ready_utc, one.zone),
            moment_text(one.arrive_utc, one.zone),
            moment_text(one.depart_utc, one.zone),
            duration_text(one.needed_s),
            duration_text(one.available_s),
            "in time" if one.ok else "NOT IN TIME",
        ]
        for one in plan.handovers
    ]


def cost_table(plan: Plan) -> dict[str, Any]:
    """Return every priced line with its leg, and the total in the base currency."""
    rows, total = [], 0.0
    for number, leg in enumerate(plan.legs, start=1):
        for item in leg.costs:
            total += item.amount_base
            rows.append(
                {
                    "assumed": item.confidence == "assumed",
                    "cells": [
                        str(number),
                        item.what,
                        counted_unit(item.quantity, item.unit),
                        f"{grouped(item.price, 2)} {item.currency}",
                        f"{grouped(item.amount)} {item.currency}",
                        grouped(item.amount_base),
                        f"{item.source} ({item.confidence})",
                    ],
                }
            )
    return {"rows": rows, "total": grouped(total)}


def assumption_rows(plan: Plan) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the plan's assumptions by subject."""
    return assumptions_by_subject(plan.assumptions)


def assumptions_by_subject(
    assumptions: tuple[Assumption, ...],
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return assumptions by subject: values taken, and on what ground.

    Equal assumptions share a row with all their subjects, and values on the same ground
    share its words.
    """
    subjects_of: dict[tuple[str, str], list[str]] = {}
    for one in assumptions:
        subjects = subjects_of.setdefault((f"{one.what}: {one.value}", one.because), [])
        if one.subject not in subjects:
            subjects.append(one.subject)
    rows: dict[str, dict[str, list[str]]] = {}
    for (value, because), subjects in subjects_of.items():
        rows.setdefault(", ".join(subjects), {}).setdefault(because, []).append(value)
    return [
        (subject, [("; ".join(values), because) for because, values in grounds.items()])
        for subject, grounds in rows.items()
    ]


def source_rows(plan: Plan) -> list[list[str]]:
    """Return text, address, confidence and use of each of the plan's sources."""
    return sources_as_rows(plan.sources)


def sources_as_rows(sources: tuple[Source, ...]) -> list[list[str]]:
    """Return text, address, confidence and use of each source."""
    return [[one.text, one.url, one.confidence or "", _few(one.used_for)] for one in sources]


def _few(words: tuple[str, ...], most: int = 4) -> str:
    """Return some words and how many more there are."""
    more = len(words) - most
    return ", ".join(words) if more <= 1 else f"{', '.join(words[:most])} and {more} more"
