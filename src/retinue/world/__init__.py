"""What exists: places, aerodromes, borders, zones, the graphs and the books over them."""
