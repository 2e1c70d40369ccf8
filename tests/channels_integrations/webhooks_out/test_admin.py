"""Webhooks at the desk: buttons, the log, and secrets that are shown once."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from channels_integrations.choices import DeliveryState
from channels_integrations.errors import SubscriptionRefused
from channels_integrations.models import WebhookDelivery, WebhookSubscription
from channels_integrations.webhooks_out import forgetting, subscriptions
from common.models import User
from logistics.models import Partner
from tests.channels_integrations.webhooks_out.partner_system import Receiver, happen, send, subscribed, ticket_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    client = Client()
    person = User.objects.create_superuser("ad@clearway.example", full_name="Ad")
    client.force_login(person, backend="common.auth.EmployeeBackend")
    return client


def page(row: WebhookSubscription, name: str) -> str:
    return reverse(f"admin:channels_integrations_webhooksubscription_{name}", args=[row.pk])


def shown_secret(html: str) -> str:
    [found] = re.findall(r"whsec_[A-Za-z0-9+/=]{20,}", html)
    return str(found)


def test_new_webhook_shows_its_secret_once_and_the_list_its_host(
    desk: Client, hall: Partner, receiver: Receiver
) -> None:
    address = reverse("admin:channels_integrations_webhooksubscription_add")
    form = {
        "partner": hall.pk,
        "name": "WMS",
        "url": receiver.url,
        "event_types": ["ticket.addressed"],
        "priorities": ["1"],
    }

    answer = desk.post(address, form | {"destinations": "de, fr"})

    made = WebhookSubscription.objects.get()
    secret = shown_secret(answer.content.decode())
    assert made.secrets == {"current": secret}
    assert "no-store" in answer.headers["Cache-Control"]
    assert (made.destinations, made.priorities, made.event_types) == (["DE", "FR"], [1], ["ticket.addressed"])
    for name in ("changelist", "change"):
        args = [made.pk] if name == "change" else []
        html = desk.get(reverse(f"admin:channels_integrations_webhooksubscription_{name}", args=args)).content.decode()
        assert secret.removeprefix("whsec_") not in html
        assert "127.0.0.1" in html


def test_address_that_cannot_be_is_refused_beside_its_field(desk: Client, hall: Partner) -> None:
    address = reverse("admin:channels_integrations_webhooksubscription_add")

    answer = desk.post(address, {"partner": hall.pk, "url": "ftp://hooks.example.com/"})

    assert "url" in answer.context["adminform"].form.errors
    assert not WebhookSubscription.objects.exists()


def test_rotation_shows_the_new_secret_and_keeps_the_old_one_for_a_day(
    desk: Client, hall: Partner, receiver: Receiver
) -> None:
    row, old = subscribed(hall, receiver)
    assert desk.get(page(row, "rotate")).status_code == 200
    row.refresh_from_db()
    assert row.secrets == {"current": old}

    new = shown_secret(desk.post(page(row, "rotate")).content.decode())

    row.refresh_from_db()
    assert row.secrets == {"current": new, "previous": old}
    assert row.previous_until is not None


def test_test_button_leads_to_the_result_and_the_log_shows_request_and_response(
    desk: Client, hall: Partner, receiver: Receiver
) -> None:
    row, secret = subscribed(hall, receiver)
    receiver.answer(418, {"Server": "teapot"}, "short and stout")

    led_to = desk.post(page(row, "test")).headers["Location"]
    send()

    html = desk.get(led_to).content.decode()
    assert "webhook.test" in html
    assert "short and stout" in html
    assert "teapot" in html
    assert secret.removeprefix("whsec_") not in html
    assert WebhookDelivery.objects.get().state == DeliveryState.DEAD


def test_replay_of_one_and_of_a_period_send_again(desk: Client, hall: Partner, receiver: Receiver) -> None:
    row, _secret = subscribed(hall, receiver, event_types=["ticket.addressed"])
    happen(ticket_of(hall))
    send()
    delivery = WebhookDelivery.objects.get()
    listed = reverse("admin:channels_integrations_webhookdelivery_changelist")

    desk.post(listed, {"action": "replay_selected", "_selected_action": [delivery.pk]})
    send()
    desk.post(page(row, "replay"), {"hours": "24", "everything": "on"})
    send()

    assert len(receiver.calls) == 3


def test_switch_turns_off_and_on(desk: Client, hall: Partner, receiver: Receiver) -> None:
    row, _secret = subscribed(hall, receiver)

    desk.post(page(row, "switch"))
    row.refresh_from_db()
    assert (row.state, row.reason) == ("off", "switched")

    desk.post(page(row, "switch"))
    row.refresh_from_db()
    assert (row.state, row.reason) == ("active", "")


def test_deliveries_older_than_a_month_are_removed_with_their_tries(hall: Partner, receiver: Receiver) -> None:
    subscribed(hall, receiver)
    happen(ticket_of(hall))
    send()
    old = WebhookDelivery.objects.earliest("pk")
    WebhookDelivery.objects.filter(pk=old.pk).update(created_at=timezone.now() - forgetting.KEPT)

    assert forgetting.forget_old(now=timezone.now()) == 1

    assert [row.pk for row in WebhookDelivery.objects.all()] == [old.pk + 1]


def test_partner_has_a_limit_of_subscriptions(hall: Partner, receiver: Receiver) -> None:
    for _ in range(subscriptions.MOST):
        subscribed(hall, receiver)

    with pytest.raises(SubscriptionRefused):
        subscribed(hall, receiver)
