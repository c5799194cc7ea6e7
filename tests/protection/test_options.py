"""Options from a plan: ways, slots, look-alikes, end zones, permits."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.plan import Permit, Plan
from retinue.protection.guessing import least_guess
from retinue.protection.odds_policy import known_odds_policies, load_odds_policy
from retinue.protection.options import PlanOptions, options_from_plan, ways_of
from tests.protection.odds_policies import STANDARD, changed
from tests.protection.two_ways import END, ORIGIN, START_S, leg, line, look, plan


def _ids(made: PlanOptions) -> list[str]:
    return [option.id for option in made.options]


def test_one_way_has_an_option_for_every_slot() -> None:
    made = options_from_plan(plan(), STANDARD)
    assert _ids(made) == [f"plan{m:+d}" for m in range(-60, 121, 20)]
    # Whoever moves by more than a bin and a square's passage (5 km at 60 km/h: 5 min) shares
    # nothing: slots of 20 min overlap with their neighbour at most in the bin of 15 min.
    first, third = made.options[0], made.options[2]
    assert not set(first.cells) & set(third.cells)


def test_every_feasible_alternative_and_other_route_is_a_way() -> None:
    other = {"title": "by the valley", "cost": 50.0,
             "movements": [line(bulge_km=20, later_s=0.0).as_dict()]}  # fmt: skip
    asked = plan(
        leg(line(), cost=1000.0, details={"other_routes": [other]}),
        alternatives=(leg(line(bulge_km=-20), cost=1200.0),),
    )
    ways = ways_of(asked)
    assert [w.id for w in ways] == ["plan", "alternative1", "route1"]
    assert [w.cost for w in ways] == [1000.0, 1200.0, 1050.0]
    made = options_from_plan(asked, STANDARD)
    assert len(made.options) == 30
    assert made.budget == pytest.approx(1250.0)


def test_an_alternative_that_is_not_feasible_is_no_way() -> None:
    asked = plan(alternatives=(leg(line(bulge_km=20)),))
    closed = asked.model_copy(
        update={"alternatives": tuple(a.model_copy(update={"feasible": False})
                                      for a in asked.alternatives)}
    )  # fmt: skip
    assert [w.id for w in ways_of(closed)] == ["plan"]


def test_a_second_way_halves_the_guess_where_the_ways_part_only() -> None:
    # The ways share the first and last 20 km, beyond the end zones of 10 km: still certain there.
    one = changed(departure={"earlier": 0.0, "later": 0.0}, strategy={"cap": 1.0})
    both = plan(alternatives=(leg(line(bulge_km=20)),))
    assert least_guess(options_from_plan(both, one).options).guess == pytest.approx(1.0)
    wide = changed(departure={"earlier": 0.0, "later": 0.0}, end_zones={"radius": 30_000.0})
    assert least_guess(options_from_plan(both, wide).options).guess == pytest.approx(0.5)


@pytest.mark.parametrize(("cars", "guess"), [(1, 1.0), (2, 0.5), (4, 0.25)])
def test_cars_that_look_alike_divide_the_guess(cars: int, guess: float) -> None:
    one = changed(departure={"earlier": 0.0, "later": 0.0})
    made = options_from_plan(plan(leg(line(), mode="road", cars=cars)), one)
    assert least_guess(made.options).guess == pytest.approx(guess)
    assert made.options[0].look_alikes == cars


def test_a_policy_says_how_many_look_alike_where_the_plan_does_not() -> None:
    one = changed(departure={"earlier": 0.0, "later": 0.0},
                  look_alikes={"cars": 3, "aircraft": 2})  # fmt: skip
    road = options_from_plan(plan(leg(line(), mode="road", cars=1)), one)
    air = options_from_plan(plan(leg(line(altitude=True), mode="air")), one)
    assert road.options[0].look_alikes == 3
    assert set(air.options[0].cells.values()) == {0.5}


def test_a_following_train_of_the_same_look_may_carry_the_principal() -> None:
    trains = (look("main", ("coach", "coach")), look("following", ("coach", "coach")))
    asked = plan(leg(line(), line("following", later_s=1200.0), trains=trains))
    one = changed(departure={"earlier": 0.0, "later": 0.0})
    made = options_from_plan(asked, one)
    assert _ids(made) == ["plan+0", "plan+0.following"]
    assert least_guess(made.options).guess == pytest.approx(0.5)
    other = (trains[0], look("following", ("coach", "van")))
    unlike = plan(leg(line(), line("following", later_s=1200.0), trains=other))
    assert _ids(options_from_plan(unlike, one)) == ["plan+0"]


def test_the_advance_train_carries_the_principal_only_where_a_policy_says_so() -> None:
    trains = (look("main", ("coach",)), look("advance", ("coach",)))
    asked = plan(leg(line(), line("advance", later_s=-1200.0), trains=trains))
    one = {"earlier": 0.0, "later": 0.0}
    assert _ids(options_from_plan(asked, changed(departure=one))) == ["plan+0"]
    named = changed(departure=one, look_alikes={"trains": ("advance",)})
    assert _ids(options_from_plan(asked, named)) == ["plan+0", "plan+0.advance"]


def test_a_permit_that_does_not_cover_a_slot_takes_it_out() -> None:
    permit = Permit(
        id="p", kind="overflight", leg="1-rail", country="DE", state="granted",
        valid_from_utc=START_S - 3600, valid_until_utc=START_S + 3600,
    )  # fmt: skip
    made = options_from_plan(plan(permits=(permit,)), STANDARD)
    assert _ids(made)[-1] == "plan+60"
    assert len(made.left_out) == 3
    assert "permit of DE" in made.left_out[0]


def test_a_place_of_a_long_stay_or_named_is_an_end_zone() -> None:
    asked = plan(leg(line(stop_s=1800.0)))
    assert [n for n, _, _ in options_from_plan(asked, STANDARD).end_places] == ["Aster", "Borage"]
    named = changed(end_zones={"also": ("Clover",)})
    assert "Clover" in [n for n, _, _ in options_from_plan(asked, named).end_places]
    long = plan(leg(line(stop_s=3700.0)))
    assert "Clover" in [n for n, _, _ in options_from_plan(long, STANDARD).end_places]
    with pytest.raises(InputError, match="no place of this plan"):
        options_from_plan(asked, changed(end_zones={"also": ("Clovr",)}))


@given(st.floats(0, 40_000), st.floats(0, 40_000))
def test_a_wider_end_zone_leaves_fewer_cells(first: float, second: float) -> None:
    small, large = sorted((first, second))
    one = {"earlier": 0.0, "later": 0.0}
    cells = [
        set(options_from_plan(
            PLAN, changed(departure=one, end_zones={"radius": r})).options[0].cells)
        for r in (small, large)
    ]  # fmt: skip
    assert cells[1] <= cells[0]


PLAN: Plan = plan()


def test_a_journey_that_never_leaves_its_end_zones_has_nothing_to_guess() -> None:
    made = options_from_plan(plan(), changed(end_zones={"radius": 200_000.0}))
    assert all(not option.cells for option in made.options)
    assert least_guess(made.options).guess == 0.0


def test_too_many_options_are_refused_with_a_cure() -> None:
    long = changed(departure={"earlier": 86_400.0, "later": 0.0, "slot": 90.0})
    many = plan(alternatives=tuple(leg(line(bulge_km=b)) for b in (5, 10, 15, 20)))
    with pytest.raises(InputError, match="options"):
        options_from_plan(many, long)


@pytest.mark.parametrize("record", [{}, {"title": "x", "movements": []}, {"movements": 3}, 7, None,
                                    {"title": "x", "movements": [{"role": "main"}]}])  # fmt: skip
def test_an_other_route_that_is_none_is_refused(record: object) -> None:
    with pytest.raises(InputError, match="other route"):
        ways_of(plan(leg(line(), details={"other_routes": [record]})))


def test_ends_are_the_plan_s_own() -> None:
    made = options_from_plan(plan(), STANDARD)
    assert made.end_places == (
        ("Aster", ORIGIN.lat, ORIGIN.lon), ("Borage", END.lat, END.lon))  # fmt: skip


def test_every_shipped_policy_of_odds_loads_and_says_what_is_assumed() -> None:
    assert "standard" in known_odds_policies()
    for name in known_odds_policies():
        policy = load_odds_policy(name)
        assert policy.shifts_s()[0] <= 0.0 <= policy.shifts_s()[-1]
        assert 0.0 in policy.shifts_s()
        for part in (policy.departure, policy.observer, policy.end_zones, policy.cost):
            assert part.source


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("slot: 20 min", "slot: 20", "slot"),
        ("slot: 20 min", "slot: 1 s", "slot"),
        ("slot: 20 min", "slot: .nan", "slot"),
        ("earlier: 60 min", "earlier: -1 h", "earlier"),
        ("cell: 5 km", "cell: 0 km", "cell"),
        ("cap: 50 percent", "cap: 0 percent", "cap"),
        ("cap: 50 percent", "cap: 500 percent", "cap"),
        ("trains: []", "trains: [goods]", "trains"),
        ("retinue odds: 1", "retinue odds: 2", "retinue odds"),
        ("also: []", "alsoo: []", "alsoo"),
        ("later: 120 min", "later: 1000000 d", "later"),
    ],
)
def test_a_fault_in_a_policy_is_named_with_its_line(
    tmp_path: Any, old: str, new: str, what: str
) -> None:
    from retinue.world.catalogue import SHIPPED

    text = (SHIPPED / "odds" / "standard.yaml").read_text("utf-8")
    assert old in text
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(InputError) as caught:
        load_odds_policy(str(file))
    assert "mine.yaml:" in caught.value.where
    assert what in str(caught.value)
