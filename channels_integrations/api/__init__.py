"""The API of the doors: partners' webhooks."""
