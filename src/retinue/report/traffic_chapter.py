"""Traffic as a chapter: graph, stations, tables; for the movement order, the page, and alone.

`traffic_chapter` is plain values for the typesetter, `traffic_section` the same for the page,
`traffic_book` a PDF of its own and `traffic_drawings` the drawings as files.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.errors import InputError, RetinueError
from retinue.report.drawing import PAPER, SCREEN, Palette
from retinue.report.page_sections import section, sheet
from retinue.report.station_occupation_chart import draw_station_occupation
from retinue.report.time_distance_chart import draw_time_distance, time_span
from retinue.report.trade_off_chart import draw_trade_off
from retinue.report.traffic_route import TrafficRoute, convoy_of, route_of
from retinue.report.traffic_tables import (
    cost_words,
    delay_figures,
    restriction_words,
    traffic_tables,
)
from retinue.report.typeface import FONT_FOLDER, inked
from retinue.report.wording import date_text, moment_text

if TYPE_CHECKING:
    from retinue.plan import Leg, Plan
    from retinue.plan.traffic import TrafficRecord, TrainPath
    from retinue.plan.traffic_document import ClearingCost

__all__ = [
    "DrawnTraffic",
    "traffic_book",
    "traffic_chapter",
    "traffic_drawings",
    "traffic_pictures",
    "traffic_section",
    "traffic_subtitle",
]

_TEMPLATE = Path(__file__).parent / "traffic_book.typ"

#: Points between the margins of an A4 sheet as the templates set them.
_WIDTH = 507.0
#: A graph of more than this is an overview, with sheets of their own for its parts.
_OVERVIEW_S = 4 * 3600.0
_SHEET_S = 3 * 3600.0
_MOST_SHEETS = 12
_MOST_STATIONS = 8


@dataclass(frozen=True)
class DrawnTraffic:
    """A drawing with its name and heading."""

    name: str
    title: str
    svg: str


def _leg_of(plan: Plan, record: TrafficRecord) -> Leg | None:
    """Return the plan's leg that the record's special train runs: the one with most places."""
    convoy = convoy_of(record)
    if not convoy:
        return None
    places = {call.place for call in convoy[0].calls}
    rails = [leg for leg in plan.legs if leg.mode == "rail"]
    scored = [(len(places & {e.place for e in leg.timeline}), -k) for k, leg in enumerate(rails)]
    if not scored or max(scored)[0] == 0:
        return rails[0] if len(rails) == 1 else None
    return rails[-max(scored)[1]]


def _route(plan: Plan, record: TrafficRecord) -> TrafficRoute:
    leg = _leg_of(plan, record)
    route = route_of(record, leg, zone=plan.origin.zone)
    if route is None:
        raise InputError(
            "the traffic has no special train with a path",
            cure="Find one first: retinue insert.",
        )
    return route


def traffic_pictures(
    record: TrafficRecord, route: TrafficRoute, width: float, palette: Palette
) -> tuple[list[DrawnTraffic], list[DrawnTraffic]]:
    """Return graphs and station drawings of a record."""
    begin, end = time_span(record)
    tall = min(max(250.0 + 14.0 * len(route.stations), 380.0), 620.0)
    whole = end - begin > _OVERVIEW_S
    title = "Time and distance" + (", overview" if whole else "")
    graphs = [
        DrawnTraffic(
            "time-distance", title, draw_time_distance(record, route, width, tall, palette).svg
        )
    ]
    if whole:
        count = min(int(np.ceil((end - begin) / _SHEET_S)), _MOST_SHEETS)
        edges = np.linspace(begin, end, count + 1).tolist()
        for number, (low, high) in enumerate(pairwise(edges), start=1):
            stretch = _stretch(record, route, low, high)
            if stretch is None:
                continue
            chart = draw_time_distance(
                record, route, width, tall, palette, span_s=(low, high), stretch_m=stretch
            )
            words = f"Time and distance from {moment_text(low, route.zone)}"
            graphs.append(DrawnTraffic(f"time-distance-{number}", words, chart.svg))
    stations = []
    for name in _stations(record, route)[:_MOST_STATIONS]:
        drawn = draw_station_occupation(record, name, width, route.zone, palette)
        if drawn is not None:
            stations.append(DrawnTraffic(f"station-{name}", name, drawn.svg))
    return graphs, stations


def _stretch(
    record: TrafficRecord, route: TrafficRoute, low: float, high: float
) -> tuple[float, float] | None:
    """Return the stations between which the convoy is in some time, None where it stands still."""
    spots = [
        spot
        for train in convoy_of(record)
        for moment in (low, high)
        if (spot := _spot(train, route, moment)) is not None
    ]
    if not spots:
        return None
    at = [station.distance_m for station in route.stations]
    first = max((m for m in at if m <= min(spots)), default=at[0])
    last = min((m for m in at if m >= max(spots)), default=at[-1])
    if last <= first:
        place = at.index(first)
        last = at[min(place + 1, len(at) - 1)]
        first = at[max(place - 1, 0)]
    return first, last


def _spot(train: TrainPath, route: TrafficRoute, moment: float) -> float | None:
    """Return where a train is on the way, m; its ends before and after it runs."""
    chain = route.chainage
    rows = [
        (time, chain[call.place])
        for call in train.calls
        if call.place in chain
        for time in (call.arrive_utc, call.depart_utc)
    ]
    if not rows:
        return None
    times, places = zip(*rows, strict=True)
    return float(np.interp(moment, times, places))


def _stations(record: TrafficRecord, route: TrafficRoute) -> list[str]:
    """Return stations worth a drawing: sealed, stopped at, where others wait; in route order."""
    names = {resource.id: resource.name for resource in record.resources}
    kinds = {resource.id: resource.kind for resource in record.resources}
    wanted = {names[w.resource] for w in record.windows if kinds.get(w.resource) == "station"}
    wanted |= {s.name for s in route.stations if s.rank <= 1}
    begin, end = time_span(record)
    for one in record.altered:
        old = {call.place: call.depart_utc - call.arrive_utc for call in one.old_calls}
        wanted |= {
            call.place
            for call in one.new_calls
            if call.depart_utc - call.arrive_utc > old.get(call.place, 0.0) + 60.0
            and begin <= call.depart_utc
            and call.arrive_utc <= end
        }
    return [station.name for station in route.stations if station.name in wanted]


def traffic_chapter(
    plan: Plan, record: TrafficRecord, cost: ClearingCost | None = None
) -> dict[str, Any]:
    """Return what a template prints of traffic, as JSON values.

    Parameters
    ----------
    cost
        Of clearing the line, where other trains give way.

    Returns
    -------
    dict
        ``title, subtitle, footer, figures [[value, what]], cost, graphs [{title, svg}], curve``
        (SVG or nothing), ``stations [{title, svg}], tables`` (`Table.content`), ``note,
        restrictions, assumptions``.

    Raises
    ------
    InputError
        Where the record has no special train.
    """
    route = _route(plan, record)
    graphs, stations = traffic_pictures(record, route, _WIDTH, PAPER)
    left_out = len(_stations(record, route)) - len(stations)
    notes = [
        "Grey steps: how long each block is kept for the convoy. "
        + ("Block ends are drawn evenly between places. " if route.evenly else "")
        + "Rows of a station are given out in the order of coming; the record names no track."
    ]
    if left_out > 0:
        notes.append(f"{left_out} more stations are in the page and in the files.")
    made = plan.made_with
    return {
        "title": plan.title,
        "subtitle": traffic_subtitle(record, route),
        "footer": f"Retinue {made.retinue}  ·  plan {plan.hash[:12]}"
        + (f"  ·  timetable {record.feed}" if record.feed else ""),
        "figures": delay_figures(record),
        "cost": "" if cost is None else cost_words(cost),
        "curve": "" if cost is None else draw_trade_off(cost, _WIDTH, PAPER),
        "graphs": [{"title": one.title, "svg": one.svg} for one in graphs],
        "stations": [{"title": one.title, "svg": one.svg} for one in stations],
        "tables": [table.content() for table in traffic_tables(record, route.zone)],
        "note": " ".join(notes),
        "restrictions": restriction_words(record),
        "assumptions": list(record.assumptions),
    }


def traffic_subtitle(record: TrafficRecord, route: TrafficRoute) -> str:
    """Return day and view of a record in words."""
    begin = convoy_of(record)[0].calls[0].depart_utc
    view = (
        "two tracks only where the timetable proves them"
        if record.view == "pessimistic"
        else "two tracks wherever the timetable does not contradict"
    )
    return f"{date_text(begin, route.zone)}  ·  {record.view} view of the network: {view}"


def traffic_book(plan: Plan, record: TrafficRecord, cost: ClearingCost | None = None) -> bytes:
    """Return the chapter as a PDF of its own; the same values give the same bytes.

    Raises
    ------
    InputError
        Where the record has no special train.
    RetinueError
        Where the typesetter refuses the document, which is a defect of Retinue.
    """
    import typst

    content = json.dumps(_printable(traffic_chapter(plan, record, cost)), ensure_ascii=False)
    try:
        document = typst.compile(
            str(_TEMPLATE),
            root=str(_TEMPLATE.parent),
            font_paths=[str(FONT_FOLDER)],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"content": content},
            timestamp=int(plan.depart_utc),
        )
    except typst.TypstError as error:
        raise RetinueError(f"the traffic could not be typeset: {error}") from error
    return bytes(document)


def traffic_drawings(
    plan: Plan, record: TrafficRecord, cost: ClearingCost | None = None
) -> dict[str, str]:
    """Return every drawing as an SVG file: text by name, ``time-distance.svg`` first."""
    route = _route(plan, record)
    graphs, stations = traffic_pictures(record, route, _WIDTH, PAPER)
    found = {f"{_file_name(one.name)}.svg": one.svg for one in (*graphs, *stations)}
    curve = "" if cost is None else draw_trade_off(cost, _WIDTH, PAPER)
    return found | ({"trade-off.svg": curve} if curve else {})


def _file_name(name: str) -> str:
    from anyascii import anyascii

    plain = "".join(c if c.isalnum() else "-" for c in anyascii(name).lower())
    return "-".join(part for part in plain.split("-") if part)[:80] or "station"


def traffic_section(plan: Plan, record: TrafficRecord) -> str:
    """Return the chapter as a section of the journey's page; every word is escaped."""
    route = _route(plan, record)
    parts = [f'<p class="light">{escape(traffic_subtitle(record, route))}</p>']
    cells = "".join(
        f"<div><dt>{escape(what)}</dt><dd>{escape(value)}</dd></div>"
        for value, what in delay_figures(record)
    )
    parts.append(f'<dl class="facts">{cells}</dl>')
    for size, width in (("wide", 932.0), ("narrow", 380.0)):
        graphs, stations = traffic_pictures(record, route, width, SCREEN)
        named = [(one.title, one.svg) for one in graphs]
        named += [(f"Tracks of {one.title}", one.svg) for one in stations]
        parts += [
            f'<h3 class="{size}">{escape(title)}</h3><figure class="{size}">{svg}</figure>'
            for title, svg in named
        ]
    parts += [sheet(table) for table in traffic_tables(record, route.zone)]
    told = [*restriction_words(record), *record.assumptions]
    if told:
        items = "".join(f"<li>{escape(words)}</li>" for words in told)
        parts.append(f"<h3>Taken as given</h3><ul>{items}</ul>")
    return section("h-traffic", "Traffic", "".join(parts))


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        # Drawings have passed through `printable` word by word.
        return value if value.startswith("<svg ") else inked(value)
    if isinstance(value, dict):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value
