"""The API of tickets."""
