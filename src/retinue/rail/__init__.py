"""Rolling stock, formations, running paths and running times."""
