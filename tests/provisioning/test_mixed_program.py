"""Whether values keep the rows of a program is held to the rows one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retinue.provisioning.mixed_program import MixedProgram


@given(data=st.data())
def test_values_hold_where_every_row_does(data: st.DataObject) -> None:
    program = MixedProgram()
    columns = [program.column(1.0, 4.0) for _ in range(3)]
    rows = []
    for _ in range(data.draw(st.integers(0, 4))):
        chosen = sorted(data.draw(st.sets(st.sampled_from(columns))))
        factors = [float(data.draw(st.integers(-2, 2))) for _ in chosen]
        low = data.draw(st.sampled_from([-np.inf, -1.0, 1.0]))
        high = low + data.draw(st.integers(0, 3)) if np.isfinite(low) else 2.0
        program.row(list(zip(chosen, factors, strict=True)), low=low, high=high)
        rows.append((chosen, factors, low, high))
    values = np.array([float(data.draw(st.integers(0, 4))) for _ in columns])
    expected = all(
        low <= sum(f * values[c] for c, f in zip(chosen, factors, strict=True)) <= high
        for chosen, factors, low, high in rows
    )
    assert program.holds(values) == expected


def test_a_millionth_over_the_bound_is_the_solvers_own_accuracy() -> None:
    program = MixedProgram()
    column = program.column(1.0)
    program.row([(column, 1.0)], high=100.0)
    assert program.holds(np.array([100.0 + 5e-5]))
    assert not program.holds(np.array([100.1]))
