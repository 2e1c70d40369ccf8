"""The signed heads of the event chains, to look at."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common.admin.base import ReadOnlyAdmin
from tickets.models import ChainHead


@admin.register(ChainHead)
class ChainHeadAdmin(ReadOnlyAdmin):
    """One row a day; `manage.py verify_chain` holds the chains against them."""

    list_display = (
        "date",
        "chains",
        "digest_hex",
        "signed_at",
    )
    ordering = ("-date",)
    fields = (
        "date",
        "chains",
        "digest_hex",
        "signature_hex",
        "signed_at",
    )
    readonly_fields = fields

    @display(description=_("chains that grew"))
    def chains(self, head: ChainHead) -> int:
        return len(head.heads)

    @display(description=_("digest"))
    def digest_hex(self, head: ChainHead) -> str:
        return bytes(head.digest).hex()

    @display(description=_("signature"))
    def signature_hex(self, head: ChainHead) -> str:
        return bytes(head.signature).hex()
