"""One linear program, solved by HiGHS, with the prices that prove its optimum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["LinearSolution", "Rows", "minimise"]

#: Tighter than the solver's own 1e-7: bars of 1e-9 are asked of what is built on it.
_TOLERANCE = 1e-10


@dataclass(frozen=True)
class LinearSolution:
    """An optimum.

    Attributes
    ----------
    values
        One for each column.
    prices
        One for each row: by how much the objective falls where the row's upper bound is
        raised by one.  Never negative for a row that only has an upper bound.
    objective
        Value of the objective.
    """

    values: Array
    prices: Array
    objective: float


class Rows:
    """Rows of a linear program, gathered one by one."""

    def __init__(self) -> None:
        self.starts: list[int] = [0]
        self.columns: list[NDArray[np.int32]] = []
        self.factors: list[Array] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(self, columns: Any, factors: Any, lower: float, upper: float) -> int:
        """Add ``lower <= sum of factor times column <= upper``; return its number."""
        self.columns.append(np.asarray(columns, np.int32))
        self.factors.append(np.asarray(factors, np.float64))
        self.starts.append(self.starts[-1] + len(self.columns[-1]))
        self.lower.append(lower)
        self.upper.append(upper)
        return len(self.lower) - 1


def minimise(cost: Array, lower: Array, upper: Array, rows: Rows) -> LinearSolution | None:
    """Minimise ``cost @ x`` within bounds and rows; None where nothing satisfies them.

    Raises
    ------
    InputError
        Where the solver is not installed, or gives up on the numbers it was given.
    """
    try:
        import highspy
    except ImportError as error:
        raise InputError(
            "odds are found with the package highspy",
            cure='Install it: pip install "retinue[protection]"',
        ) from error
    program = highspy.HighsLp()
    program.num_col_ = len(cost)
    program.num_row_ = len(rows.lower)
    program.col_cost_ = np.asarray(cost, np.float64)
    program.col_lower_ = np.asarray(lower, np.float64)
    program.col_upper_ = np.asarray(upper, np.float64)
    program.row_lower_ = np.asarray(rows.lower, np.float64)
    program.row_upper_ = np.asarray(rows.upper, np.float64)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.num_col_ = len(cost)
    program.a_matrix_.num_row_ = len(rows.lower)
    program.a_matrix_.start_ = np.asarray(rows.starts, np.int32)
    program.a_matrix_.index_ = np.concatenate(rows.columns)
    program.a_matrix_.value_ = np.concatenate(rows.factors)
    solver: Any = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("solver", "simplex")
    solver.setOptionValue("primal_feasibility_tolerance", _TOLERANCE)
    solver.setOptionValue("dual_feasibility_tolerance", _TOLERANCE)
    solver.passModel(program)
    solver.run()
    status = solver.getModelStatus()
    if status in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    ):
        return None
    if status != highspy.HighsModelStatus.kOptimal:
        raise InputError(
            f"the odds cannot be found: {solver.modelStatusToString(status).lower()}",
            cure="Costs and weights may differ by too many powers of ten; state them coarser.",
        )
    solution = solver.getSolution()
    return LinearSolution(
        values=np.asarray(solution.col_value, np.float64),
        prices=-np.asarray(solution.row_dual, np.float64),
        objective=float(solver.getInfo().objective_function_value),
    )
