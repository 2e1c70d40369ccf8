"""Believable tickets by the million, for measuring."""
