"""Stock over time for each storage class: expected and at most, with what the rooms hold."""

from __future__ import annotations

from retinue.plan import Plan
from retinue.plan.provision import Provision
from retinue.plan.stores import StockLevel
from retinue.report.axes import Axis
from retinue.report.chapter import Picture
from retinue.report.drawing import PAPER, Drawing, Palette
from retinue.report.printed_clock import PrintedClock
from retinue.report.time_panels import Panel, panel_places

__all__ = ["stock_chart"]

_TALL = 124.0
_NOTE = (
    "Litres. Filled: expected; broken line: where nearly the least is eaten; full line: what the"
    " rooms of the class hold, told above where it lies beyond the chart. Triangles: deliveries by"
    " their number; vertical lines: borders."
)


def stock_chart(
    plan: Plan, provision: Provision, width: float, palette: Palette = PAPER
) -> Picture | None:
    """Draw one panel a storage class; None where nothing is stored."""
    stores = provision.stores
    if not stores.levels:
        return None
    clock = PrintedClock.of(plan)
    classes = list(dict.fromkeys(level.storage for level in stores.levels))
    times = [level.time_utc for level in stores.levels]
    span = min(times), max(*times, min(times) + 1.0)
    corners, wide, tall = panel_places(len(classes), width, _TALL)
    sheet = Drawing(width, tall, palette)
    for storage, corner in zip(classes, corners, strict=True):
        levels = sorted(
            (one for one in stores.levels if one.storage == storage), key=lambda one: one.time_utc
        )
        room = 1000.0 * sum(one.volume_m3 for one in stores.rooms if one.storage == storage)
        most = 1000.0 * max((one.most_m3 for one in levels), default=0.0)
        # A room of which little is used would press the stock flat: then it is told in words.
        shown = room <= 2.2 * most
        highest = 1.08 * max(room if shown else 0.0, most, 1.0)
        told = f"rooms hold {room:,.0f} l".replace(",", "\u202f")
        panel = Panel(sheet, clock, corner, (wide, _TALL), span, highest, storage, told, "l")
        panel.draw_frame()
        _draw_levels(panel, levels)
        if shown:
            y = panel.y.at(room)
            sheet.line(panel.x.start, y, panel.x.end, y, stroke=palette.following, width=1.3)
        for crossing in stores.crossings:
            if span[0] <= crossing.time_utc <= span[1]:
                words = f"{crossing.from_country}–{crossing.to_country}"
                panel.mark(crossing.time_utc, words, border=True)
        for number, delivery in enumerate(stores.deliveries, start=1):
            own = [lot for lot in stores.lots if lot.delivery == delivery.id]
            kinds = {i.name: i.storage for i in stores.ingredients}
            if any(kinds.get(lot.ingredient) == storage for lot in own):
                panel.mark(min(lot.loaded_utc for lot in own), str(number))
    title = "Stock over time"
    return Picture(title, sheet.svg(title=title, css="picture"), _NOTE)


def _draw_levels(panel: Panel, levels: list[StockLevel]) -> None:
    sheet, palette = panel.sheet, panel.sheet.palette
    expected = panel.steps([(one.time_utc, one.expected_m3 * 1000) for one in levels])
    foot: Axis = panel.y
    ground = [(expected[0][0], foot.start), *expected, (expected[-1][0], foot.start)]
    sheet.area(ground, fill=palette.advance, opacity=0.3)
    sheet.path(expected, stroke=palette.advance, width=1.1)
    most = panel.steps([(one.time_utc, one.most_m3 * 1000) for one in levels])
    sheet.path(most, stroke=palette.ink, width=1.0, dash="3 1.6")
