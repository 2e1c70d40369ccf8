"""The usual roles: groups with their permissions, as data. ``set_up_roles --reset`` undoes what was changed of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext_noop

from tickets.models import ShippedRole

READ = (
    "tickets.view_ticket",
    "tickets.view_message",
    "tickets.view_attachment",
    "tickets.view_ticketevent",
    "tickets.view_ticketfacts",
    "tickets.view_team",
    "tickets.view_page",
    "tickets.view_escalation",
    "tickets.view_rota",
    "tickets.view_rotalayer",
    "tickets.view_rotaoverride",
    "tickets.view_escalationpolicy",
    "tickets.view_escalationlevel",
    "tickets.view_handover",
    "tickets.view_promisepolicy",
    "tickets.view_breach",
    "tickets.view_surveyanswer",
    "tickets.view_compensation",
    "tickets.view_claim",
    "tickets.view_claimterms",
    "logistics.view_customer",
    "logistics.view_shipment",
    "logistics.view_trackingevent",
    "logistics.view_incident",
    "logistics.view_partner",
    "logistics.view_partnercontact",
    "logistics.view_agreement",
    "logistics.view_carrier",
    "logistics.view_inboundbooking",
    "logistics.view_stockcount",
    "logistics.view_shipmentinstruction",
    "logistics.view_stocklevel",
    "logistics.view_stocksync",
    "knowledge_base.view_wordlist",
    "knowledge_base.view_countrychecklist",
    "knowledge_base.view_messagetemplate",
    "knowledge_base.view_templatetext",
    "logistics.view_laneadvisory",
)
WORK = (*READ, "tickets.work_ticket", "tickets.add_message", "tickets.add_attachment", "logistics.change_customer")
_RUN_MODELS = (
    ("common", "connection"),
    ("common", "user"),
    ("common", "businesscalendar"),
    ("common", "businessinterval"),
    ("common", "calendarday"),
    ("auth", "group"),
    ("logistics", "customer"),
    ("logistics", "shipment"),
    ("logistics", "partner"),
    ("logistics", "partnercontact"),
    ("logistics", "agreement"),
    ("logistics", "carrier"),
    ("logistics", "apikey"),
    ("channels_integrations", "webhooksubscription"),
    ("logistics", "statusmapping"),
    ("knowledge_base", "wordlist"),
    ("knowledge_base", "countrychecklist"),
    ("knowledge_base", "messagetemplate"),
    ("knowledge_base", "templatetext"),
    ("logistics", "laneadvisory"),
    ("tickets", "team"),
    ("tickets", "membership"),
    ("tickets", "claimterms"),
)
RUN = (
    *(f"{app}.{act}_{model}" for app, model in _RUN_MODELS for act in ("view", "add", "change")),
    "common.delete_businesscalendar",
    "common.delete_businessinterval",
    "common.delete_calendarday",
    "auth.delete_group",
    "knowledge_base.delete_wordlist",
    "knowledge_base.delete_countrychecklist",
    "knowledge_base.delete_messagetemplate",
    "knowledge_base.delete_templatetext",
    "logistics.delete_partnercontact",
    "tickets.delete_membership",
    "tickets.delete_claimterms",
    "tickets.delete_team",
)
LADDERS = tuple(
    f"tickets.{act}_{model}"
    for model in ("rota", "rotalayer", "rotaoverride", "escalationpolicy", "escalationlevel")
    for act in ("view", "add", "change", "delete")
)
"""Rotas and ladders: supervisors plan them."""
LOOK = (
    "channels_integrations.view_inboundevent",
    "channels_integrations.view_deliveryattempt",
    "channels_integrations.view_webhooksubscription",
    "channels_integrations.view_webhookdelivery",
    "tickets.view_chainhead",
    "tickets.view_audit",
    "tickets.view_surveysettings",
    "tickets.view_reportschedule",
    "tickets.view_rule",
    "tickets.view_rulerun",
    "logistics.view_statusmapping",
    "logistics.view_apikey",
    "django_q.view_failure",
    "common.view_businesscalendar",
)


@dataclass(frozen=True, slots=True)
class Role:
    """A role's name (in English, as the group is called) and what it may do."""

    name: str
    permissions: tuple[str, ...]


AGENT = Role(gettext_noop("Agent"), WORK)
CUSTOMS = Role(gettext_noop("Customs specialist"), (*WORK, "tickets.decide_customs"))
WAREHOUSE = Role(
    gettext_noop("Warehouse liaison"), (*WORK, "tickets.work_warehouse", "logistics.work_warehouse_orders")
)
FINANCE = Role(gettext_noop("Finance"), (*WORK, "tickets.decide_money"))
LEGAL = Role(gettext_noop("Legal"), (*WORK, "tickets.decide_safety", "tickets.view_safety", "tickets.erase_customer"))
SUPERVISOR = Role(
    gettext_noop("Supervisor"),
    (
        *WORK,
        *LOOK,
        *LADDERS,
        "tickets.decide_customs",
        "tickets.decide_money",
        "tickets.decide_safety",
        "tickets.view_safety",
        "tickets.work_warehouse",
        "logistics.work_warehouse_orders",
        "tickets.supervise",
        "tickets.view_dashboards",
        "tickets.change_team",
        "tickets.add_promisepolicy",
        "tickets.change_promisepolicy",
        "tickets.delete_promisepolicy",
        "tickets.view_membership",
        "tickets.add_membership",
        "tickets.change_membership",
        "tickets.delete_membership",
        "tickets.add_rule",
        "tickets.change_rule",
        "tickets.delete_rule",
        "tickets.switch_rules",
        "tickets.change_audit",
        "tickets.add_reportschedule",
        "tickets.change_reportschedule",
        "tickets.delete_reportschedule",
        "logistics.change_statusmapping",
        "channels_integrations.change_inboundevent",
        "channels_integrations.change_webhookdelivery",
        "knowledge_base.change_wordlist",
        "knowledge_base.change_countrychecklist",
        "knowledge_base.add_messagetemplate",
        "knowledge_base.change_messagetemplate",
        "knowledge_base.add_templatetext",
        "knowledge_base.change_templatetext",
        "knowledge_base.delete_templatetext",
        "logistics.add_agreement",
        "logistics.change_agreement",
        "logistics.add_laneadvisory",
        "logistics.change_laneadvisory",
        "common.view_user",
    ),
)
ADMINISTRATOR = Role(
    gettext_noop("Administrator"),
    tuple(dict.fromkeys((*SUPERVISOR.permissions, *RUN, "tickets.erase_customer", "tickets.change_surveysettings"))),
)
AUDITOR = Role(
    gettext_noop("Auditor"),
    (
        *READ,
        *LOOK,
        "tickets.view_dashboards",
        "tickets.view_safety",
        "tickets.view_membership",
        "common.view_user",
        "auth.view_group",
        "common.view_connection",
    ),
)
ROLES = (AGENT, CUSTOMS, WAREHOUSE, FINANCE, LEGAL, SUPERVISOR, ADMINISTRATOR, AUDITOR)


@transaction.atomic
def set_up_roles(*, reset: bool = False) -> list[str]:
    """Make the roles that are missing, and give those that are there the permissions that are new in them.

    What administrators took away or added stays; with ``reset`` all are set back to the table. Returns the names of
    those made or changed. Permissions that do not exist (yet) are left out: a later run finds them.
    """
    known = _known({name for role in ROLES for name in role.permissions})
    shipped = {one.name: one for one in ShippedRole.objects.select_related("group")}
    return [role.name for role in ROLES if _set_up(role, shipped.get(role.name), known, reset=reset)]


def _known(wanted: Iterable[str]) -> dict[str, int]:
    apps = {name.partition(".")[0] for name in wanted}
    rows = Permission.objects.filter(content_type__app_label__in=apps)
    return {
        f"{app}.{codename}": number
        for number, app, codename in rows.values_list("id", "content_type__app_label", "codename")
    }


def _set_up(role: Role, shipped: ShippedRole | None, known: Mapping[str, int], *, reset: bool) -> bool:
    """Make or complete one role. Whether anything was given or set."""
    usual = [name for name in role.permissions if name in known]
    is_new = False
    if shipped is None:
        group, is_new = Group.objects.get_or_create(name=role.name)
        # A group that was there before we kept book: what it lacks counts as taken away.
        shipped = ShippedRole.objects.create(name=role.name, group=group, given=usual)
        fresh: list[str] = []
    else:
        fresh = [name for name in usual if name not in shipped.given]
    if is_new or reset:
        shipped.group.permissions.set([known[name] for name in usual])
    else:
        shipped.group.permissions.add(*(known[name] for name in fresh))
    if fresh:
        shipped.given = [*shipped.given, *fresh]
        shipped.save(update_fields=["given"])
    return is_new or reset or bool(fresh)
