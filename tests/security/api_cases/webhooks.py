"""Partners' webhooks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from channels_integrations.models import WebhookDelivery, WebhookSubscription
from channels_integrations.webhooks_out.subscriptions import subscribe
from logistics.models import Partner
from tests.security.api_walking import Case, World, case

_ONE = "webhook-subscriptions/<int:pk>/"


def _subscription(world: World, partner: Partner) -> WebhookSubscription:
    key = f"webhooks {partner.pk}"
    if key not in world.shared:
        name = partner.name.lower()
        made, _secret = subscribe(
            partner_id=partner.pk,
            url=f"https://hooks.{name}.example/in",
            name=f"System of {partner.name}",
            now=timezone.now(),
        )
        WebhookDelivery.objects.create(
            subscription=made,
            type="ticket.opened",
            sequence=1,
            body=f'{{"told": "{name}"}}',
            state="dead",
            happened_at=timezone.now(),
            created_at=timezone.now(),
            ended_at=timezone.now(),
        )
        world.shared[key] = made
    found: WebhookSubscription = world.shared[key]
    return found


def _case(world: World, partner: Partner, **more: Any) -> Case:
    made = _subscription(world, partner)
    return Case({"pk": made.pk}, marks=(partner.name, f"hooks.{partner.name.lower()}.example"), **more)


@case("webhook-subscriptions/")
def subscriptions(world: World, partner: Partner) -> Case:
    made = _subscription(world, partner)
    return Case(bodies={"POST": {"url": "https://hooks.example.com/in"}}, marks=(made.name, made.url))


@case(_ONE)
def subscription(world: World, partner: Partner) -> Case:
    return _case(world, partner, bodies={"PATCH": {"name": "Other"}})


@case(f"{_ONE}rotate-secret/")
def rotation(world: World, partner: Partner) -> Case:
    return _case(world, partner, bodies={"POST": {"overlap_hours": 1}})


@case(f"{_ONE}test/")
def test(world: World, partner: Partner) -> Case:
    return _case(world, partner)


@case(f"{_ONE}replay/")
def replay(world: World, partner: Partner) -> Case:
    since, until = timezone.now() - timedelta(days=1), timezone.now() + timedelta(hours=1)
    return _case(world, partner, bodies={"POST": {"since": since.isoformat(), "until": until.isoformat()}})


@case(f"{_ONE}deliveries/")
def deliveries(world: World, partner: Partner) -> Case:
    return _case(world, partner)


def _delivery(world: World, partner: Partner) -> Case:
    made = _subscription(world, partner)
    delivery = WebhookDelivery.objects.get(subscription=made)
    return Case(
        {"pk": made.pk, "delivery_id": delivery.pk}, marks=(delivery.message_id, f'"told": "{partner.name.lower()}"')
    )


@case(f"{_ONE}deliveries/<int:delivery_id>/")
def delivery(world: World, partner: Partner) -> Case:
    return _delivery(world, partner)


@case(f"{_ONE}deliveries/<int:delivery_id>/replay/")
def delivery_replay(world: World, partner: Partner) -> Case:
    return _delivery(world, partner)
