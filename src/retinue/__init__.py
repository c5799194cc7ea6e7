"""Retinue plans a protected journey door to door."""

__version__ = "0.1.0"
