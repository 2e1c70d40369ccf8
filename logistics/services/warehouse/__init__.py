"""Warehouse work: opening and moving it, stock, what is late, and what others are told of it."""
