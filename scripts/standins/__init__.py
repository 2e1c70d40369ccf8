"""Stand-ins for the outside world: programs on loopback that speak a provider's documented protocol.

Tests use them as context managers; the demonstration runs them as processes: ``python -m scripts.standins.<name>``.
"""
