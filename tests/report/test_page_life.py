"""Life on board on the journey's page: pictures for both screens, tables, no markup from names."""

import re

from retinue.plan import Plan, Provision
from retinue.report.page import journey_page
from retinue.report.page_life import life_section

WIDTHS = {"wide": 700.0, "narrow": 340.0}


def test_every_picture_is_there_for_desks_and_for_phones(
    sample: Plan, provision: Provision
) -> None:
    markup = life_section(sample, provision, WIDTHS)
    for title in ("Meal timetable", "Stock over time", "Tanks"):
        for size in WIDTHS:
            assert f'<h3 class="{size}">{title}</h3>' in markup
    for stop in provision.services.stops:
        assert stop.place in markup
    assert "854" in markup


def test_a_page_without_provisioning_says_nothing_of_it(sample: Plan) -> None:
    assert life_section(sample, None, WIDTHS) == ""
    assert "Life on board" not in journey_page(sample)


def test_names_of_dishes_and_places_stay_words(sample: Plan, provision: Provision) -> None:
    evil = '<img src=x onerror="alert(1)">'
    stops = tuple(s.model_copy(update={"place": evil}) for s in provision.services.stops)
    spoilt = provision.model_copy(
        update={"services": provision.services.model_copy(update={"stops": stops})}
    )
    assert "<img" not in journey_page(sample, None, spoilt)


def test_no_colour_of_paper_stands_on_the_screen(sample: Plan, provision: Provision) -> None:
    markup = life_section(sample, provision, WIDTHS)
    assert not re.search(r"(fill|stroke):#(ffffff|000000)", markup)
