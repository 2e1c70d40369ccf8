"""Keeping views of dashboards: one's own, and those that others share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from common.models import User
from tickets.models import SavedView

MOST = 50
"""Kept views of one person on one dashboard."""
_NAME, _QUERY = 60, 1500


def views_for(user: Any, board: str) -> QuerySet[SavedView]:
    """The views of a dashboard that this person finds: their own and shared ones."""
    return (
        SavedView.objects.filter(Q(owner_id=user.pk) | Q(is_shared=True), board=board)
        .select_related("owner")
        .order_by("name", "id")[: 2 * MOST]
    )


@transaction.atomic
def save_view(*, owner: User, board: str, name: str, query: str, is_shared: bool, now: datetime) -> SavedView:
    """Keep a view under a name; one's own of that name is written over.

    Raises InvalidInput for an empty or long name, a long query, or too many views.
    """
    name = " ".join(name.replace("\x00", "").split())
    if not name or len(name) > _NAME:
        raise InvalidInput(_("Give the view a name of at most %(most)d letters.") % {"most": _NAME})
    if len(query) > _QUERY or "\x00" in query:
        raise InvalidInput(_("There are too many filters to be kept."))
    User.objects.select_for_update().get(pk=owner.pk)  # two windows of one person count one after the other
    own = SavedView.objects.filter(owner=owner, board=board)
    if own.exclude(name=name).count() >= MOST:
        raise InvalidInput(_("Remove a view first: there are %(most)d of yours.") % {"most": MOST})
    view, _is_new = SavedView.objects.update_or_create(
        owner=owner,
        board=board,
        name=name,
        defaults={"query": query, "is_shared": is_shared},
        create_defaults={"query": query, "is_shared": is_shared, "created_at": now},
    )
    return view


def remove_view(*, view_id: int, user: Any, may_remove_shared: bool) -> bool:
    """Remove one's own view, or a shared one where one may. Whether there was one."""
    mine = Q(owner_id=user.pk)
    removed, _of = SavedView.objects.filter(
        mine | Q(is_shared=True) if may_remove_shared else mine, pk=view_id
    ).delete()
    return removed > 0
