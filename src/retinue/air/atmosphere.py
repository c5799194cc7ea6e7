"""The International Standard Atmosphere up to 20 km (ICAO Doc 7488)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "density_ratio",
    "pressure_ratio",
    "speed_of_sound_mps",
    "temperature_k",
    "true_from_calibrated_mps",
]

Floats = NDArray[np.float64]

_SEA_LEVEL_K = 288.15
_LAPSE_K_PER_M = 0.0065
_TROPOPAUSE_M = 11_000.0
_GAMMA_R = 1.4 * 287.05287  # J/(kg K)
_EXPONENT = 9.80665 / (287.05287 * _LAPSE_K_PER_M)
_TROPOPAUSE_K = _SEA_LEVEL_K - _LAPSE_K_PER_M * _TROPOPAUSE_M
_SCALE_M = 287.05287 * _TROPOPAUSE_K / 9.80665


def temperature_k(altitude_m: ArrayLike) -> Floats:
    """Return the temperature: 6.5 K less a kilometre, constant above 11 km."""
    height = np.minimum(np.asarray(altitude_m, np.float64), _TROPOPAUSE_M)
    return np.asarray(_SEA_LEVEL_K - _LAPSE_K_PER_M * height)


def density_ratio(altitude_m: ArrayLike) -> Floats:
    """Return the density as a share of that at sea level.

    ``(T / T0)^(g / (R L) - 1)`` below 11 km, above that times ``exp(-(h - 11 km) / H)``.
    """
    share = (temperature_k(altitude_m) / _SEA_LEVEL_K) ** (_EXPONENT - 1.0)
    above = np.maximum(np.asarray(altitude_m, np.float64) - _TROPOPAUSE_M, 0.0)
    return np.asarray(share * np.exp(-above / _SCALE_M))


def pressure_ratio(altitude_m: ArrayLike) -> Floats:
    """Return the pressure as a share of that at sea level: density times temperature."""
    return np.asarray(density_ratio(altitude_m) * temperature_k(altitude_m) / _SEA_LEVEL_K)


def true_from_calibrated_mps(calibrated_mps: ArrayLike, altitude_m: ArrayLike) -> Floats:
    """Return true air speed from calibrated air speed.

    Both show one impact pressure, ``q = p ((1 + M^2 / 5)^3.5 - 1)``: at sea level with the
    calibrated speed, at altitude with the true one (ICAO Doc 7488; subsonic).
    """
    sea_sound = speed_of_sound_mps(0.0)
    impact = (1.0 + (np.asarray(calibrated_mps) / sea_sound) ** 2 / 5.0) ** 3.5 - 1.0
    mach = np.sqrt(5.0 * ((impact / pressure_ratio(altitude_m) + 1.0) ** (1 / 3.5) - 1.0))
    return np.asarray(mach * speed_of_sound_mps(altitude_m))


def speed_of_sound_mps(altitude_m: ArrayLike) -> Floats:
    """Return the speed of sound, ``sqrt(1.4 R T)``."""
    return np.asarray(np.sqrt(_GAMMA_R * temperature_k(altitude_m)))
