"""What the API of webhooks refuses, beyond what every address does."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from common.api.errors import declare

declare(
    "too_many_webhooks",
    status=409,
    title=_("There are too many webhooks."),
    advice=_("Remove a webhook that you no longer need, or let one address take more kinds of events."),
)
declare(
    "test_under_way",
    status=409,
    title=_("A test is under way already."),
    advice=_("Wait for its result: it stands among the deliveries within a minute."),
)
declare(
    "test_not_replayed",
    status=409,
    title=_("A test is not sent again."),
    advice=_("Send a new test."),
)
declare(
    "delivery_pending",
    status=409,
    title=_("The delivery is on its way already."),
    advice=_("Wait for its result. It is tried for three days."),
)
declare(
    "webhook_off",
    status=409,
    title=_("The webhook is off."),
    advice=_("Switch it on first: PATCH its state to “active”."),
)
