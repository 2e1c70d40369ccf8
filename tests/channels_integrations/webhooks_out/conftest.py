from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from logistics.models import Partner
from tests.channels_integrations.webhooks_out.partner_system import Receiver, serve


@pytest.fixture
def receivers() -> Iterator[Callable[[], Receiver]]:
    servers = []

    def another() -> Receiver:
        receiver = Receiver()
        servers.append(serve(receiver))
        return receiver

    yield another
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def receiver(receivers: Callable[[], Receiver]) -> Receiver:
    return receivers()


@pytest.fixture
def hall(db: None) -> Partner:
    return Partner.objects.create(kind="warehouse", name="Hall", language="en")


@pytest.fixture
def quay(db: None) -> Partner:
    return Partner.objects.create(kind="broker", name="Quay", language="en")
