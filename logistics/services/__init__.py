"""Use cases of parcels. Keyword-only, typed, atomic; ``now`` is given by the caller."""
