"""From a journey and a world to a plan."""
