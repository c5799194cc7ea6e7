"""Aircraft and flights."""
