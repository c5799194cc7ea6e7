"""One step of the equation of motion, exact to rounding, and where it ends.

Between two changes (of effort piece, gradient, limit) the acceleration is a
polynomial in speed and place::

    dv/dt = alpha + beta v + gamma v**2 + delta y + epsilon y v**2,   dy/dt = v

(linear effort piece, Davis resistance, gradient under a spread mass linear in
place, tunnel factor linear in place).  The Taylor series of such an equation
follows from a short recurrence, so one step carries six orders for the price
of two Runge-Kutta steps, is regular at standstill, and its end (a speed, a
place, a braking parabola) is the root of a known polynomial.

numba's cache watches only the file of a compiled function, not what it inlines:
after a change here the modules of the other kernels must be touched too.
"""

from __future__ import annotations

import math

from retinue.kernels import njit

__all__ = ["BRAKE", "END_OF_SPAN", "FASTER", "NO_EVENT", "SLOWER", "STUCK", "advance"]

NO_EVENT, END_OF_SPAN, FASTER, SLOWER, BRAKE, STUCK = 0, 1, 2, 3, 4, 5

_SPEED_TOLERANCE_MPS = 1e-7
_LONGEST_STEP_S = 1000.0


@njit("f8(f8,f8,f8,f8,f8,f8,f8,f8)", cache=True, inline="always")
def _poly(t, c0, c1, c2, c3, c4, c5, c6):  # type: ignore[no-untyped-def]
    # Estrin's order: fewer operations wait for one another than in Horner's.
    square = t * t
    return (c0 + c1 * t) + square * (c2 + c3 * t) + square * square * ((c4 + c5 * t) + square * c6)


@njit("f8(f8,f8,f8,f8,f8,f8,f8)", cache=True, inline="always")
def _rate(t, c1, c2, c3, c4, c5, c6):  # type: ignore[no-untyped-def]
    """Return the derivative of the polynomial."""
    square = t * t
    return (
        (c1 + 2.0 * c2 * t)
        + square * (3.0 * c3 + 4.0 * c4 * t)
        + square * square * (5.0 * c5 + 6.0 * c6 * t)
    )


@njit("f8(f8,f8,f8,f8,f8,f8,f8,f8,f8,f8)", cache=True)
def _speed_root(target, low, high, c0, c1, c2, c3, c4, c5, c6):  # type: ignore[no-untyped-def]
    """First time at which the speed polynomial, monotone on [low, high], meets target."""
    rising = _poly(high, c0, c1, c2, c3, c4, c5, c6) > target
    t = high
    if c1 != 0.0:
        t = (target - c0) / c1
    if not (low < t < high):
        t = 0.5 * (low + high)
    for _ in range(60):
        value = _poly(t, c0, c1, c2, c3, c4, c5, c6) - target
        if (value > 0.0) == rising:
            high = t
        else:
            low = t
        slope = _rate(t, c1, c2, c3, c4, c5, c6)
        following = t - value / slope if slope != 0.0 else 0.5 * (low + high)
        if not (low <= following <= high):
            following = 0.5 * (low + high)
        elif abs(value) < 1e-7:
            # Newton doubles the digits: the next value is below rounding.
            return following
        t = following
    return t


@njit("f8(f8,f8,f8,f8,f8,f8,f8,f8,f8,f8,f8,f8,f8,f8,f8)", cache=True)
def _place_root(  # type: ignore[no-untyped-def]
    target, high, c0, c1, c2, c3, c4, c5, c6, y2, y3, y4, y5, y6, y7
):
    """Time at which the way covered, increasing on [0, high], meets target."""
    low = 0.0
    t = high
    for _ in range(60):
        value = t * _poly(t, c0, y2, y3, y4, y5, y6, y7) - target
        if value > 0.0:
            high = t
        else:
            low = t
        slope = _poly(t, c0, c1, c2, c3, c4, c5, c6)
        following = t - value / slope if slope > 0.0 else 0.5 * (low + high)
        if not (low <= following <= high):
            following = 0.5 * (low + high)
        elif abs(value) < 1e-6 * min(slope, 1.0):
            return following
        t = following
    return t


@njit(
    "Tuple((f8,f8,f8,f8,i8))(f8,f8,f8,f8,f8,f8,f8,f8,f8,f8,f8)",
    cache=True,
)
def advance(  # type: ignore[no-untyped-def]
    v0, alpha, beta, gamma, delta, epsilon, span_m, v_low, v_high, brake_rate, brake_head
):
    """Advance by one Taylor step or to the first event.

    Parameters
    ----------
    v0
        Speed at the start; place y starts at 0.
    alpha, beta, gamma, delta, epsilon
        Coefficients of the acceleration (module docstring).
    span_m
        The step ends at y = span_m.
    v_low, v_high
        The step ends when the speed leaves this interval.
    brake_rate, brake_head
        The step ends when ``v**2 / 2 + brake_rate * y`` reaches ``brake_head``
        (a braking parabola); inf: never.

    Returns
    -------
    time_s, y_m, speed_mps, square_integral, event
        ``square_integral`` is the integral of v**2 over time, which the work of
        a force linear in speed needs.
    """
    c0 = v0
    s0 = c0 * c0
    c1 = alpha + beta * c0 + gamma * s0
    if c0 <= 0.0 and c1 <= 0.0:
        return 0.0, 0.0, 0.0, 0.0, STUCK
    s1 = 2.0 * c0 * c1
    y2 = c1 / 2.0
    c2 = (beta * c1 + gamma * s1 + delta * c0) / 2.0
    s2 = 2.0 * c0 * c2 + c1 * c1
    y3 = c2 / 3.0
    c3 = (beta * c2 + gamma * s2 + delta * y2) / 3.0
    s3 = 2.0 * (c0 * c3 + c1 * c2)
    y4 = c3 / 4.0
    c4 = (beta * c3 + gamma * s3 + delta * y3) / 4.0
    s4 = 2.0 * (c0 * c4 + c1 * c3) + c2 * c2
    y5 = c4 / 5.0
    c5 = (beta * c4 + gamma * s4 + delta * y4) / 5.0
    s5 = 2.0 * (c0 * c5 + c1 * c4 + c2 * c3)
    c6 = (beta * c5 + gamma * s5 + delta * y5) / 6.0
    if epsilon != 0.0:
        # The term y v**2 couples every order: start the recurrence again with it.
        c2 += epsilon * c0 * s0 / 2.0
        s2 = 2.0 * c0 * c2 + c1 * c1
        y3 = c2 / 3.0
        c3 = (beta * c2 + gamma * s2 + delta * y2 + epsilon * (c0 * s1 + y2 * s0)) / 3.0
        s3 = 2.0 * (c0 * c3 + c1 * c2)
        y4 = c3 / 4.0
        c4 = (beta * c3 + gamma * s3 + delta * y3 + epsilon * (c0 * s2 + y2 * s1 + y3 * s0)) / 4.0
        s4 = 2.0 * (c0 * c4 + c1 * c3) + c2 * c2
        y5 = c4 / 5.0
        c5 = (
            beta * c4 + gamma * s4 + delta * y4 + epsilon * (c0 * s3 + y2 * s2 + y3 * s1 + y4 * s0)
        ) / 5.0
        s5 = 2.0 * (c0 * c5 + c1 * c4 + c2 * c3)
        c6 = (
            beta * c5
            + gamma * s5
            + delta * y5
            + epsilon * (c0 * s4 + y2 * s3 + y3 * s2 + y4 * s1 + y5 * s0)
        ) / 6.0

    y6 = c5 / 6.0
    y7 = c6 / 7.0

    # A step length that just brackets the likeliest event.
    discriminant = s0 + 2.0 * c1 * span_m
    if discriminant > 0.25 * s0:
        h = 2.0 * span_m / (c0 + math.sqrt(discriminant))
    else:
        h = span_m / (0.75 * c0)
    h *= 1.05
    if c1 > 0.0:
        h = min(h, 1.1 * (v_high - c0) / c1 + 1e-6)
    elif c1 < 0.0:
        h = min(h, 1.1 * (v_low - c0) / c1 + 1e-6)
    h = min(h, _LONGEST_STEP_S)
    h2 = h * h
    h5 = h2 * h2 * h
    error = h5 * (abs(c6) * h + 0.01 * abs(c5))
    if error > _SPEED_TOLERANCE_MPS:
        h *= 0.95 * (_SPEED_TOLERANCE_MPS / error) ** (1.0 / 6.0)

    event = NO_EVENT
    slope = _rate(h, c1, c2, c3, c4, c5, c6)
    if c1 * slope < 0.0:
        # The acceleration changes sign: end at the turn, so that speed is monotone.
        low, high = 0.0, h
        t = h * c1 / (c1 - slope)
        for _ in range(60):
            slope = _rate(t, c1, c2, c3, c4, c5, c6)
            if c1 * slope < 0.0:
                high = t
            else:
                low = t
            bend = 2.0 * c2 + t * (6.0 * c3 + t * (12.0 * c4 + t * (20.0 * c5 + t * 30.0 * c6)))
            following = t - slope / bend if bend != 0.0 else 0.5 * (low + high)
            if not (low <= following <= high):
                following = 0.5 * (low + high)
            moved = abs(following - t)
            t = following
            if moved < 1e-6:
                break
        if t > 1e-6:
            h = t
    v = _poly(h, c0, c1, c2, c3, c4, c5, c6)
    y = h * _poly(h, c0, y2, y3, y4, y5, y6, y7)
    if v < v_low - 1e-10:
        h = _speed_root(v_low, 0.0, h, c0, c1, c2, c3, c4, c5, c6)
        v = v_low
        y = h * _poly(h, c0, y2, y3, y4, y5, y6, y7)
        event = SLOWER
    elif v > v_high + 1e-10:
        h = _speed_root(v_high, 0.0, h, c0, c1, c2, c3, c4, c5, c6)
        v = v_high
        y = h * _poly(h, c0, y2, y3, y4, y5, y6, y7)
        event = FASTER
    if y > span_m - 1e-9:
        if y > span_m + 1e-9:
            h = _place_root(span_m, h, c0, c1, c2, c3, c4, c5, c6, y2, y3, y4, y5, y6, y7)
            v = _poly(h, c0, c1, c2, c3, c4, c5, c6)
            event = END_OF_SPAN
        elif event == NO_EVENT:
            event = END_OF_SPAN
        y = span_m
    if 0.5 * v * v + brake_rate * y > brake_head:
        low, high = 0.0, h
        t = h
        for _ in range(60):
            v = _poly(t, c0, c1, c2, c3, c4, c5, c6)
            y = t * _poly(t, c0, y2, y3, y4, y5, y6, y7)
            value = 0.5 * v * v + brake_rate * y - brake_head
            if value > 0.0:
                high = t
            else:
                low = t
            if abs(value) < 1e-10:
                break
            slope = _rate(t, c1, c2, c3, c4, c5, c6)
            rate = v * (slope + brake_rate)
            following = t - value / rate if rate > 0.0 else 0.5 * (low + high)
            if not (low < following < high):
                following = 0.5 * (low + high)
            if abs(following - t) < 1e-13 * (1.0 + t):
                break
            t = following
        h = t
        event = BRAKE
    # Integral of v**2: the square's own series, to the order that is left exact.
    s6 = 2.0 * (c0 * c6 + c1 * c5 + c2 * c4) + c3 * c3
    square = h * _poly(h, s0, s1 / 2.0, s2 / 3.0, s3 / 4.0, s4 / 5.0, s5 / 6.0, s6 / 7.0)
    return h, y, v, square, event
