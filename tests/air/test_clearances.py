"""Rules on permission to fly: the shipped file is sound, and registrations lead to their state."""

from __future__ import annotations

import pytest

from retinue.air.clearances import load_clearance_rules

RULES = load_clearance_rules()


# Nationality marks as notified under ICAO Annex 7; longest mark first, the hyphen ends it.
@pytest.mark.parametrize(
    ("registration", "country"),
    [
        ("P-885", "KP"), ("RA-96012", "RU"), ("RDPL-34155", "LA"), ("9V-SKA", "SG"), ("N1", "US"),
        ("C-GABC", "CA"), ("CN-ROA", "MA"), ("VT-ALV", "IN"), ("VN-A601", "VN"), ("B-2472", "CN"),
        ("G-CIVA", "GB"), ("p885", "KP"), ("4O-AOA", "ME"), ("", ""), ("Q-123", ""),
    ],
)  # fmt: skip
def test_a_registration_names_its_state(registration: str, country: str) -> None:
    assert RULES.state_of(registration) == country


def test_the_united_states_and_the_united_kingdom_have_their_published_zones() -> None:
    # FAA: 30 NM outer, 10 to 12 NM inner, up to 18,000 ft.  UK: 15 min before to 30 min after.
    american, british = RULES.zone_in("US"), RULES.zone_in("GB")
    assert american is not None
    assert british is not None
    assert american.outer_radius == pytest.approx(30 * 1852)
    assert american.inner_radius == pytest.approx((10 * 1852, 12 * 1852))
    assert american.top == pytest.approx(18_000 * 0.3048)
    assert (british.before, british.after) == (900.0, 1800.0)


def test_where_nothing_is_published_nothing_is_invented() -> None:
    assert RULES.zone_in("KP") is None
    assert RULES.authority_of("QQ") == "civil aviation authority of QQ"


def test_every_value_names_a_source_that_is_listed() -> None:
    named = [RULES.tolerance, RULES.validity, RULES.metric_levels, RULES.head_of_state,
             RULES.nationality_marks, *RULES.zones,
             *(c.validity for c in RULES.countries if c.validity)]  # fmt: skip
    assert {item.source for item in named} <= set(RULES.sources)
    marks = RULES.nationality_marks.marks
    assert all(len(country) == 2 and country.isupper() for country in marks.values())
