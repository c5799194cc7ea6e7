r"""Radius of curves from the mapped line, robust to the noise of mapping.

Vertices of a mapped line lie some decimetres to a metre beside the track and 10 to 100 m
apart, so the circle through three neighbours says nothing.  Here

1. the line is taken every `STEP_M` and smoothed with a running mean of `SMOOTHING_M`;
2. the curvature at s is that of the circle through the smoothed line at s - l, s, s + l,
   with l = `CHORD_M`; nearer to an end the first such circle holds:

   .. math:: \kappa = \frac{2 \, (a \times b)}{|a| \, |b| \, |a + b|},
      \quad a = p(s) - p(s - l), \; b = p(s + l) - p(s)

3. means over cells of `CELL_M` are kept; |kappa| below 1 / `STRAIGHT_M` is a straight.

An error e of the smoothed line makes an error of about 2.4 e / l^2: with e = 0.3 m a
radius of 8 km, less than the resistance of a curve can be felt.  A curve shorter than 2 l
appears longer and wider, with the same change of heading and so the same total resistance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retinue.rail.steps import Steps

__all__ = ["CELL_M", "CHORD_M", "LEAST_RADIUS_M", "STRAIGHT_M", "curve_radius"]

STEP_M = 5.0
SMOOTHING_M = 40.0
CHORD_M = 80.0
CELL_M = 50.0
STRAIGHT_M = 5_000.0
LEAST_RADIUS_M = 80.0
"""Tighter curves are taken as this: the formulas of curve resistance end at about 60 m."""

Floats = NDArray[np.float64]


def curve_radius(x_m: Floats, y_m: Floats, distance_m: Floats) -> Steps:
    """Return the radius along a line drawn on a plane; inf on the straight.

    Parameters
    ----------
    x_m, y_m, distance_m
        Vertices with their chainage from 0, shape (n,).
    """
    length = float(distance_m[-1])
    if length < 4.0 * STEP_M:
        return Steps.constant(np.inf)
    count = max(int(np.ceil(length / STEP_M)), 4)
    at = np.linspace(0.0, length, count + 1)
    step = length / count
    x = _smooth(np.interp(at, distance_m, x_m), step)
    y = _smooth(np.interp(at, distance_m, y_m), step)
    chord = min(CHORD_M, 0.5 * length)
    centre = np.clip(at, chord, length - chord)
    ax = np.interp(centre, at, x) - np.interp(centre - chord, at, x)
    ay = np.interp(centre, at, y) - np.interp(centre - chord, at, y)
    bx = np.interp(centre + chord, at, x) - np.interp(centre, at, x)
    by = np.interp(centre + chord, at, y) - np.interp(centre, at, y)
    scale = np.hypot(ax, ay) * np.hypot(bx, by) * np.hypot(ax + bx, ay + by)
    curvature = 2.0 * (ax * by - ay * bx) / np.maximum(scale, 1e-9)
    cells = max(round(length / CELL_M), 1)
    number = np.minimum((at / length * cells).astype(np.int64), cells - 1)
    mean = np.bincount(number, curvature, cells) / np.bincount(number, minlength=cells)
    bend = np.abs(mean)
    radius = np.where(bend < 1.0 / STRAIGHT_M, np.inf, 1.0 / np.maximum(bend, 1e-9))
    radius = np.asarray(np.maximum(radius, LEAST_RADIUS_M), np.float64)
    return Steps(np.arange(cells, dtype=np.float64) * (length / cells), radius).simplified()


def _smooth(values: Floats, step_m: float) -> Floats:
    """Return the running mean; at the ends the line goes on as it would by point symmetry."""
    reach = max(round(0.5 * SMOOTHING_M / step_m), 1)
    reach = min(reach, len(values) - 1)
    before = 2.0 * values[0] - values[reach:0:-1]
    after = 2.0 * values[-1] - values[-2 : -reach - 2 : -1]
    whole = np.concatenate((before, values, after))
    kernel = np.full(2 * reach + 1, 1.0 / (2 * reach + 1))
    return np.asarray(np.convolve(whole, kernel, mode="valid"), np.float64)
