"""What a key is told of itself."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.response import Response

from common.api.documented import documented
from common.api.views import ApiRequest, ApiView, moment
from logistics.choices import Scope
from logistics.models import ApiKey


class KeyAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """The key that a request was sent with, and whom it acts for."""

    name = serializers.CharField(help_text="What the key is for.")
    holder = serializers.CharField(help_text="The partner, or the person of ours for whom an integration acts.")
    kind = serializers.ChoiceField(choices=["partner", "staff"])
    partner_id = serializers.IntegerField(allow_null=True)
    language = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.values))
    expires_at = serializers.DateTimeField(allow_null=True)
    allowed_networks = serializers.ListField(child=serializers.CharField())


class MyKey(ApiView):
    """The key itself."""

    scopes: ClassVar = {"GET": Scope.READ}

    def scoped(self, request: ApiRequest) -> QuerySet[ApiKey]:
        """The one key."""
        return ApiKey.objects.filter(pk=request.auth.key_id)

    @documented(
        "me_read",
        answer=KeyAnswer,
        answer_example={
            "name": "Warehouse system",
            "holder": "Rotterdam Fulfilment",
            "kind": "partner",
            "partner_id": 7,
            "language": "en",
            "scopes": ["read", "answer"],
            "expires_at": "2027-11-24T00:00:00Z",
            "allowed_networks": ["203.0.113.0/24"],
        },
    )
    def get(self, request: ApiRequest) -> Response:
        """Whom your key acts for, and what it may do.

        The first request to make: it says that the key works.
        """
        caller = request.auth
        key = self.one(request)
        row: dict[str, Any] = {
            "name": caller.key_name,
            "holder": caller.name,
            "kind": "partner" if caller.is_partner else "staff",
            "partner_id": caller.partner_id,
            "language": caller.language,
            "scopes": sorted(caller.scopes),
            "expires_at": moment(key.expires_at),
            "allowed_networks": key.allowed_networks,
        }
        return self.answered(row)
