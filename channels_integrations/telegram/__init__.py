"""Telegram, by a bot's webhook (https://core.telegram.org/bots/api)."""
