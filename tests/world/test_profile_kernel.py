"""The solver under the height profile against plain linear algebra on small networks."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retinue.world.profile_kernel import solve


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 40), st.integers(0, 20), st.integers(0, 2**31))
def test_the_solution_is_that_of_dense_linear_algebra(count: int, loops: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    # A chain with loops, weights with gaps as in tunnels, stiffness over four decades.
    one = np.concatenate((np.arange(count - 1), random.integers(0, count, loops)))
    two = np.concatenate((np.arange(1, count), random.integers(0, count, loops)))
    stiff = 10.0 ** random.uniform(-1, 3, len(one))
    weight = random.uniform(1, 50, count) * (random.random(count) < 0.5)
    weight[0] = 10.0
    z = random.uniform(-100, 900, count)
    matrix = np.diag(weight)
    for k, (a, b) in enumerate(zip(one, two, strict=True)):
        matrix[a, a] += stiff[k]
        matrix[b, b] += stiff[k]
        matrix[a, b] -= stiff[k]
        matrix[b, a] -= stiff[k]
    expected = np.linalg.solve(matrix, weight * z)
    height = z.copy()
    steps = solve(weight, stiff, one, two, weight * z, height, 1e-9, 10_000)
    assert steps < 10_000
    np.testing.assert_allclose(height, expected, atol=1e-5)


def test_between_two_held_ends_heights_run_straight() -> None:
    count = 11
    one, two = np.arange(count - 1), np.arange(1, count)
    weight = np.zeros(count)
    weight[0] = weight[-1] = 1e6
    right = weight * np.linspace(100.0, 200.0, count)
    height = np.full(count, 500.0)
    solve(weight, np.ones(count - 1), one, two, right, height, 1e-9, 10_000)
    np.testing.assert_allclose(height, np.linspace(100.0, 200.0, count), atol=1e-3)
