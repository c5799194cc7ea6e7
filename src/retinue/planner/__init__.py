"""From a journey and a world to a plan: the only room that knows every mode."""

from retinue.planner.planner import Planner

__all__ = ["Planner"]
