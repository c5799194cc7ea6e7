"""The train dispatching problem of DISPLIB: its files, its solver and its bounds."""
