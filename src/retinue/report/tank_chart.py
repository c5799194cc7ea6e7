"""Levels of the train's tanks along the journey, as shares of what they hold."""

from __future__ import annotations

from retinue.plan import Plan
from retinue.plan.provision import Provision
from retinue.report.chapter import Picture
from retinue.report.drawing import PAPER, Drawing, Palette
from retinue.report.printed_clock import PrintedClock
from retinue.report.service_tables import tightest
from retinue.report.time_panels import Panel, panel_places

__all__ = ["tank_chart"]

_TALL = 118.0
_NOTE = (
    "Per cent of what a tank holds. Thick: the tightest tank, named above; thin: the others;"
    " broken line: kept in the tank, or kept free in one that fills up. Triangles: service stops."
)


def tank_chart(
    plan: Plan, provision: Provision, width: float, palette: Palette = PAPER
) -> Picture | None:
    """Draw one panel a kind of tank; None for a train without tanks."""
    services = provision.services
    tanks = [tank for tank in services.tanks if tank.level_m3]
    if not tanks:
        return None
    clock = PrintedClock.of(plan)
    kinds = list(dict.fromkeys(tank.kind for tank in tanks))
    span = min(t.time_utc[0] for t in tanks), max(t.time_utc[-1] for t in tanks)
    corners, wide, tall = panel_places(len(kinds), width, _TALL)
    sheet = Drawing(width, tall, palette)
    for kind, corner in zip(kinds, corners, strict=True):
        own = [tank for tank in tanks if tank.kind == kind]
        tight = tightest(services, kind)
        count = f"{len(own)} tanks; tightest: " if len(own) > 1 else ""
        panel = Panel(
            sheet, clock, corner, (wide, _TALL), span, 104.0, kind, f"{count}{tight.coach}", "%"
        )
        panel.draw_frame()
        for tank in sorted(own, key=lambda one: one is tight):
            points = [
                (panel.x.at(at), panel.y.at(100.0 * level / (tank.capacity_m3 or 1.0)))
                for at, level in zip(tank.time_utc, tank.level_m3, strict=True)
            ]
            best = tank is tight
            sheet.path(points, stroke=palette.advance if best else palette.limit,
                       width=1.5 if best else 0.5)  # fmt: skip
        kept = 100.0 * tight.least_m3 / (tight.capacity_m3 or 1.0)
        y = panel.y.at(100.0 - kept if tight.fills_up else kept)
        sheet.line(
            panel.x.start, y, panel.x.end, y, stroke=palette.following, width=1.0, dash="3 2"
        )
        for stop in services.stops:
            if stop.kind == kind:
                panel.mark(stop.start_utc, stop.place + (" (proposed)" if stop.proposed else ""))
    title = "Tanks"
    return Picture(title, sheet.svg(title=title, css="picture"), _NOTE)
