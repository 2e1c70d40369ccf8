"""What each address of the API is about: one module a room; docs in `tests.security.api_walking`."""
