"""Rosters of cooks: every service is cooked, everybody rests, nobody could be spared."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.errors import NoPlan
from retinue.provisioning.shifts import Service, ShiftRules, roster

# Directive 2003/88/EC, article 3: eleven hours of rest in twenty-four.
RULES = ShiftRules(longest_duty_min=780, longest_work_min=600, rest_min=660)


def service(day: int, hour: float, hours: float, cooks: int, work: int = 120) -> Service:
    begin = round(1440 * day + 60 * hour)
    return Service(f"{day}", begin, begin + round(60 * hours), (work,) * cooks)


def test_one_cook_does_lunch_and_dinner_but_not_the_next_breakfast() -> None:
    meals = (service(0, 11, 3, 1), service(0, 17, 5, 1), service(1, 5, 3, 1))
    found = roster(meals, RULES)
    assert found.people == 2
    assert found.proven
    assert found.post[0] != found.post[2] or found.post[1] != found.post[2]


def test_a_service_longer_than_a_duty_is_refused_with_a_cure() -> None:
    with pytest.raises(NoPlan) as error:
        roster((service(0, 5, 14, 2),), RULES)
    assert error.value.reasons[0].kind == "cooks-duty"


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 20), st.integers(1, 4), st.integers(1, 3)),
        min_size=1,
        max_size=7,
        unique_by=lambda s: (s[0], s[1] // 4),
    )
)
def test_everybody_rests_and_every_post_is_filled(
    asked: list[tuple[int, int, int, int]],
) -> None:
    meals = tuple(service(*one) for one in sorted(asked))
    found = roster(meals, RULES)
    spans: dict[int, list[tuple[int, int]]] = {}
    for meal, people in zip(meals, found.post, strict=True):
        assert len(set(people)) == meal.cooks
        for person in people:
            spans.setdefault(person, []).append((meal.begin_min, meal.end_min))
    assert len(spans) <= found.people
    for listed in spans.values():
        duty = listed[0]
        for begin, end in sorted(listed)[1:]:
            if begin - duty[1] < RULES.rest_min:
                duty = (duty[0], max(duty[1], end))
                assert duty[1] - duty[0] <= RULES.longest_duty_min
            else:
                duty = (begin, end)
