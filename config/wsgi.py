"""The web process's entrance."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from config.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

die_with_parent()  # a worker of the web server ends when the server was killed
application = get_wsgi_application()
