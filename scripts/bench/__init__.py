"""Measurements: `make bench`, or `make bench ONLY=spine` for one group. Each prints one JSON line."""
