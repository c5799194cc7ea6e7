"""Heavy libraries come without what nobody calls, and still give it to whoever does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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

_INTERRUPTED = """
import os, signal, time
from retinue.libraries import constraint_solver, new_solver

class Stop(BaseException): ...

def stop(*_): raise Stop

signal.signal(signal.SIGINT, stop)
module = constraint_solver("a test", "provisioning")
model = module.CpModel()
model.maximize(model.new_int_var(0, 9, "number"))
assert new_solver(module).solve(model) == module.OPTIMAL
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)
except Stop:
    raise SystemExit(0)
raise SystemExit("nobody heard the signal")
"""

_INTERRUPTED_LOADING = """
import sys
from importlib.abc import MetaPathFinder
from retinue.libraries import constraint_solver

class Stop(BaseException): ...

class Finder(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.startswith("ortools"):
            try:
                raise Stop
            except Stop as stopped:
                raise ImportError("initialization failed") from stopped

sys.meta_path.insert(0, Finder())
try:
    constraint_solver("a test", "provisioning")
except Stop:
    raise SystemExit(0)
"""


def _runs(script: str) -> None:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_constraint_solver_comes_without_pandas_and_still_knows_its_series() -> None:
    _runs(_SOLVER)


def test_ctrl_c_still_reaches_the_program_after_the_solver_ran() -> None:
    # Its own handler would leave the system's behind: files half written, no word, no exit 130.
    _runs(_INTERRUPTED)


def test_every_solver_leaves_ctrl_c_to_the_program() -> None:
    sources = Path(__file__).parents[1].joinpath("src", "retinue").rglob("*.py")
    made = {path.name for path in sources if ".CpSolver()" in path.read_text(encoding="utf-8")}
    assert made == {"libraries.py"}


def test_ctrl_c_while_the_solver_loads_is_no_missing_library() -> None:
    _runs(_INTERRUPTED_LOADING)


def test_kernels_compile_without_linear_algebra() -> None:
    _runs(_KERNEL)


def test_a_kernel_that_needs_linear_algebra_gets_it() -> None:
    pytest.importorskip("scipy")
    _runs(_KERNEL + _LINEAR_ALGEBRA)
