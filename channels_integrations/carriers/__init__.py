"""Carriers and aggregators as inbound connections: their protocols live in ``logistics.carriers``."""
