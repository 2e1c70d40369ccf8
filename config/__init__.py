"""The composed site: settings, addresses, processes and their supervisor, health. Nobody imports it."""
