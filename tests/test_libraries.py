"""Heavy libraries come without what nobody calls, and still give it to whoever does."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("ortools", reason="needs retinue[provisioning]")

_SOLVER = """
import sys
from retinue.libraries import constraint_solver
module = constraint_solver("a test", "provisioning")
model = module.CpModel()
first, second = model.new_int_var(0, 9, "first"), model.new_int_var(0, 9, "second")
model.add(first + second == 12)
model.maximize(first)
solver = module.CpSolver()
assert solver.solve(model) == module.OPTIMAL
assert (solver.value(first), solver.value(second)) == (9, 3)
assert "pandas" not in sys.modules
import pandas
found = model.new_int_var_series("row", pandas.Index([1, 2]), 0, 4)
assert isinstance(found, pandas.Series)
solver.solve(model)
assert list(solver.values(found).index) == [1, 2]
"""

_KERNEL = """
import sys
from retinue.kernels import njit
import numpy as np
assert "scipy.linalg" not in sys.modules
assert njit(lambda a: a.sum())(np.ones(3)) == 3.0
assert "scipy.linalg" not in sys.modules
"""

_LINEAR_ALGEBRA = """
assert njit(lambda a: np.dot(a, a))(np.ones(3)) == 3.0
"""


def _runs(script: str) -> None:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_constraint_solver_comes_without_pandas_and_still_knows_its_series() -> None:
    _runs(_SOLVER)


def test_kernels_compile_without_linear_algebra() -> None:
    _runs(_KERNEL)


def test_a_kernel_that_needs_linear_algebra_gets_it() -> None:
    pytest.importorskip("scipy")
    _runs(_KERNEL + _LINEAR_ALGEBRA)
