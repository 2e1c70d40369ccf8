"""What tickets listen to."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_migrate, post_save
from django.dispatch import receiver
from django.utils import timezone

from common.jobs import on_topic
from common.models import User
from common.revisions import PROMISES, ROUTING, RULES, bump
from common.uses import used_by
from logistics.models import Agreement, Customer, Partner, Shipment
from tickets.models import Membership, PromisePolicy, Rule, RuleSwitch, Team
from tickets.services import template_users  # noqa: F401 - it registers itself
from tickets.services.advisories import tell_parcel
from tickets.services.escalation.shipped import ship_ladders
from tickets.services.promises.shipped import ship_promises
from tickets.services.rules.shipped import ship_rules
from tickets.services.rules.uses import NAMED_MODELS, sentences_of
from tickets.services.tiers import follow_tier

on_topic("incident_noticed", "tickets.tasks.handle_incidents")
on_topic("events_to_settle", "tickets.tasks.settle_events")
on_topic("webhook_waiting", "tickets.tasks.call_webhooks")
on_topic("parcel_moved", "tickets.tasks.tell_notices")
on_topic("lane_warned", "tickets.tasks.tell_lanes")


@receiver(post_migrate, dispatch_uid="tickets.ship")
def ship(sender: Any, **kwargs: Any) -> None:
    """Give a site what it begins with: promises, ladders, and the rules that start them."""
    if getattr(sender, "name", "") == "tickets" and kwargs["using"] == "default":
        ship_promises(using=kwargs["using"])
        ship_ladders()
        ship_rules()


@receiver((post_save, post_delete), sender=PromisePolicy)
@receiver((post_save, post_delete), sender=Team)
@receiver((post_save, post_delete), sender=Partner)
@receiver((post_save, post_delete), sender=Agreement)
def promises_changed(sender: Any, **kwargs: Any) -> None:
    """Policies, and whose hours they count in: every process compiles them anew, the clock recounts open tickets."""
    bump(PROMISES)


@receiver(post_save, sender=Customer)
def tier_changed(sender: Any, instance: Customer, created: bool, **kwargs: Any) -> None:
    """Other promises hold for a customer of another tier, and other rules."""
    fields = kwargs.get("update_fields")
    if not created and (fields is None or "tier" in fields):
        follow_tier(instance)


@receiver(post_save, sender=Shipment)
def lane_known(sender: Any, instance: Shipment, created: bool, **kwargs: Any) -> None:
    """A parcel whose lane is known only now may lie on one that is held up."""
    if not created and instance.has_new_lane:
        tell_parcel(instance, now=timezone.now())


@receiver((post_save, post_delete), sender=Team)
@receiver((post_save, post_delete), sender=Membership)
@receiver(post_save, sender=User)
def desk_changed(sender: Any, **kwargs: Any) -> None:
    """Whoever may take tickets is looked at anew. Signing in changes nobody's work."""
    if kwargs.get("update_fields") != frozenset({"last_login"}):
        bump(ROUTING)


used_by(*NAMED_MODELS)(sentences_of)


@receiver((post_save, post_delete), sender=Rule)
@receiver((post_save, post_delete), sender=RuleSwitch)
def rules_changed(sender: Any, **kwargs: Any) -> None:
    """Every process compiles the rules anew."""
    fields = kwargs.get("update_fields")
    if fields is None or set(fields) - {"checked_to"}:
        bump(RULES)
