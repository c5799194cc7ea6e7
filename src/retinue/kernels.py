"""Numba's compiler for kernels, loaded without the linear algebra that no kernel of ours calls."""

from __future__ import annotations

import importlib

from retinue.libraries import stand_in

# Numba looks whether BLAS is there and, unless asked for it, never calls it: scipy.linalg takes a
# quarter of a second to load.
with stand_in("scipy.linalg.cython_blas"):
    importlib.import_module("numba.np.arraymath")

from numba import njit

__all__ = ["njit"]
