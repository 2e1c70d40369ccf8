"""The dashboards: declared in ``boards``, drawn by ``drawing`` and ``page``; the tickets behind each figure."""
