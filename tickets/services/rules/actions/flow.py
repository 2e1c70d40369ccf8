"""What steers the rules themselves, and the sending of messages."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.inputs import Time
from tickets.choices import RuleTrigger
from tickets.services.rules.actions.registry import Doing, action


@action("stop", gettext_lazy("Stop here"), says=lambda _raw: _("look at no later rule"))
def stop(doing: Doing) -> str:
    """Whoever runs the rules sees it among the actions."""
    return "stopped"


@action(
    "hold_between",
    gettext_lazy("Hold the message"),
    inputs=[
        Time(name="from_time", label=gettext_lazy("From, the customer's time")),
        Time(name="until_time", label=gettext_lazy("Until, the customer's time")),
    ],
    triggers=frozenset({RuleTrigger.SENDING}),
    says=lambda raw: (
        _("hold it between %(start)s and %(end)s of the customer's time")
        % {"start": raw.get("from_time", ""), "end": raw.get("until_time", "")}
    ),
)
def hold_between(doing: Doing) -> str:
    """Whoever queues the message reads it (``tickets.services.quiet_hours``)."""
    return "held"
