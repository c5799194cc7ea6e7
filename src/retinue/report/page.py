"""The journey as one self-contained page: map, timeline, charts, alternatives.

Nothing is loaded from anywhere: style, script and drawings stand in the page, and its
content security policy forbids everything but the one script, named by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from pathlib import Path
from typing import Any

from retinue.plan import Leg, Plan
from retinue.plan.provision import Provision
from retinue.plan.summary import untold_notes
from retinue.plan.traffic_document import TrafficDocument
from retinue.report.darkness import plan_dark_spans
from retinue.report.drawing import SCREEN
from retinue.report.formation_drawing import draw_formation
from retinue.report.map_drawing import journey_map
from retinue.report.map_land import MapLand
from retinue.report.order_tables import (
    aircraft_rows,
    assumed_words,
    comparison_rows,
    formation_facts,
    formations_of,
    key_figures,
    leg_table,
)
from retinue.report.page_data import clocks, leg_data, movement_data, page_json, view_data
from retinue.report.page_life import life_section
from retinue.report.page_sections import (
    asked,
    conditions,
    costs,
    ground,
    handovers,
    line_sections,
    notes_markup,
    papers,
    region,
    section,
    sheet,
    table_markup,
)
from retinue.report.page_style import named_styles
from retinue.report.plan_tables import (
    leg_tables,
    remarks_of,
    support_words,
)
from retinue.report.road_map import road_map
from retinue.report.speed_chart import draw_speed_chart
from retinue.report.string_chart import draw_string_chart
from retinue.report.timeline import leg_timeline
from retinue.report.traffic_in_order import traffic_sections
from retinue.report.wording import bound, moment_text, role_name

__all__ = ["journey_page"]

_HERE = Path(__file__).parent

#: Control characters and direction overrides, which could make a name read as another.
_UNSEEN = dict.fromkeys(
    [*(c for c in range(32) if c not in (9, 10)), 127, *range(0x80, 0xA0), *range(0x202A, 0x202F),
     *range(0x2066, 0x206A)]
)  # fmt: skip

#: Width and height of the map, width of the other drawings; for desks and for phones.
_SIZES = {"wide": (700.0, 450.0, 700.0), "narrow": (340.0, 380.0, 340.0)}


def journey_page(
    plan: Plan,
    land: MapLand | None = None,
    provision: Provision | None = None,
    traffic: TrafficDocument | None = None,
) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    plan
        What is shown.
    land
        Outlines for the map; without them the map says that they are missing.
    provision
        How the train is a house; a section tells of it.
    traffic
        The trains among which rail legs run; a section tells of each.
    """
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    views: dict[str, Any] = {}
    maps = {size: journey_map(plan, land, w, h, SCREEN) for size, (w, h, _) in _SIZES.items()}
    frames = {size: drawn.frame for size, drawn in maps.items()}
    figures = []
    for size, drawn in maps.items():
        views[f"map-{size}"] = {"kind": "map", "size": size}
        figures.append(_figure(f"map-{size}", size, drawn.svg))
    legs = "".join(_leg(leg, number, views, land) for number, leg in enumerate(plan.legs, start=1))
    widths = {size: width for size, (_, _, width) in _SIZES.items()}
    life = traffic_sections(plan, traffic, widths) + life_section(plan, provision, widths)
    data = {
        "start": round(plan.depart_utc),
        "end": round(plan.arrive_utc - plan.depart_utc),
        "clocks": clocks(plan),
        "legs": [leg_data(plan, leg) for leg in plan.legs],
        "movements": [
            movement_data(plan, leg, number, movement, frames)
            for number, leg in enumerate(plan.legs)
            for movement in leg.movements
        ],
        "views": views,
    }
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    )
    made = plan.made_with
    foot = f"Retinue {made.retinue} · plan {plan.hash[:12]} · world pack {made.pack_version}" + (
        f" · made {plan.made_at}" if plan.made_at else ""
    )
    body = (
        f'<header><p class="over">Journey</p><h1>{escape(plan.title)}</h1>{_facts(plan)}</header>'
        f"<main>{section('h-map', 'Map', _ZOOM + ''.join(figures) + _key(plan))}"
        f"{_legs(plan)}{_ways(plan)}{notes_markup(untold_notes(plan))}{legs}{life}{handovers(plan)}"
        f"{asked(plan)}{conditions(plan)}{costs(plan)}"
        f"{_alternatives(plan)}{_support(plan)}{papers(plan)}{ground(plan)}</main>"
    )
    body, styles = named_styles(body)
    document = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy, quote=True)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
        f"<title>{escape(plan.title)}</title><style>{style}{styles}</style></head><body>{body}"
        f'<footer><p>{escape(foot)}</p><p class="hash">SHA-256 {escape(plan.hash)}</p>'
        "<p>Map and route data © OpenStreetMap contributors, ODbL 1.0. "
        "Places from GeoNames, CC BY 4.0. "
        "Land and countries from Natural Earth, public domain.</p></footer>"
        f'<div id="clock" hidden><output id="now" for="time"></output>{_night(plan)}'
        f'<input id="time" type="range" min="0" max="{data["end"]}" step="60" value="0" '
        'aria-label="Time of the journey"></div>'
        f'<script type="application/json" id="data">{page_json(data)}</script>'
        f"<script>{script}</script></body></html>\n"
    )
    return document.translate(_UNSEEN)


_ZOOM = (
    '<div class="zoom" role="group" aria-label="Map zoom">'
    '<button type="button" data-zoom="in">+</button>'
    '<button type="button" data-zoom="out">−</button>'
    '<button type="button" data-zoom="all">all</button></div>'
)


def _night(plan: Plan) -> str:
    """Return the dark of the journey as a band above the slider."""
    spans = plan_dark_spans(plan)
    whole = plan.arrive_utc - plan.depart_utc
    if not spans or whole <= 0:
        return ""
    boxes = "".join(
        f'<rect x="{(begin - plan.depart_utc) / whole * 1000:.0f}" width='
        f'"{max((end - begin) / whole * 1000, 1.0):.0f}" height="6"/>'
        for begin, end in spans
    )
    return (
        '<svg class="night" viewBox="0 0 1000 6" preserveAspectRatio="none" role="img" '
        f'aria-label="Dark hours of the journey">{boxes}</svg>'
    )


def _figure(name: str, size: str, svg: str) -> str:
    return f'<figure class="view {size}" id="{name}">{svg}</figure>'


def _facts(plan: Plan) -> str:
    pairs = [
        [moment_text(plan.depart_utc, plan.origin.zone), f"depart {plan.origin.name}"],
        [moment_text(plan.arrive_utc, plan.destination.zone), f"arrive {plan.destination.name}"],
        *key_figures(plan),
    ]
    cells = "".join(
        f"<div><dt>{escape(what)}</dt><dd>{escape(value)}</dd></div>" for value, what in pairs
    )
    return f'<dl class="facts">{cells}</dl>'


def _key(plan: Plan) -> str:
    roles = dict.fromkeys(m.role for leg in plan.legs for m in leg.movements)
    words = [f'<li class="{escape(role)}">{escape(role_name(role))}</li>' for role in roles]
    if any(other.feasible and other.legs for other in plan.alternatives):
        words.append('<li class="alternative">alternative</li>')
    return f'<ul class="key">{"".join(words)}</ul>'


def _legs(plan: Plan) -> str:
    head = ["leg", "mode", "from", "depart", "to", "arrive", "km", "time"]
    table = table_markup("The legs", head, leg_table(plan), right=(6, 7), css="cards")
    return section("h-legs", "Legs", table)


def _ways(plan: Plan) -> str:
    closed = "".join(
        f"<p><strong>{escape(other.title)}</strong> is not possible: "
        f"{escape('; '.join(other.reasons))}.</p>"
        for other in plan.alternatives
        if not other.feasible
    )
    if len(plan.comparison) < 2 and not closed:
        return ""
    head = ["way", "modes", "time", "km", plan.base_currency, "countries", "assumed"]
    table = table_markup(
        "Ways to make the journey", head, comparison_rows(plan), right=(2, 3, 4, 6), css="cards"
    )
    return section("h-ways", "Ways to make the journey", table + closed)


def _leg(leg: Leg, number: int, views: dict[str, Any], land: MapLand | None) -> str:
    parts = [
        f"<p>{escape(moment_text(leg.depart_utc, leg.from_.zone))} to "
        f"{escape(moment_text(leg.arrive_utc, leg.to.zone))}, by {escape(leg.mode)}</p>"
    ]
    parts += [notes_markup(tuple(n for n in leg.notes if n.level == "warning")), _timeline(leg)]
    for size, (_, _, width) in _SIZES.items():
        tall = 300.0 if size == "wide" else 260.0
        for kind, chart in (
            ("speed", draw_speed_chart(leg, width, tall, SCREEN)),
            ("string", draw_string_chart(leg, width, tall + 80.0, SCREEN)),
        ):
            if chart is None:
                continue
            name = f"{kind}-{number}-{size}"
            views[name] = view_data(kind, number - 1, chart)
            limited = leg.profile is not None and leg.profile.limit_mps
            speed = "Speed and limit" if limited else "Speed"
            words = speed if kind == "speed" else "Time and distance"
            parts.append(f'<h3 class="{size}">{words}</h3>{_figure(name, size, chart.svg)}')
    parts.append(_formations(leg))
    if leg.aircraft is not None:
        parts.append("<h3>Aircraft</h3>" + table_markup("Aircraft", ["", ""], aircraft_rows(leg)))
    if march := road_map(leg, land, *_SIZES["wide"][:2], SCREEN) if leg.mode == "road" else "":
        parts.append("<h3>Roads</h3>" + region("Roads", f"<figure>{march}</figure>", "formation"))
    parts += map(sheet, leg_tables(leg))
    if leg.sections:
        parts.append(line_sections(leg))
    remarks = tuple(n for n in remarks_of(leg) if n.level != "warning")
    if remarks:
        parts.append(f"<h3>Remarks</h3>{notes_markup(remarks)}")
    return section(f"leg-{number}", f"{number}. {leg.title}", "".join(parts))


def _timeline(leg: Leg) -> str:
    table = leg_timeline(leg)
    head = ["time", "UTC", "place", "event", "km", *(role_name(role) for role in table.roles)]
    right = {4, *range(5, 5 + len(table.roles))}
    heads = "".join(
        f'<th scope="col"{" class=n" if k in right else ""}>{escape(words)}</th>'
        for k, words in enumerate(head)
    )
    body = []
    for row in table.rows:
        if row.kind == "date":
            body.append(
                f'<tr class="date"><th scope="rowgroup" colspan="{len(head)}">'
                f"{escape(row.text)}</th></tr>"
            )
            continue
        what = ", ".join(words for words in (row.event, row.text) if words)
        what += f" ({row.duration})" if row.duration else ""
        cells = "".join(
            f"<td{' class=n' if k in right else ''}>{escape(bound(words))}</td>"
            for k, words in enumerate([row.offset, row.place, what, row.km, *row.others], start=1)
        )
        time = row.time + ("*" if row.observed else "")
        body.append(
            f'<tr class="{row.kind}" data-utc="{row.moment:.0f}">'
            f'<th scope="row">{escape(time)}</th>{cells}</tr>'
        )
    caption = f"Timeline: {leg.title}"
    table_text = (
        f'<table class="timeline"><caption class="unseen">{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )
    return region(caption, table_text)


def _formations(leg: Leg) -> str:
    drawn = []
    trains = formations_of(leg)
    span = max((train.length_m for _, train in trains), default=0.0)
    shown = [(title, formation_facts(t), t.assumed, t.vehicles, 0.0, span) for title, t in trains]
    if leg.convoy is not None:
        convoy = leg.convoy
        facts = [
            f"{len(convoy.vehicles)} vehicles",
            f"{convoy.length_at_speed_m:.0f} m long at speed; drawn closed up",
        ]
        shown.append((convoy.name, facts, (), convoy.vehicles, convoy.close_gap_m, 0.0))
    for title, facts, assumed, vehicles, gap, span_m in shown:
        light = (
            f' <span class="light">assumed: {escape(assumed_words(tuple(assumed)))}</span>'
            if assumed
            else ""
        )
        drawn.append(f"<h3>{escape(title)}</h3><p>{escape(' · '.join(facts))}{light}</p>")
        # Vehicles are too small to tell apart on a phone: there the drawing scrolls sideways.
        svg = draw_formation(
            vehicles, _SIZES["wide"][2], gap_m=gap, span_m=span_m, palette=SCREEN, title=title
        )
        drawn.append(region(title, f"<figure>{svg}</figure>", "formation"))
    return "".join(drawn)


def _alternatives(plan: Plan) -> str:
    parts = []
    for number, other in enumerate(plan.alternatives, start=1):
        if other.feasible and other.legs:
            inner = _other_legs(other.legs)
            parts.append(section(f"other-{number}", f"Alternative: {other.title}", inner))
    return "".join(parts)


def _support(plan: Plan) -> str:
    parts = []
    for number, one in enumerate(plan.support, start=1):
        told = f"<p>{escape(support_words(one))}</p>"
        inner = told + _other_legs(one.legs)
        parts.append(section(f"support-{number}", f"Support: {one.title}", inner))
    return "".join(parts)


def _other_legs(legs: tuple[Leg, ...]) -> str:
    inner = []
    for leg in legs:
        by = "" if leg.title.endswith(f"by {leg.mode}") else f", by {leg.mode}"
        notes = notes_markup(remarks_of(leg))
        inner.append(f"<h3>{escape(leg.title + by)}</h3>{notes}{_timeline(leg)}")
        if leg.aircraft is not None:
            inner.append(table_markup("Aircraft", ["", ""], aircraft_rows(leg)))
        inner += [sheet(table, 4) for table in leg_tables(leg)]
    return "".join(inner)
