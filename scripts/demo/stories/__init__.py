"""The stories of the day, one module each: ``play(day)`` plays it step by step."""
