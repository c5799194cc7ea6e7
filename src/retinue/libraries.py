"""Heavy libraries, brought in late and without what they load for others.

Two of them load half a second of code that nothing of Retinue ever calls, only to know its
types or that it is there:

    ortools.sat.python.cp_model   pandas, to take and give Series
    numba                         scipy.linalg, to see whether kernels might call BLAS

Both get a stand-in while they load (numba in `retinue.kernels`), and only then.  Whoever needs
the real thing later gets it: a stand-in's class makes objects of the real class, and knows them;
numba looks for BLAS again where a kernel is compiled that calls it.
"""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from retinue.errors import InputError

__all__ = ["constraint_solver", "new_solver", "stand_in"]

_loading = threading.RLock()


def constraint_solver(purpose: str, extra: str) -> Any:
    """Return the module ``ortools.sat.python.cp_model``.

    Parameters
    ----------
    purpose
        Who needs it, to begin a sentence.
    extra
        Name of the extra that installs it.

    Raises
    ------
    InputError
        Where it is not installed.
    """
    try:
        return _cp_model()
    except ImportError as error:
        ended = _end_of_program(error)
        if ended is not None:
            raise ended from None
        raise InputError(
            f"{purpose} needs the constraint solver OR-Tools, which is not installed",
            cure=f"Install it: pip install 'retinue[{extra}]'.",
        ) from error


def _end_of_program(error: BaseException) -> BaseException | None:
    """Return what was to end the program while a library loaded, of which it made an error."""
    seen: BaseException | None = error
    while seen is not None:
        if not isinstance(seen, Exception):
            return seen
        seen = seen.__cause__ or seen.__context__
    return None


def _cp_model() -> Any:
    if "ortools.sat.python.cp_model" not in sys.modules:
        with stand_in("pandas", Index=_later("Index"), Series=_later("Series")):
            importlib.import_module("ortools.sat.python.cp_model")
    from ortools.sat.python import cp_model

    return cp_model


def new_solver(module: Any) -> Any:
    """Return a solver of the module that `constraint_solver` gave.

    Left to itself the solver listens to Ctrl-C while it runs and then leaves the system's own
    handler behind: the next Ctrl-C would end the process on the spot, files half written.
    """
    solver = module.CpSolver()
    solver.parameters.catch_sigint_signal = False
    return solver


class _Later(type):
    """Classes of a module that may never be needed, under their own names."""

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        """Make an object of the real class."""
        return getattr(importlib.import_module("pandas"), cls.__name__)(*arguments, **named)

    def __instancecheck__(cls, value: object) -> bool:
        """Tell whether a value is of the real class; while that is not loaded, none is."""
        real = sys.modules.get("pandas")
        return real is not None and isinstance(value, getattr(real, cls.__name__))


def _later(name: str) -> _Later:
    return _Later(name, (), {})


@contextmanager
def stand_in(name: str, **attributes: Any) -> Iterator[None]:
    """Let imports find a bare module of a name, unless the real one is loaded already."""
    with _loading:
        if name in sys.modules:
            yield
            return
        module = ModuleType(name)
        vars(module).update(attributes)
        sys.modules[name] = module
        try:
            yield
        finally:
            if sys.modules.get(name) is module:
                del sys.modules[name]
