"""Programs for development, demonstration and measuring; nothing in production imports them."""
