"""The records of a finished plan."""
