"""One mixed-integer linear program, solved by HiGHS to proven optimality."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from retinue.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["MixedProgram", "MixedSolution"]


@dataclass(frozen=True)
class MixedSolution:
    """An optimum: values of the columns, the objective, and the relative gap that is proven."""

    values: Array
    objective: float
    gap: float


class MixedProgram:
    """Columns and rows, gathered one by one; the objective is minimised."""

    def __init__(self) -> None:
        self._cost: list[float] = []
        self._low: list[float] = []
        self._high: list[float] = []
        self._whole: list[int] = []
        self._starts: list[int] = [0]
        self._index: list[int] = []
        self._factor: list[float] = []
        self._row_low: list[float] = []
        self._row_high: list[float] = []

    def column(
        self, cost: float, high: float = float("inf"), *, low: float = 0.0, whole: bool = False
    ) -> int:
        """Add a column and return its number."""
        self._cost.append(cost)
        self._low.append(low)
        self._high.append(high)
        if whole:
            self._whole.append(len(self._cost) - 1)
        return len(self._cost) - 1

    def row(
        self,
        terms: Sequence[tuple[int, float]],
        low: float = -float("inf"),
        high: float = float("inf"),
    ) -> int:
        """Add ``low <= sum of factor times column <= high`` and return its number."""
        self._index += [column for column, _ in terms]
        self._factor += [factor for _, factor in terms]
        self._starts.append(len(self._index))
        self._row_low.append(low)
        self._row_high.append(high)
        return len(self._row_low) - 1

    def shares(self, cost: Sequence[float]) -> range:
        """Add columns from 0 to 1 that make up 1 together, and return their numbers."""
        first = len(self._cost)
        numbers = range(first, first + len(cost))
        self._cost += cost
        self._low += [0.0] * len(cost)
        self._high += [1.0] * len(cost)
        self._index += numbers
        self._factor += [1.0] * len(cost)
        self._starts.append(len(self._index))
        self._row_low.append(1.0)
        self._row_high.append(1.0)
        return numbers

    def at_most(self, columns: Sequence[int], bounds: Sequence[int]) -> None:
        """Add a row for each column that keeps it at most as large as another one."""
        count = len(columns)
        begin = len(self._index)
        self._index += [c for pair in zip(columns, bounds, strict=True) for c in pair]
        self._factor += [1.0, -1.0] * count
        self._starts += range(begin + 2, begin + 2 * count + 2, 2)
        self._row_low += [-float("inf")] * count
        self._row_high += [0.0] * count

    def digest(self) -> bytes:
        """Return a digest of all columns and rows in their order: equal programs end equally."""
        digest = hashlib.sha256()
        for numbers in (
            self._cost, self._low, self._high, self._factor, self._row_low, self._row_high,
        ):  # fmt: skip
            digest.update(len(numbers).to_bytes(8, "little"))
            digest.update(np.array(numbers, np.float64).tobytes())
        for places in (self._whole, self._starts, self._index):
            digest.update(len(places).to_bytes(8, "little"))
            digest.update(np.array(places, np.int64).tobytes())
        return digest.digest()

    def holds(self, values: Array) -> bool:
        """Return whether values of the columns keep every row, to a millionth of its bounds."""
        if not self._row_low:
            return True
        terms = np.array(self._factor, np.float64) * values[np.array(self._index, np.int64)]
        starts = np.array(self._starts, np.int64)
        ends = np.append(0.0, np.cumsum(terms))
        sums = ends[starts[1:]] - ends[starts[:-1]]
        low, high = np.array(self._row_low), np.array(self._row_high)
        slack = 1e-6 * np.maximum(1.0, np.abs(np.where(np.isfinite(low), low, high)))
        return bool((sums >= low - slack).all() and (sums <= high + slack).all())

    def minimise(self) -> MixedSolution | None:
        """Solve it; None where nothing satisfies the rows.

        Raises
        ------
        InputError
            Where the solver is not installed, or gives up on its numbers.
        """
        try:
            import highspy
        except ImportError as error:
            raise InputError(
                "stores are planned with the package highspy",
                cure='Install it: pip install "retinue[provisioning]"',
            ) from error
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = len(self._cost), len(self._row_low)
        program.col_cost_ = np.array(self._cost, np.float64)
        program.col_lower_ = np.array(self._low, np.float64)
        program.col_upper_ = np.array(self._high, np.float64)
        program.row_lower_ = np.array(self._row_low, np.float64)
        program.row_upper_ = np.array(self._row_high, np.float64)
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.num_col_ = len(self._cost)
        program.a_matrix_.num_row_ = len(self._row_low)
        program.a_matrix_.start_ = np.array(self._starts, np.int32)
        program.a_matrix_.index_ = np.array(self._index, np.int32)
        program.a_matrix_.value_ = np.array(self._factor, np.float64)
        kinds = [highspy.HighsVarType.kContinuous] * len(self._cost)
        for column in self._whole:
            kinds[column] = highspy.HighsVarType.kInteger
        program.integrality_ = kinds
        solver: Any = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        # One thread and a fixed seed: the same stores on every machine.
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("random_seed", 0)
        solver.setOptionValue("mip_rel_gap", 1e-9)
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
                f"the solver gave up: {solver.modelStatusToString(status)}",
                cure="Look for absurd amounts or prices in the menu and the supply rules.",
            )
        info = solver.getInfo()
        gap = float(info.mip_gap) if self._whole else 0.0
        values = np.asarray(solver.getSolution().col_value, np.float64)
        return MixedSolution(values, float(info.objective_function_value), gap)
