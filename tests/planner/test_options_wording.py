"""Sentences that compare options: made from the measures, telling only what matters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retinue.plan.options import Measures
from retinue.planner.options_data import option_defaults
from retinue.planner.options_wording import Told, reference_sentence, sentence

WORTH = option_defaults().worth_telling
FLIGHT = Measures(time_s=3 * 3600, exposure_h=3, cost=25_000, held_h=60, lost_h=3,
                  weather_limits=15, lead_days=4)  # fmt: skip
TRAIN = Measures(time_s=21 * 3600, exposure_h=9, cost=60_000, held_h=20, lost_h=4,
                 weather_limits=12, lead_days=14)  # fmt: skip


def _told(pattern: str, measures: Measures, *overflown: str) -> Told:
    return Told(pattern, pattern, measures, overflown)


def test_a_train_is_told_beside_a_flight_in_plain_words() -> None:
    text = sentence(_told("rail", TRAIN), _told("air", FLIGHT, "Russia"), WORTH, "EUR")
    assert text == (
        "The train takes 18 h 00 longer, needs no overflight or landing permit, has 6 more"
        " weighted hours of exposure, costs EUR 35,000 more, holds others up for 40 fewer"
        " person-hours, leaves 1 more hour without work or sleep, hangs on 3 fewer limits of"
        " weather, and must be asked for 10 days earlier, compared with the flight."
    )


def test_what_does_not_matter_is_not_told() -> None:
    near = FLIGHT.model_copy(update={"time_s": FLIGHT.time_s + 600, "cost": 25_500.0})
    text = sentence(_told("road", near), _told("air", FLIGHT), WORTH, "EUR")
    assert text == "The drive differs from the flight in nothing that matters."


def test_permits_name_the_countries_that_differ() -> None:
    more = sentence(_told("air", FLIGHT, "Poland", "Belarus"), _told("rail", FLIGHT), WORTH, "EUR")
    assert "needs leave of Poland and Belarus to fly over or land" in more
    fewer = Told("rail + air via Brest", "rail + air", FLIGHT, ["Belarus"])
    text = sentence(fewer, _told("air", FLIGHT, "Poland", "Belarus"), WORTH, "EUR")
    assert "needs no leave of Poland to fly over or land" in text


def test_the_reference_says_what_it_is() -> None:
    text = reference_sentence(_told("rail", TRAIN), "EUR", as_planned=True)
    assert text.startswith("The train (as planned) takes 21 h 00 from door to door")


_measures = st.builds(
    Measures,
    time_s=st.floats(0, 1e6), exposure_h=st.floats(0, 500), cost=st.floats(0, 1e7),
    held_h=st.floats(0, 1e5), lost_h=st.floats(0, 300), weather_limits=st.integers(0, 40),
    lead_days=st.floats(0, 200),
)  # fmt: skip


@given(_measures, _measures)
def test_every_sentence_reads_and_turns_round(one: Measures, other: Measures) -> None:
    there = sentence(_told("rail", one), _told("air", other), WORTH, "EUR")
    back = sentence(_told("air", other), _told("rail", one), WORTH, "EUR")
    assert there[0].isupper()
    assert there.endswith(".")
    assert ("longer" in there, "less," in there.split("takes")[-1][:20]) != (True, True)
    assert ("longer" in there) <= ("longer" not in back)
    assert ("takes" in there) == ("takes" in back)
    assert "  " not in there
    assert "-" not in there.replace("person-hour", "")
