"""The constraint solver, imported late, and run so that equal problems end equally."""

from __future__ import annotations

from typing import Any

from retinue.libraries import constraint_solver, new_solver

__all__ = ["cp_model", "solver"]

#: Deterministic seconds, not those of a wall clock: equal on every machine.
_LIMIT = 4.0


def cp_model() -> Any:
    """Return the module ``ortools.sat.python.cp_model``.

    Raises
    ------
    InputError
        Where it is not installed.
    """
    return constraint_solver("provisioning", "provisioning")


def solver(limit: float = _LIMIT) -> Any:
    """Return a solver with one worker, a fixed seed and a deterministic limit."""
    made = new_solver(cp_model())
    made.parameters.num_workers = 1
    made.parameters.random_seed = 1
    made.parameters.max_deterministic_time = limit
    return made
