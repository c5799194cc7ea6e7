"""The movement order: the plan as a printed document, laid out by ``movement_order.typ``."""

from __future__ import annotations

from math import ceil
from typing import Any
from unicodedata import normalize

from retinue.plan import Leg, Plan
from retinue.plan.provision import Provision
from retinue.plan.summary import untold_notes
from retinue.plan.traffic_document import TrafficDocument
from retinue.report.chapter import remarks
from retinue.report.darkness import dark_spans
from retinue.report.formation_drawing import LEFT, RIGHT, draw_formation
from retinue.report.map_drawing import journey_map
from retinue.report.map_land import MapLand
from retinue.report.order_tables import (
    aircraft_rows,
    assumed_words,
    assumption_rows,
    comparison_rows,
    cost_table,
    formation_facts,
    formations_of,
    handover_rows,
    key_figures,
    leg_table,
    section_table,
    source_rows,
    station_rows,
    vehicle_rows,
)
from retinue.report.plan_tables import (
    asked_tables,
    condition_tables,
    leg_tables,
    paper_table,
    paper_title,
    papers_in_full,
    remarks_of,
    support_words,
)
from retinue.report.provision_chapters import board_chapter
from retinue.report.road_map import road_map
from retinue.report.speed_chart import draw_speed_chart
from retinue.report.string_chart import draw_string_chart
from retinue.report.timeline import leg_timeline
from retinue.report.traffic_in_order import order_traffic
from retinue.report.typeface import inked, script_covers, shortened, text_width
from retinue.report.typeset import typeset
from retinue.report.wording import moment_text, role_name

__all__ = ["movement_order", "order_content"]

#: Points between the margins of an A4 sheet as the template sets them.
_WIDTH = 507.0
_HALF = (_WIDTH - 16.0) / 2

#: A road of more sections than this is drawn in place of its table.
_MOST_SECTIONS = 24


def movement_order(
    plan: Plan,
    land: MapLand | None = None,
    provision: Provision | None = None,
    traffic: TrafficDocument | None = None,
) -> bytes:
    """Return the movement order as PDF.

    Parameters
    ----------
    plan
        What is to be printed.
    land
        Outlines for the map; without them the map shows the routes alone, and says so.
    provision
        How the train is a house; a chapter tells of it.
    traffic
        The trains among which rail legs run; a chapter tells of each.

    Raises
    ------
    RetinueError
        Where the typesetter refuses the document, which is a defect of Retinue.
    """
    return typeset(
        "movement_order.typ",
        order_content(plan, land, provision, traffic),
        moment=plan.depart_utc,
        what="the movement order",
    )


def order_content(
    plan: Plan,
    land: MapLand | None = None,
    provision: Provision | None = None,
    traffic: TrafficDocument | None = None,
) -> dict[str, Any]:
    """Return what the template prints, as JSON values."""
    made = plan.made_with
    return {
        "title": plan.title,
        "title_size": _title_size(plan.title),
        "running_title": shortened(inked(plan.title), 9.0, _WIDTH - 90.0),
        "journey": plan.journey.name,
        "subtitle": f"{_place(plan.origin.name, plan.origin.native_name)} to "
        f"{_place(plan.destination.name, plan.destination.native_name)}",
        "depart": moment_text(plan.depart_utc, plan.origin.zone),
        "arrive": moment_text(plan.arrive_utc, plan.destination.zone),
        "footer": f"Retinue {made.retinue}  ·  plan {plan.hash[:12]}  ·  "
        f"world pack {made.pack_version}" + (f"  ·  made {plan.made_at}" if plan.made_at else ""),
        "figures": key_figures(plan),
        "legs": leg_table(plan),
        "comparison": comparison_rows(plan),
        "currency": plan.base_currency,
        "impossible": [
            {"title": other.title, "reasons": list(other.reasons)}
            for other in plan.alternatives
            if not other.feasible
        ],
        "map": journey_map(plan, land, _WIDTH, _map_height(plan)).svg,
        "parts": [_leg_content(leg, number, land) for number, leg in enumerate(plan.legs, start=1)],
        "alternatives": [
            {
                "title": other.title,
                "parts": [_leg_content(leg, k, land) for k, leg in enumerate(other.legs, 1)],
            }
            for other in plan.alternatives
            if other.feasible and other.legs
        ],
        "support": [
            {
                "title": one.title,
                "told": support_words(one),
                "parts": [_leg_content(leg, k, land) for k, leg in enumerate(one.legs, 1)],
            }
            for one in plan.support
        ],
        "asked": [table.content() for table in asked_tables(plan)],
        "conditions": [table.content() for table in condition_tables(plan)],
        "papers": paper_table(plan).content(),
        "texts": [
            {
                "title": paper_title(one),
                "lines": one.text.rstrip().splitlines(),
                "assumed": "; ".join(one.assumed),
            }
            for one in papers_in_full(plan)
        ],
        "life": _life(plan, provision),
        "traffic": [one.content() for one in order_traffic(plan, traffic, _WIDTH)],
        "handovers": handover_rows(plan),
        "costs": cost_table(plan),
        "cover_notes": remarks(untold_notes(plan)) if _notes_on_cover(plan) else [],
        "notes": [] if _notes_on_cover(plan) else remarks(untold_notes(plan)),
        "romanised": _romanised(plan),
        "assumptions": assumption_rows(plan),
        "sources": source_rows(plan),
        "observations": [
            [o.place, moment_text(o.time_utc, "UTC").replace("+00", "UTC")]
            for o in plan.observations
        ],
    }


def _life(plan: Plan, provision: Provision | None) -> dict[str, Any] | None:
    """Return the chapter on life on board, or None where nothing is provisioned."""
    if provision is None:
        return None
    return board_chapter(plan, provision, _WIDTH).content()


def _map_height(plan: Plan) -> float:
    """Return the room that the cover leaves for the map, points."""
    ways = len(plan.comparison) if len(plan.comparison) > 1 else 0
    size = _title_size(plan.title)
    title = (size + 8.0) * (_lines(plan.title, size * 1.06, _WIDTH) - 1)
    cells = 13.0 * sum(
        max(_lines(place.name, 9.5, 88.0) for place in (leg.from_, leg.to)) - 1 for leg in plan.legs
    )
    notes = _notes_height(plan) if _notes_on_cover(plan) else 0.0
    impossible = sum(not other.feasible for other in plan.alternatives)
    taken = (
        192
        + title
        + cells
        + 23 * len(plan.legs)
        + (34 + 15 * ways if ways else 0)
        + notes
        + 16 * impossible
    )
    return float(min(max(744 - taken, 240), 470))


def _title_size(title: str) -> float:
    """Return the size of the cover's title: a long one is set smaller."""
    return 25.0 if text_width(title, 25.0) <= 2.4 * _WIDTH else 16.0


def _lines(text: str, size: float, width: float) -> int:
    """Return about how many lines a text takes."""
    return max(ceil(text_width(inked(text), size) / width), 1)


def _notes_height(plan: Plan) -> float:
    """Return about what the plan's notes take on paper, points."""
    return sum(
        12.0 + 12.5 * (1 + len(n.subject + n.text + n.source) // 105) for n in untold_notes(plan)
    )


def _notes_on_cover(plan: Plan) -> bool:
    """Return whether the plan's notes are short enough to stand on the cover."""
    return _notes_height(plan) <= 130.0


def _place(name: str, native: str) -> str:
    """Return ``Name (native)`` where the typeface can print the native name."""
    if native and native != name and inked(native) == native:
        return f"{name} ({native})"
    return name


def _romanised(plan: Plan) -> list[str]:
    """Return the names that stand in Latin letters because no shipped font has theirs."""
    places = [place.name for leg in plan.legs for place in (leg.from_, leg.to)]
    places += [event.place for leg in plan.legs for event in leg.timeline]
    lacking = [
        name
        for name in dict.fromkeys([plan.title, *places])
        if any(c.isalpha() and not script_covers(c) for c in normalize("NFC", name))
    ]
    return [inked(name) for name in lacking]


def _leg_content(leg: Leg, number: int, land: MapLand | None) -> dict[str, Any]:
    table = leg_timeline(leg)
    # A few speeds of a road leg stand in its table of sections; many are drawn.
    listed = leg.mode != "road" or len(leg.sections) <= _MOST_SECTIONS
    chart = None if leg.mode == "road" and listed else draw_speed_chart(leg, _WIDTH, 235.0)
    strings = draw_string_chart(leg, _WIDTH, 300.0) if leg.mode == "rail" else None
    return {
        "number": number,
        "mode": "" if leg.title.endswith(f"by {leg.mode}") else f"by {leg.mode}",
        "title": leg.title,
        "depart": moment_text(leg.depart_utc, leg.from_.zone),
        "arrive": moment_text(leg.arrive_utc, leg.to.zone),
        "roles": [role_name(role) for role in table.roles],
        "rows": [
            {
                "kind": row.kind,
                "time": row.time,
                "offset": row.offset,
                "place": row.place,
                "event": row.event,
                "text": row.text,
                "km": row.km,
                "duration": row.duration,
                "others": list(row.others),
                "observed": row.observed,
            }
            for row in table.rows
        ],
        "speed": chart.svg if chart else None,
        "limited": bool(leg.profile and leg.profile.limit_mps),
        "strings": strings.svg if strings else None,
        "formations": _formations(leg),
        "stations": station_rows(leg),
        "map": road_map(leg, land, _WIDTH, 420.0) if leg.mode == "road" else "",
        "sections": section_table(leg) if listed else {"title": "", "heads": [], "rows": []},
        "aircraft": aircraft_rows(leg),
        "tables": [table.content() for table in leg_tables(leg)],
        "dark": bool(dark_spans(leg)),
        "notes": remarks(remarks_of(leg)),
    }


def _formations(leg: Leg) -> list[dict[str, Any]]:
    drawn = []
    trains = formations_of(leg)
    span_m = max((train.length_m for _, train in trains), default=0.0)
    # A train that fills less than half a line stands beside another, at the same scale.
    half_m = span_m * (_HALF - LEFT - RIGHT) / (_WIDTH - LEFT - RIGHT)
    for number, (title, train) in enumerate(trains):
        half = number > 0 and train.length_m <= half_m
        width, fills_m = (_HALF, half_m) if half else (_WIDTH, span_m)
        drawn.append(
            {
                "title": title,
                "facts": formation_facts(train),
                "assumed": assumed_words(train.assumed),
                "svg": draw_formation(train.vehicles, width, span_m=fills_m, title=title),
                "half": half,
                "vehicles": vehicle_rows(train) if number == 0 else [],
            }
        )
    if leg.convoy is not None:
        convoy = leg.convoy
        facts = [
            f"{len(convoy.vehicles)} vehicles",
            f"gaps {convoy.close_gap_m:g} m closed up, {convoy.open_gap_m:g} m at speed",
            f"{convoy.length_at_speed_m:.0f} m long at speed; drawn closed up",
        ]
        drawing = draw_formation(
            convoy.vehicles, _WIDTH, gap_m=convoy.close_gap_m, title=f"Order of {convoy.name}"
        )
        drawn.append(
            {
                "title": f"Order of the convoy: {convoy.name}",
                "facts": facts,
                "assumed": "",
                "svg": drawing,
                "half": False,
                "vehicles": [],
            }
        )
    return drawn
