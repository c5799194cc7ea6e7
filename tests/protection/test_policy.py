"""Policies: every number has a source, and a faulty file is told where."""

from __future__ import annotations

from pathlib import Path

import pytest

from retinue.errors import InputError
from retinue.protection.policy import known_policies, load_policy
from retinue.protection.site import SITE_CLASSES


def test_the_four_policies_are_shipped() -> None:
    assert {"standard", "royal", "strict", "exceptional-load"} <= set(known_policies())


@pytest.mark.parametrize("name", known_policies())
def test_every_number_stands_on_a_source_that_is_listed(name: str) -> None:
    policy, text = load_policy(name)
    assert text.startswith("#")
    named = {policy.source, *(b.source for b in policy.basis.values())}
    for part in (*policy.sites.values(), policy.patrol, policy.emergency, policy.traffic):
        named |= {part.source, *(b.source for b in part.basis.values())}
        assert set(part.basis) <= {n.replace("_", " ") for n in type(part).model_fields}
    named |= {rule.source for rule in policy.crews}
    assert named <= set(policy.sources)
    assert set(policy.sources) <= named


@pytest.mark.parametrize("name", known_policies())
def test_what_is_closed_has_a_budget_and_somebody_to_close_it(name: str) -> None:
    policy, _ = load_policy(name)
    for rule in policy.sites.values():
        if rule.close:
            assert rule.closure_budget is not None
            assert rule.people >= 1


def test_published_figures_are_the_published_ones() -> None:
    # Findlay 1889: crossings locked from 1 h before; UK 1880s: pilot 15 min ahead; Japan: none
    # beside, none overtaking, none above; India: beats of at most 5 km at 3 km/h, 20 km a day.
    royal, _ = load_policy("royal")
    crossing = royal.rule("level crossing")
    assert crossing is not None
    assert crossing.lock_before == 3_600.0
    assert royal.advance_before == 900.0
    assert royal.traffic.none_beside and royal.traffic.none_overtaking
    assert (royal.patrol.beat_at_most, royal.patrol.a_day_at_most) == (5_000.0, 20_000.0)
    assert royal.patrol.pace == pytest.approx(3 / 3.6)


def test_a_stricter_policy_does_not_do_less() -> None:
    standard, _ = load_policy("standard")
    strict, _ = load_policy("strict")
    for site_class in SITE_CLASSES:
        mild, hard = standard.rule(site_class), strict.rule(site_class)
        if mild is None:
            continue
        assert hard is not None
        for what in ("close", "sweep", "guard", "seal"):
            assert getattr(hard, what) >= getattr(mild, what)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("level crossing:", "level croссing:", "no class of site"),
        ("close before: 90 s", "close before: 90", "lacks a unit"),
        ("close before: 90 s", "close before: -90 s", "too small"),
        ("coverage: 90 percent", "coverage: 190 percent", "too large"),
        ("retinue policy: 1", "policy: 1", "does not begin with a version"),
        ("kind: pilots", "kind: pilot", "pilots"),
        ("kind: drivers", "kind: pilots", "two rules"),
    ],
)
def test_a_fault_names_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    _, text = load_policy("standard")
    file = tmp_path / "mine.yaml"
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_policy(str(file))
    assert "mine.yaml:" in caught.value.where
    assert told in str(caught.value)
