"""Measurements against peers in one run; see docs/benchmarks.md."""
