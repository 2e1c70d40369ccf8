"""What the doors do: keep what comes in, understand it, hand over what goes out."""
