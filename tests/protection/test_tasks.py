"""Tasks at sites and patrols: in time before the head, held until the tail, never too long."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retinue.errors import InputError
from retinue.plan import Task
from retinue.protection.bands import load_passage_model, passage_bands
from retinue.protection.closures import closures_of
from retinue.protection.policy import known_policies, load_policy
from retinue.protection.public_cost import load_road_flows
from retinue.protection.tasks import patrol_tasks, site_tasks
from retinue.protection.teams import load_teams, teams_needed
from tests.protection.line_of_sites import START_S, line, movement, site

MODEL = load_passage_model()


def _tasks(policy: str, later_s: float = 0.0) -> tuple[Task, ...]:
    plan, sites = line(movement("advance", later_s - 1_200.0), movement("main", later_s))
    plan.legs[0].main = plan.legs[0].movements[1]
    tunnel = site(18.0, "tunnel", id="tunnel", key="1-rail/tunnel/0", until_m=19_000.0)
    sites = (*sites, tunnel)
    rules, _ = load_policy(policy)
    bands = passage_bands(plan, sites, MODEL, rules.coverage)
    closures = closures_of(sites, bands, rules, MODEL, load_road_flows())
    return (*site_tasks(sites, bands, closures, rules), *patrol_tasks(plan, rules, MODEL))


@pytest.mark.parametrize("policy", known_policies())
def test_windows_hang_together(policy: str) -> None:
    for task in _tasks(policy):
        assert task.earliest_utc <= task.latest_utc
        assert task.until_utc >= task.latest_utc
        if task.decide_utc is not None:
            assert task.latest_utc + task.duration_s <= task.decide_utc + 1.0


def test_a_sweep_is_held_until_the_last_tail_or_still_valid_then() -> None:
    rules, _ = load_policy("exceptional-load")
    (tunnel,) = [t for t in _tasks("exceptional-load") if t.site == "tunnel"]
    valid = rules.sites["tunnel"].sweep_valid
    assert tunnel.valid_s == valid == 12 * 3600.0
    assert tunnel.until_utc == tunnel.latest_utc + tunnel.duration_s
    (held,) = [t for t in _tasks("strict") if t.site == "tunnel" and t.what == "sweep"]
    assert held.until_utc > held.latest_utc + held.duration_s


def test_a_long_tunnel_takes_longer_to_search() -> None:
    (tunnel,) = [t for t in _tasks("strict") if t.site == "tunnel" and t.what == "sweep"]
    # 15 min and 3 min for every 100 m of 1,000 m.
    assert tunnel.duration_s == 15 * 60 + 10 * 180


def test_power_is_asked_of_electrical_control_and_no_team_is_sent() -> None:
    (power,) = [t for t in _tasks("strict") if t.what == "isolate power"]
    assert power.request_to == "electrical control"


def test_patrols_walk_the_whole_line_in_beats_of_at_most_five_kilometres() -> None:
    beats = [t for t in _tasks("royal") if t.what == "patrol track"]
    assert len(beats) == 8
    spans = sorted((t.from_m or 0.0, t.to_m or 0.0) for t in beats)
    assert spans[0][0] == 0.0 and spans[-1][1] == 40_000.0
    for (_, end), (begin, _) in pairwise(spans):
        assert begin == end
    for beat in beats:
        assert (beat.to_m or 0) - (beat.from_m or 0) <= 5_000.0
        assert beat.duration_s == pytest.approx(5_000 / (3 / 3.6))
        assert beat.on_track


@given(st.integers(-500_000, 500_000))
def test_tasks_move_with_the_departure(later: int) -> None:
    for one, other in zip(_tasks("royal"), _tasks("royal", float(later)), strict=True):
        assert other.latest_utc - one.latest_utc == pytest.approx(later, abs=2)
        assert other.until_utc - one.until_utc == pytest.approx(later, abs=2)


TEAMS = """\
retinue teams: 1
bases:
  - {name: depot, lat: 51.0, lon: 7.2, zone: Europe/Berlin}
teams:
  - name: red
    base: depot
    people: 4
    skills: [search]
    shifts:
      - {from: "2026-05-04 06:00", until: "2026-05-04 14:00"}
"""


def _load(tmp_path: Path, text: str) -> tuple[object, ...]:
    file = tmp_path / "teams.yaml"
    file.write_text(text, encoding="utf-8")
    rules, _ = load_policy("standard")
    post = rules.crew("post")
    assert post is not None
    return load_teams(str(file), tmp_path, post)


def test_a_team_file_is_read_a_shift_at_a_time(tmp_path: Path) -> None:
    second = TEAMS + '      - {from: "2026-05-05 06:00", until: "2026-05-05 14:00"}\n'
    assert len(_load(tmp_path, TEAMS)) == 1
    assert len(_load(tmp_path, second)) == 2


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("base: depot", "base: depott", "not listed"),
        ('until: "2026-05-04 14:00"', 'until: "2026-05-04 04:00"', "ends before it begins"),
        ('until: "2026-05-04 14:00"', "until: noon", "teams.yaml:10"),
        ("people: 4", "people: 0", "teams.yaml:7"),
        ("lat: 51.0", "lat: 151.0", "teams.yaml:3"),
    ],
)
def test_a_fault_in_a_team_file_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        _load(tmp_path, TEAMS.replace(old, new))
    assert told in str(caught.value)


def test_two_shifts_without_rest_between_are_refused(tmp_path: Path) -> None:
    second = TEAMS + '      - {from: "2026-05-04 20:00", until: "2026-05-05 02:00"}\n'
    with pytest.raises(InputError, match=r"rests 6\.0 h"):
        _load(tmp_path, second)


def test_without_a_team_file_the_teams_that_are_needed_can_do_everything() -> None:
    tasks = [t for t in _tasks("strict") if not t.request_to]
    rules, _ = load_policy("strict")
    post = rules.crew("post")
    assert post is not None
    teams = teams_needed(tasks, [("A", 51.0, 7.0, "Europe/Berlin")], post)
    assert len(teams) == len(tasks)
    assert all(team.can(task) and team.assumed for team in teams for task in tasks)
    assert min(t.from_s for t in teams) < START_S
