"""Independent checkers of finished plans."""
