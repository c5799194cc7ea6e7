"""Life on board as a section of the journey's page: pictures for desks and phones, and tables."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from retinue.plan import Plan
from retinue.plan.provision import Provision
from retinue.report.drawing import SCREEN
from retinue.report.house_drawing import house_drawing
from retinue.report.page_sections import notes_markup, region, section, sheet
from retinue.report.provision_chapters import board_pictures, life_on_board
from retinue.report.provision_figures import provision_figures

__all__ = ["life_section"]


def life_section(plan: Plan, provision: Provision | None, widths: Mapping[str, float]) -> str:
    """Return the section; nothing where nothing is provisioned.

    Parameters
    ----------
    widths
        Of drawings by the class of the screen they are shown on, points.
    """
    if provision is None:
        return ""
    figures = "".join(
        f"<div><dt>{escape(what)}</dt><dd>{escape(value)}</dd></div>"
        for value, what in provision_figures(provision)
    )
    parts = [f'<dl class="facts">{figures}</dl>', notes_markup(provision.notes)]
    for size, width in widths.items():
        parts += [
            f'<h3 class="{size}">{escape(one.title)}</h3>'
            f'<figure class="{size}">{one.svg}<figcaption class="light">{escape(one.note)}'
            "</figcaption></figure>"
            for one in board_pictures(plan, provision, width, SCREEN)
        ]
    # Coaches are too small to tell apart on a phone: there the drawing scrolls sideways.
    house = house_drawing(plan, provision, max(widths.values()), SCREEN)
    if house is not None:
        drawn = region(house.title, f"<figure>{house.svg}</figure>", "formation")
        note = f'<p class="light">{escape(house.note)}</p>'
        parts.append(f"<h3>{escape(house.title)}</h3>{drawn}{note}")
    parts += [sheet(table) for table in life_on_board(plan, provision)]
    return section("h-life", "Life on board", "".join(parts))
