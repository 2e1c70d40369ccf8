"""Use cases. Keyword-only, typed, atomic; ``now`` is given by the caller; views, tasks and commands only call these."""
