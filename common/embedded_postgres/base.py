"""Django's PostgreSQL engine over the embedded server, which starts when a connection is first needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base
from django.db.utils import OperationalError

from common.embedded_postgres.cluster import SUPERUSER, cluster_at
from common.embedded_postgres.places import EmbeddedPostgresError


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
