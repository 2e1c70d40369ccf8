"""Django's PostgreSQL engine over the embedded server, which starts when a connection is first needed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from common.embedded_postgres.cluster import SUPERUSER, cluster_at
from common.embedded_postgres.places import EmbeddedPostgresError

PATIENCE_SECONDS = 20.0
_PASSING = (
    "Connection refused",
    "No such file or directory",  # the socket of a server that has just ended
    "closed the connection unexpectedly",
    "starting up",
    "shutting down",
    "recovery mode",
    "not yet accepting connections",
)


class DatabaseWrapper(base.DatabaseWrapper):
    """Fills in where the server listens, each time anew: it may have been restarted on another port."""

    def get_connection_params(self) -> dict[str, Any]:
        """The parameters for psycopg. Starts the server; raises OperationalError with a sentence when it cannot."""
        try:
            server = cluster_at(Path(settings.EMBEDDED_POSTGRES_DIR)).ensure()
        except EmbeddedPostgresError as error:
            raise OperationalError(str(error)) from error
        self.settings_dict.update(HOST=server.host, PORT=str(server.port), USER=SUPERUSER, PASSWORD=server.password)
        parameters: dict[str, Any] = super().get_connection_params()
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection. A server that was killed a moment ago is waited for: its keeper is about to notice."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return super().get_new_connection(conn_params)
            except psycopg.OperationalError as error:
                passing = any(words in str(error) for words in _PASSING)
                if not passing or time.monotonic() > deadline:
                    raise
            time.sleep(0.1)
            conn_params = self.get_connection_params()
