"""Movement orders, charts, maps and exports of a finished plan."""
