"""Maps of digits in two dimensions: the methods, the maps that ship, how good they are."""
