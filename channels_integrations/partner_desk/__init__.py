"""Partners who work in our pages or by our API."""
