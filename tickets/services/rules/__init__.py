"""Rules: what happens by itself."""
