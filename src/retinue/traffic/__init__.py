"""Traffic: other trains, their conflicts with the special one, and how to clear its line."""
