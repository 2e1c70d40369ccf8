from __future__ import annotations

from typing import Any

from common.models import Connection
from tests.channels_integrations.conftest import ANA, text_update
from tests.channels_integrations.services.writing import converse, queue


def test_metrics_tell_what_waits(bot: Connection, post: Any, client: Any, settings: Any) -> None:
    settings.METRICS_TOKEN = "t0ken"
    post(text_update("hello", update_id=1))
    post(b"{")
    queue(converse(bot, str(ANA)))

    page = client.get("/metrics", headers={"Authorization": "Bearer t0ken"}).content.decode()

    assert 'clearway_inbound_events{state="pending"} 1.0' in page
    assert 'clearway_inbound_events{state="malformed"} 1.0' in page
    assert 'clearway_outgoing_messages{status="queued"} 1.0' in page
    assert 'clearway_outgoing_messages{status="dead"} 0.0' in page
