"""The demonstration: a scripted day of real traffic through the whole running system (``make demo``).

``python -m scripts.demo`` prepares the database, starts the stand-ins and the site, and lets the driver play the day.
The driver is a process of its own that knows neither Django nor the database: it reads pages, fills in forms, sends and
reads mail, and calls webhooks, as people, customers and carriers do.
"""
