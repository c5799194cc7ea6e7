"""What exists: places, aerodromes, borders, time zones, the rail and road graphs and the books over them."""
