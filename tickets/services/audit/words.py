"""An audit in words, in the active language: what was found, and what speaks for the proposal."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tickets.choices import Proposal
from tickets.models import Audit
from tickets.policies.channel_names import channel_label

_ADVICE: dict[str, str | Promise] = {
    Proposal.KEEP: gettext_lazy("What was agreed is kept. Nothing needs to change."),
    Proposal.NO_DATA: gettext_lazy("Too little was asked this month to judge by."),
    Proposal.SWITCH_CHANNEL: gettext_lazy("We propose to ask by %(other)s from now on."),
    Proposal.NAME_BACKUP: gettext_lazy("We propose to name a second contact who answers when the first does not."),
    Proposal.BACKUP_FIRST: gettext_lazy("We propose to ask the backup contact first from now on."),
    Proposal.AGREE_ANEW: gettext_lazy("We propose to agree on another answer time: the present one is not kept."),
    Proposal.TALK: gettext_lazy("We propose to talk about how answers can come in time again."),
    Proposal.REVIEW: gettext_lazy("We propose to review how we work together."),
    Proposal.MEND_CHANNEL: gettext_lazy("Look why messages on this channel do not arrive."),
    Proposal.STAFF_CHANNEL: gettext_lazy("Put more people on this channel, or promise less on it."),
}


def percent(share: float | None) -> str:
    """A share as people write it; a dash where there is none."""
    return "–" if share is None else f"{share * 100:.0f} %"


def advice_of(audit: Audit) -> str:
    """The proposal as a sentence."""
    return str(_ADVICE[audit.proposal]) % {"other": channel_label(audit.other_channel)}


def evidence_of(audit: Audit) -> list[str]:
    """What speaks for the proposal, a sentence a finding."""
    said: dict[str, Any] = {
        "asked": audit.asked,
        "in_time": audit.in_time,
        "late": audit.late,
        "share": percent(audit.share),
        "before": percent(audit.share_before_1),
        "earlier": percent(audit.share_before_2),
    }
    lines = [_("%(in_time)d of %(asked)d answers came in time (%(share)s), %(late)d came late.") % said]
    if audit.unanswered:
        line = ngettext("%(count)d was not answered at all.", "%(count)d were not answered at all.", audit.unanswered)
        lines.append(line % {"count": audit.unanswered})
    if audit.median_minutes is not None and audit.agreed_minutes is not None:
        line = _("Half of the answers took more than %(median)d working minutes; %(agreed)d were agreed.")
        lines.append(line % {"median": audit.median_minutes, "agreed": audit.agreed_minutes})
    elif audit.median_minutes is not None:
        lines.append(_("Half of the answers took more than %(median)d minutes.") % {"median": audit.median_minutes})
    if audit.about == "channel":
        lines += _of_channel(audit)
    elif audit.calls:
        said_of_calls = {"calls": audit.calls, "backup": audit.backup}
        lines.append(_("We had to call %(calls)d times, %(backup)d of them the backup contact.") % said_of_calls)
    if audit.share_before_1 is not None or audit.share_before_2 is not None:
        lines.append(_("In time two months before: %(earlier)s, the month before: %(before)s, now: %(share)s.") % said)
    if audit.other_channel:
        other = {"other": channel_label(audit.other_channel), "share": percent(audit.other_share)}
        lines.append(_("By %(other)s, %(share)s of the answers came in time.") % other)
    return lines


def _of_channel(audit: Audit) -> list[str]:
    said = {"sent": audit.calls, "failed": audit.failed, "backup": audit.backup}
    return [_("Of %(sent)d messages %(failed)d did not arrive; %(backup)d went out by another channel.") % said]
