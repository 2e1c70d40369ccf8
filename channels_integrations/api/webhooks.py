"""A partner's webhooks: subscriptions, their secrets, what was sent, sending again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from channels_integrations.api import problems  # noqa: F401 - its codes go into the catalogue
from channels_integrations.api.webhook_rows import (
    DELIVERY,
    SECRET,
    SUBSCRIPTION,
    DeliveryRow,
    NewSubscriptionRow,
    ReplayRow,
    SecretRow,
    SubscriptionRow,
    WholeDeliveryRow,
    delivery_row,
    subscription_etag,
    subscription_row,
    try_row,
)
from channels_integrations.choices import DeliveryState, SubscriptionState
from channels_integrations.models import WebhookDelivery, WebhookSubscription
from channels_integrations.webhooks_out import replaying, subscriptions
from channels_integrations.webhooks_out.catalogue import EVENTS
from channels_integrations.webhooks_out.signing import LONGEST_OVERLAP, OVERLAP
from common.api.documented import documented
from common.api.filters import ChoicesFilter, Filters, MomentFilter, WordFilter
from common.api.inputs import Input
from common.api.versions import check_match
from common.api.views import PARTNERS, ApiRequest, ApiView, ListView, moment
from logistics.choices import Scope
from tickets.choices import Kind, Priority

_HOUR = timedelta(hours=1)


class _Wishes(Input):
    """What a subscription is told of. An empty list means all."""

    name = serializers.CharField(max_length=120, required=False, allow_blank=True)
    event_types = serializers.ListField(
        child=serializers.ChoiceField(choices=list(EVENTS)), required=False, max_length=len(EVENTS)
    )
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=Kind.values), required=False, max_length=20)
    priorities = serializers.ListField(
        child=serializers.ChoiceField(choices=Priority.values), required=False, max_length=4
    )
    destinations = serializers.ListField(
        child=serializers.RegexField("^[A-Z]{2}$"), required=False, max_length=250, help_text="ISO 3166, like DE."
    )
    contact_email = serializers.EmailField(required=False, allow_blank=True)


class NewSubscription(_Wishes):
    """A new subscription."""

    url = serializers.CharField(max_length=500, help_text="https, of the public internet.")


class SubscriptionChanges(_Wishes):
    """What changes of a subscription; what is left out stays."""

    url = serializers.CharField(max_length=500, required=False)
    state = serializers.ChoiceField(
        choices=[SubscriptionState.ACTIVE.value, SubscriptionState.OFF.value],
        required=False,
        help_text="active: what waited is sent at once. off: nothing is sent, and nothing kept for later.",
    )


class Rotation(Input):
    """How long both secrets sign."""

    overlap_hours = serializers.IntegerField(
        min_value=0, max_value=LONGEST_OVERLAP // _HOUR, default=OVERLAP // _HOUR, required=False
    )


class Period(Input):
    """What happened from ``since`` to before ``until``."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    everything = serializers.BooleanField(
        default=False, required=False, help_text="Also what your system has taken already."
    )


class DeliveryFilters(Filters):
    """What lists of deliveries are narrowed by."""

    state = ChoicesFilter(choices=DeliveryState.choices, lookup_expr="in", help_text="How far they came.")
    type = WordFilter(max_length=40, help_text="Events of this type.")
    happened_since = MomentFilter(field_name="happened_at", lookup_expr="gte", help_text="Happened since this moment.")
    happened_before = MomentFilter(field_name="happened_at", lookup_expr="lt", help_text="Happened before this moment.")


def _partner(request: ApiRequest) -> int:
    partner_id = request.auth.partner_id
    assert partner_id is not None, "only partners' keys are let in"
    return partner_id


class _OfPartner(ApiView):
    """Views of one partner's subscriptions."""

    open_to: ClassVar = frozenset({PARTNERS})

    def scoped(self, request: ApiRequest) -> QuerySet[Any]:
        """The partner's own subscriptions."""
        return WebhookSubscription.objects.filter(partner_id=_partner(request))

    def row_of(self, row: Any) -> dict[str, Any]:
        """See ``SubscriptionRow``."""
        return subscription_row(row)


class Subscriptions(_OfPartner, ListView):
    """All of a partner's subscriptions."""

    scopes: ClassVar = {"GET": Scope.WEBHOOKS, "POST": Scope.WEBHOOKS}
    row = SubscriptionRow

    @documented(
        "webhook_subscriptions_list",
        answer=SubscriptionRow,
        many=True,
        summary="List webhook subscriptions",
        answer_example={"results": [SUBSCRIPTION], "next": None},
    )
    def get(self, request: ApiRequest) -> Response:
        """Those of your own, the newest first."""
        return self.page(request)

    @documented(
        "webhook_subscriptions_create",
        body=NewSubscription,
        answer=NewSubscriptionRow,
        status=201,
        versioned=True,
        problems=("too_many_webhooks",),
        summary="Subscribe an address",
        body_example={"url": SUBSCRIPTION["url"], "event_types": SUBSCRIPTION["event_types"]},
        answer_example=SUBSCRIPTION | {"secret": SECRET},
    )
    def post(self, request: ApiRequest) -> Response:
        """From now on events are sent there, signed with the secret of the answer. It is shown this once."""
        values = self.read(NewSubscription)
        made, secret = subscriptions.subscribe(partner_id=_partner(request), now=self.now, **values)
        row = subscription_row(made) | {"secret": secret}
        return self.created(row, f"/api/v1/webhook-subscriptions/{made.pk}/", etag=subscription_etag(made))


class Subscription(_OfPartner):
    """One subscription."""

    scopes: ClassVar = {"GET": Scope.WEBHOOKS, "PATCH": Scope.WEBHOOKS, "DELETE": Scope.WEBHOOKS}

    @documented(
        "webhook_subscriptions_read",
        answer=SubscriptionRow,
        versioned=True,
        summary="Read one webhook subscription",
        answer_example=SUBSCRIPTION,
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        """One of your own, with how its address fares."""
        row = self.one(request, pk=pk)
        return self.answered(subscription_row(row), etag=subscription_etag(row))

    @documented(
        "webhook_subscriptions_update",
        body=SubscriptionChanges,
        answer=SubscriptionRow,
        versioned=True,
        summary="Change a webhook subscription",
        body_example={"state": "active"},
        answer_example=SUBSCRIPTION,
    )
    def patch(self, request: ApiRequest, pk: int) -> Response:
        """Change what is sent and where, or switch it on or off."""
        with transaction.atomic():
            row = self.one(request, pk=pk, lock=True)
            check_match(request, subscription_etag(row))
            values = self.read(SubscriptionChanges)
            state = values.pop("state", None)
            if values:
                subscriptions.change(row, values=values, now=self.now)
            if state is not None:
                subscriptions.switch(row, is_active=state == SubscriptionState.ACTIVE, now=self.now)
        return self.answered(subscription_row(row), etag=subscription_etag(row))

    @documented("webhook_subscriptions_delete", status=204, versioned=True, summary="Remove a webhook subscription")
    def delete(self, request: ApiRequest, pk: int) -> Response:
        """Nothing is sent there any more. The log of its deliveries goes along."""
        with transaction.atomic():
            row = self.one(request, pk=pk, lock=True)
            check_match(request, subscription_etag(row))
            subscriptions.remove(row)
        return Response(status=204)


class SecretRotation(_OfPartner):
    """A subscription's secret."""

    scopes: ClassVar = {"POST": Scope.WEBHOOKS}

    @documented(
        "webhook_subscriptions_rotate_secret",
        body=Rotation,
        answer=SecretRow,
        summary="Make a new signing secret",
        body_example={"overlap_hours": 24},
        answer_example={"secret": SECRET, "previous_secret_until": "2026-11-25T09:00:00Z"},
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        """Until the overlap ends messages carry two signatures: of the new secret, and of the one before."""
        with transaction.atomic():
            row = self.one(request, pk=pk, lock=True)
            hours = self.read(Rotation)["overlap_hours"]
            secret = subscriptions.rotate(row, now=self.now, overlap=hours * _HOUR)
        return Response({"secret": secret, "previous_secret_until": moment(row.previous_until)})


class Test(_OfPartner):
    """A test of a subscription's address."""

    scopes: ClassVar = {"POST": Scope.WEBHOOKS}

    @documented(
        "webhook_subscriptions_test",
        answer=DeliveryRow,
        status=202,
        problems=("test_under_way",),
        summary="Send a test",
        answer_example=DELIVERY | {"type": "webhook.test", "sequence": 0, "state": "pending"},
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        """A message of type webhook.test is sent within seconds, once. Read the delivery for what came of it."""
        delivery = subscriptions.send_test(self.one(request, pk=pk), now=self.now)
        return Response(delivery_row(delivery), status=202)


class Replay(_OfPartner):
    """A replay of a period."""

    scopes: ClassVar = {"POST": Scope.WEBHOOKS}

    @documented(
        "webhook_subscriptions_replay",
        body=Period,
        answer=ReplayRow,
        status=202,
        problems=("webhook_off",),
        summary="Send a period again",
        body_example={"since": "2026-11-23T00:00:00Z", "until": "2026-11-24T00:00:00Z"},
        answer_example={"deliveries": 42},
    )
    def post(self, request: ApiRequest, pk: int) -> Response:
        """What your system has not taken of that time, under the same ids; also what was never sent there."""
        with transaction.atomic():
            row = self.one(request, pk=pk, lock=True)
            count = replaying.replay_period(row, **self.read(Period), now=self.now)
        return Response({"deliveries": count}, status=202)


class _OfSubscription(ApiView):
    """Views of one subscription's deliveries."""

    open_to: ClassVar = frozenset({PARTNERS})

    def scoped(self, request: ApiRequest) -> QuerySet[Any]:
        """Its deliveries, when it is the partner's own."""
        return WebhookDelivery.objects.filter(
            subscription_id=self.kwargs["pk"], subscription__partner_id=_partner(request)
        )

    def row_of(self, row: Any) -> dict[str, Any]:
        """See ``DeliveryRow``."""
        return delivery_row(row)


class Deliveries(_OfSubscription, ListView):
    """What was sent to a subscription, or will be."""

    scopes: ClassVar = {"GET": Scope.WEBHOOKS}
    row = DeliveryRow
    filters = DeliveryFilters

    @documented(
        "webhook_deliveries_list",
        answer=DeliveryRow,
        many=True,
        summary="List deliveries",
        answer_example={"results": [DELIVERY], "next": None},
    )
    def get(self, request: ApiRequest, pk: int) -> Response:
        """Deliveries of the last 30 days, the newest first."""
        if not WebhookSubscription.objects.filter(pk=pk, partner_id=_partner(request)).exists():
            raise Http404
        return self.page(request)


class Delivery(_OfSubscription):
    """One delivery."""

    scopes: ClassVar = {"GET": Scope.WEBHOOKS}

    @documented(
        "webhook_deliveries_read",
        answer=WholeDeliveryRow,
        summary="Read one delivery",
        answer_example=DELIVERY
        | {
            "body": '{"type":"ticket.transitioned","timestamp":"2026-11-24T09:00:00Z","data":{"sequence":4}}',
            "tries": [
                {
                    "started_at": "2026-11-24T09:00:00Z",
                    "milliseconds": 84,
                    "status": 204,
                    "failure": "",
                    "request_headers": {"webhook-id": DELIVERY["webhook_id"], "content-type": "application/json"},
                    "response_headers": {},
                    "response_body": "",
                }
            ],
        },
    )
    def get(self, request: ApiRequest, pk: int, delivery_id: int) -> Response:
        """What was sent, and what your system answered to each try."""
        row = self.one(request, pk=delivery_id)
        tries = [try_row(one) for one in row.tries.order_by("pk")]
        return self.answered(delivery_row(row) | {"body": row.body, "tries": tries})


class DeliveryReplay(_OfSubscription):
    """A delivery, once more."""

    scopes: ClassVar = {"POST": Scope.WEBHOOKS}

    @documented(
        "webhook_deliveries_replay",
        answer=DeliveryRow,
        status=202,
        problems=("webhook_off", "delivery_pending", "test_not_replayed"),
        summary="Send one delivery again",
        answer_example=DELIVERY | {"state": "pending"},
    )
    def post(self, request: ApiRequest, pk: int, delivery_id: int) -> Response:
        """The same bytes under the same id, with a new signature."""
        delivery = replaying.replay(self.one(request, pk=delivery_id).pk, now=self.now)
        return Response(delivery_row(delivery), status=202)
