"""What the grid says of a way of driving is what the engine shows when it runs the whole."""

from __future__ import annotations

import numpy as np
import pytest

from retinue.errors import InputError
from retinue.rail.running_path import ANY_POWER, PowerSections, RunningPath
from retinue.rail.running_time import run
from retinue.rail.steps import Steps
from retinue.rail.trains import load_train
from retinue.traffic.drive import drive
from retinue.traffic.speed_grid import GridPoint, SpeedGrid, speed_grid


def _path(seed: int, length_m: float = 40_000.0) -> RunningPath:
    rng = np.random.default_rng(seed)
    start = np.arange(0.0, length_m, 2_000.0)
    return RunningPath(
        "test line",
        length_m,
        Steps(start, rng.choice([80.0, 100.0, 120.0, 140.0], start.size) / 3.6).simplified(),
        gradient=Steps(start, rng.uniform(-0.008, 0.008, start.size)),
        power=PowerSections(np.zeros(1), (ANY_POWER,)),
    )


def _grid(seed: int, train: str = "royal-9", points: int = 9) -> SpeedGrid:
    rng = np.random.default_rng(seed)
    path = _path(seed)
    between = np.sort(rng.uniform(800.0, path.length_m - 800.0, points))
    at = np.concatenate([[0.0], between[np.diff(between, prepend=0.0) > 400.0], [path.length_m]])
    listed = [GridPoint(float(x), bool(rng.random() < 0.5)) for x in at]
    places = np.sort(rng.uniform(0.0, path.length_m, 40))
    return speed_grid(load_train(train, []).dynamics(), path, listed, places)


def _choices(grid: SpeedGrid, seed: int) -> list[int] | None:
    rng = np.random.default_rng(seed)
    ways: list[int] = []
    passing = 0
    for stretch in grid.stretches:
        possible = np.flatnonzero(stretch.way[:, 0] == passing)
        if possible.size == 0:
            return None
        ways.append(int(rng.choice(possible)))
        passing = int(stretch.way[ways[-1], 2])
    return ways


@pytest.mark.parametrize("train", ["royal-9", "special-17"])
@pytest.mark.parametrize("seed", range(4))
def test_any_choice_driven_as_a_whole_takes_the_times_of_the_grid(train: str, seed: int) -> None:
    grid = _grid(seed, train)
    tried = 0
    for trial in range(25):
        ways = _choices(grid, trial)
        if ways is None:
            continue
        tried += 1
        made = drive(grid, ways)
        now = 0.0
        for k, way in enumerate(ways):
            stretch = grid.stretches[k]
            if grid.speed_mps[k][stretch.way[way, 0]] == 0.0:
                now = 0.0
            for place, time in zip(stretch.place_m[1:], stretch.time_s[way][1:], strict=True):
                assert made.time_at(float(place)) == pytest.approx(now + time, abs=0.1)
            now += float(stretch.time_s[way, -1])
    assert tried > 5


def test_the_free_run_is_in_the_grid() -> None:
    grid = _grid(1)
    free = run(grid.train, grid.path)
    last = [0]
    for k, stretch in enumerate(grid.stretches):
        natural = grid.speed_mps[k + 1].size - 1
        fits = (stretch.way[:, 0] == last[-1]) & (stretch.way[:, 1] == 0)
        fits &= stretch.way[:, 2] == natural
        assert fits.sum() == 1
        last.append(natural)
    assert grid.free_s[-1] == pytest.approx(free.total_time_s, abs=1e-3)


def test_no_way_is_faster_than_the_free_run_between_the_same_points() -> None:
    grid = _grid(2)
    for k, stretch in enumerate(grid.stretches):
        free = grid.free_s[k + 1] - grid.free_s[k]
        assert (stretch.time_s[:, -1] >= free - 1e-3).all()


def test_a_ceiling_is_kept_on_its_stretch() -> None:
    grid = _grid(3)
    for trial in range(10):
        ways = _choices(grid, trial)
        if ways is None:
            continue
        made = drive(grid, ways)
        for begin, end, speed in made.ceilings:
            for number, driven in enumerate(made.runs):
                origin = made.points[made.stands[number]].at_m
                place = driven.distance_m + origin
                inside = (place > begin + 1e-6) & (place < end - 1e-6)
                assert (driven.speed_mps[inside] <= speed + 1e-6).all()


def test_points_that_do_not_rise_are_refused() -> None:
    train = load_train("royal-9", []).dynamics()
    with pytest.raises(InputError, match="rise"):
        speed_grid(train, _path(1), [GridPoint(5.0), GridPoint(5.0)], np.zeros(0))
