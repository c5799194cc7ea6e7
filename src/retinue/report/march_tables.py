"""The march of a motorcade, and its cars on the train: tables of a road and a rail leg."""

from __future__ import annotations

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
    role_name,
    speed_text,
    tonnes_text,
    zone_at,
)

__all__ = ["car_tables", "march_tables"]

#: More rows than this are counted, not printed; the plan holds all.
_MOST_ROWS = 40


def march_tables(leg: Leg) -> list[Table]:
    """Return the tables of a march; none for a leg without figures of one."""
    if "passing_time_at_fastest_s" not in leg.details:
        return []
    made = [
        _facts(leg), _halts(leg), _crossings(leg), _outriders(leg), _open_junctions(leg),
        _chokes(leg), _havens(leg), _others(leg),
    ]  # fmt: skip
    return [filled_columns(table) for table in made if table.rows]


def _facts(leg: Leg) -> Table:
    d = leg.details
    rows = [
        ("column", f"{d['column']}, {d['vehicles']} vehicles; at its fastest"
         f" {speed_text(d['fastest_mps'])} it is {grouped(d['length_at_fastest_m'])} m long"
         f" and passes in {_seconds(d['passing_time_at_fastest_s'])}"),
        ("arrival", f"main car {_seconds(d['main_car_after_front_at_arrival_s'])} after the"
         f" front, tail {_seconds(d['tail_after_front_at_arrival_s'])} after it"),
    ]  # fmt: skip
    if d.get("pilot_ahead_m"):
        rows.append(("pilot car", f"{grouped(d['pilot_ahead_m'])} m ahead"))
    groups = d.get("groups", ())
    if len(groups) > 1:
        told = "; ".join(
            f"{k}: {one['vehicles']} vehicles from no. {one['from_vehicle'] + 1},"
            f" {grouped(one['length_m'])} m, {_seconds(one['passing_time_s'])}"
            for k, one in enumerate(groups, start=1)
        )
        rows.append(("groups", told))
    traffic = d.get("traffic") or {}
    if traffic.get("table", "none") != "none":
        rows.append(("other traffic", f"{traffic['table']}: {traffic['because']}"))
    elif traffic.get("because"):
        rows.append(("other traffic", f"not counted: {traffic['because']}"))
    rows.append(("junctions", _junctions(d.get("rolling_block") or {})))
    routing = d.get("routing") or {}
    source = f" ({routing['source']})" if routing.get("source") else ""
    by = {"pack": "coarse roads of the world pack", "built": "mapped roads of a built world"}
    name = str(routing.get("by", ""))
    rows.append(("roads from", f"{by.get(name, name)}{source}" if name else ""))
    return Table("March", ("", ""), tuple(row for row in rows if row[1]), wide={1: 1.0})


def _seconds(value: float) -> str:
    return f"{value:.0f} s" if value < 120.0 else duration_text(value)


def _junctions(block: dict[str, Any]) -> str:
    if not block:
        return ""
    if not block.get("assessed"):
        return str(block.get("because", ""))
    slowed = block.get("slowed", ())
    words = (
        f"{block['junctions']} held by {block['outriders']} outriders; without slowing"
        f" {block['needed_without_slowing']} would be needed"
    )
    if slowed:
        km = sum(one["to_m"] - one["from_m"] for one in slowed)
        words += f"; they slow the march on {km_text(km)} km"
    return words


def _halts(leg: Leg) -> Table:
    rows = tuple(
        (km_text(one["distance_m"]), one["name"], one["why"], duration_text(one["duration_s"]),
         f"moved: {one['moved']}" if one.get("moved") else "")
        for one in leg.details.get("halts", ())
    )  # fmt: skip
    return Table("Halts", ("km", "place", "why", "time", ""), rows, right=frozenset({0, 3}),
                 wide={1: 1.0, 4: 1.0})  # fmt: skip


def _crossings(leg: Leg) -> Table:
    rows = tuple(
        (km_text(one["distance_m"]), one["name"] or "level crossing",
         _clock(leg, one["first_utc"]), _clock(leg, one["clear_utc"]),
         f"{one['taken_s']:.0f} s")
        for one in leg.details.get("level_crossings", ())
    )  # fmt: skip
    return Table(
        "Level crossings", ("km", "crossing", "no train from", "until", "taken"), rows,
        right=frozenset({0, 4}), wide={1: 1.0},
        note="The column never halts foul of one.",
    )  # fmt: skip


def _clock(leg: Leg, text: str) -> str:
    moment = from_iso(text)
    zone = zone_at(leg, moment)
    # Seconds matter at junctions and crossings; other times are whole minutes.
    from retinue.clock import local

    return f"{local(moment, zone):%H:%M:%S}"


def _outriders(leg: Leg) -> Table:
    schedule = (leg.details.get("rolling_block") or {}).get("schedule", ())
    rows: list[tuple[str, ...]] = []
    for one in schedule:
        for k, post in enumerate(one["posts"]):
            onward = f"km {km_text(post['next_distance_m'])}" if "next" in post else "stays"
            rows.append(
                (
                    str(one["outrider"]) if k == 0 else "",
                    km_text(post["distance_m"]),
                    post["junction"],
                    _clock(leg, post["stand_by_utc"]),
                    _clock(leg, post["front_utc"]),
                    _clock(leg, post["leave_utc"]),
                    onward,
                    f"{post['spare_s']:.0f} s" if "spare_s" in post else "",
                )
            )
    left = len(rows) - _MOST_ROWS
    return Table(
        "Outriders, post by post",
        ("no.", "km", "junction", "stands by", "front", "leaves", "then", "to spare"),
        tuple(rows[:_MOST_ROWS]), right=frozenset({0, 1, 7}), wide={2: 1.0},
        note=f"{left} more posts in plan.json." if left > 0 else "",
    )  # fmt: skip


def _open_junctions(leg: Leg) -> Table:
    open_ = (leg.details.get("rolling_block") or {}).get("left_open", ())
    rows = tuple(
        (km_text(one["distance_m"]), one["junction"], str(one["arms"]), str(one["posts"]))
        for one in open_
    )
    return Table(
        "Junctions that nobody can hold", ("km", "junction", "arms", "posts needed"), rows[:20],
        right=frozenset({0, 2, 3}), wide={1: 1.0},
        note=f"{len(rows) - 20} more in plan.json." if len(rows) > 20 else "",
    )  # fmt: skip


def _chokes(leg: Leg) -> Table:
    found = leg.details.get("choke_points", ())
    rows = tuple(
        (_span(one["from_m"], one["to_m"]), role_name(one["kind"]), one["what"])
        for one in found[:_MOST_ROWS]
    )
    more = len(found) - _MOST_ROWS
    return Table("Choke points", ("km", "kind", "what"), rows, right=frozenset({0}),
                 wide={2: 1.0}, note=f"{more} more in plan.json." if more > 0 else "")  # fmt: skip


def _span(from_m: float, to_m: float) -> str:
    first, last = km_text(from_m), km_text(to_m)
    return first if first == last else f"{first}–{last}"


def _havens(leg: Leg) -> Table:
    found = leg.details.get("safe_havens", ())
    rows = tuple(
        (km_text(one["distance_m"]), role_name(one["kind"]), one["name"],
         f"{km_text(one['detour_m'])} km", _seconds(one["detour_s"]))
        for one in found[:_MOST_ROWS]
    )  # fmt: skip
    more = len(found) - _MOST_ROWS
    return Table("Safe havens", ("turn off at km", "kind", "name", "away", "time"), rows,
                 right=frozenset({0, 3, 4}), wide={2: 1.0},
                 note=f"{more} more in plan.json." if more > 0 else "")  # fmt: skip


def _others(leg: Leg) -> Table:
    rows = tuple(
        (f"{k}", f"{km_text(one['length_m'])} km", duration_text(one["free_time_s"]),
         f"{one['similarity'] * 100:.0f} %", str(one["choke_points"]),
         ", ".join(one["roads"][:6]))
        for k, one in enumerate(leg.details.get("other_routes", ()), start=1)
    )  # fmt: skip
    return Table("Other routes", ("", "length", "empty road", "in common", "choke points", "by"),
                 rows, right=frozenset({1, 2, 3, 4}), wide={5: 1.0})  # fmt: skip


def car_tables(leg: Leg) -> list[Table]:
    """Return which cars stand in which wagon of a train, and what unloading asks for."""
    cars = leg.details.get("cars")
    if not cars:
        return []
    wagons = tuple(
        (one["label"], ", ".join(one["cars"]), f"{one['used_m']:.1f} of {one['deck_m']:.1f} m",
         f"{tonnes_text(one['load_kg'], 1)} t", f"{tonnes_text(one['axle_load_kg'], 1)} t")
        for one in cars["wagons"]
    )  # fmt: skip
    ramp = "; ".join(cars["ramp"])
    free = "free at once" if cars["ramp_end_free"] else "freed by the first tasks"
    note = (
        f"Loading {duration_text(cars['loading_s'])}. Ramp: {ramp}, {free}."
        f" Unloading {duration_text(cars['unloading_s'])} from arrival at"
        f" {moment_text(leg.arrive_utc, leg.to.zone)}."
    )
    begin = leg.arrive_utc
    tasks = tuple(
        (clock_text(begin + one["start_s"], leg.to.zone), one["what"],
         duration_text(one["duration_s"]))
        for one in cars["tasks"]
    )  # fmt: skip
    return [
        Table("Cars on the train", ("wagon", "cars", "deck used", "load", "heaviest axle"), wagons,
              right=frozenset({2, 3, 4}), wide={1: 1.0}, note=note),
        Table("Cars off the train", ("from", "what", "takes"), tasks, right=frozenset({2}),
              wide={1: 1.0}),
    ]  # fmt: skip
