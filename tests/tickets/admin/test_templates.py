"""Templates at the desk: checked when saved, previewed on real tickets, put into the composer and never sent by it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.models import User
from knowledge_base.models import MessageTemplate, TemplateText
from logistics.models import Customer
from tickets.choices import Kind
from tickets.models import Message, Rule, Ticket
from tickets.policies.actor import Actor
from tickets.services.linking import open_ticket
from tickets.services.template_users import users

pytestmark = pytest.mark.django_db
CHANGE, LIST = "admin:knowledge_base_messagetemplate_change", "admin:knowledge_base_messagetemplate_changelist"


@pytest.fixture
def desk(client: Client) -> Client:
    boss = User.objects.create_superuser("boss@clearway.example", "a long password", full_name="Boss")
    client.force_login(boss, backend="common.auth.EmployeeBackend")
    return client


@pytest.fixture
def ticket() -> Ticket:
    customer = Customer.objects.create(name="Anna {carrier}", language="de", time_zone="Europe/Berlin")
    return open_ticket(kind=Kind.INQUIRY, actor=Actor.system("test"), now=timezone.now(), customer=customer)


@pytest.fixture
def hello() -> MessageTemplate:
    made = MessageTemplate.objects.create(key="hello", name="Hello")
    TemplateText.objects.create(template=made, language="en", text="Hello {customer_name}, {reference}.")
    return made


def form_of(template: MessageTemplate, *texts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    data = {
        "name": template.name,
        "key": template.key,
        "purpose": template.purpose,
        "audience": template.audience,
        "fallback_language": template.fallback_language,
        "is_active": "on",
        "texts-TOTAL_FORMS": len(texts),
        "texts-INITIAL_FORMS": sum("id" in text for text in texts),
        **fields,
    }
    for number, text in enumerate(texts):
        data |= {
            f"texts-{number}-{name}": value for name, value in {"template": template.pk, "subject": "", **text}.items()
        }
    return data


def save(desk: Client, template: MessageTemplate, *texts: dict[str, Any], **fields: Any) -> str:
    address = reverse(CHANGE, args=[template.pk])
    return desk.post(address, form_of(template, *texts, **fields), follow=True).content.decode()


def english(template: MessageTemplate, text: str) -> dict[str, Any]:
    return {"id": template.texts.get(language="en").pk, "language": "en", "text": text}


def test_a_sound_text_is_saved(desk: Client, hello: MessageTemplate) -> None:
    save(desk, hello, english(hello, "Hi {customer_name}."), {"language": "de", "text": "Hallo {customer_name}."})
    assert dict(hello.texts.values_list("language", "text")) == {
        "en": "Hi {customer_name}.",
        "de": "Hallo {customer_name}.",
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Hi\n{custmer_name}", "Line 2: There is no {custmer_name}. Do you mean {customer_name}?"),
        ("Hi {customer_name", "is not closed in its line"),
        ("Hi {contact_name}", "{contact_name} is not for these readers."),
    ],
)
def test_a_mistake_is_refused_with_a_sentence(desk: Client, hello: MessageTemplate, text: str, sentence: str) -> None:
    assert sentence in save(desk, hello, english(hello, text))
    assert hello.texts.get().text == "Hello {customer_name}, {reference}."


def test_the_fallback_language_must_have_a_text(desk: Client, hello: MessageTemplate) -> None:
    page = save(desk, hello, english(hello, "Hi."), fallback_language="de")
    assert "the fallback language" in page
    hello.refresh_from_db()
    assert hello.fallback_language == "en"


def test_what_a_translation_leaves_out_is_said_and_saved(desk: Client, hello: MessageTemplate) -> None:
    page = save(desk, hello, english(hello, "Hi {reference}."), {"language": "fr", "text": "Bonjour."})
    assert "French: {reference} stands in the fallback language and not here." in page
    assert hello.texts.count() == 2


def test_an_unknown_language_is_refused(desk: Client, hello: MessageTemplate) -> None:
    assert "is no language we know" in save(desk, hello, english(hello, "Hi."), {"language": "xx-qq", "text": "?"})


def test_the_list_says_which_languages_are_missing(desk: Client, hello: MessageTemplate) -> None:
    page = desk.get(reverse(LIST) + "?q=hello").content.decode()
    assert "German" in page
    assert "Japanese" in page


def test_one_in_use_is_not_deleted(desk: Client, hello: MessageTemplate) -> None:
    Rule.objects.create(
        name="Greets",
        actions=[{"action": "reply_with_template", "inputs": {"template": "hello"}}],
        updated_at=timezone.now(),
    )
    address = reverse("admin:knowledge_base_messagetemplate_delete", args=[hello.pk])
    assert "is used by the rule “Greets”" in desk.get(address).content.decode()
    desk.post(address, {"post": "yes"})
    assert MessageTemplate.objects.filter(pk=hello.pk).exists()

    Rule.objects.filter(name="Greets").delete()
    desk.post(address, {"post": "yes"})
    assert not MessageTemplate.objects.filter(pk=hello.pk).exists()


def test_a_shipped_one_is_not_deleted(desk: Client) -> None:
    one = MessageTemplate.objects.get(key="out_of_hours")
    assert "Clearway itself" in list(users("out_of_hours"))
    desk.post(reverse("admin:knowledge_base_messagetemplate_delete", args=[one.pk]), {"post": "yes"})
    assert MessageTemplate.objects.filter(pk=one.pk).exists()


def preview(desk: Client, reference: str, text: str, **fields: Any) -> Any:
    data = {"reference": reference, "language": "de", "audience": "customer", "subject": "", "text": text, **fields}
    return desk.post(reverse("admin:tickets_ticket_template_preview"), data)


def test_a_text_is_shown_as_a_real_ticket_fills_it(desk: Client, ticket: Ticket) -> None:
    answer = preview(desk, ticket.reference, "Hallo {customer_name}, {reference}[, {eta}]. Bis {opens_at}.").json()
    assert answer["text"].startswith(f"Hallo Anna {{carrier}}, {ticket.reference}. Bis Dienstag, 24. November 2026")


def test_a_mistake_in_the_draft_is_told_at_once(desk: Client, ticket: Ticket) -> None:
    answer = preview(desk, ticket.reference, "Hallo {nobody_knows}")
    assert answer.status_code == 400
    assert "There is no {nobody_knows}" in answer.json()["problems"][0]


def test_a_ticket_one_may_not_see_previews_nothing(client: Client, ticket: Ticket) -> None:
    secret = open_ticket(
        kind=Kind.SAFETY,
        actor=Actor.system("test"),
        now=timezone.now(),
        customer=Customer.objects.create(name="Marisol"),
    )
    agent = User.objects.create_user("agent@clearway.example", full_name="Agent", is_staff=True)
    agent.groups.add(Group.objects.get(name="Agent"))
    client.force_login(agent, backend="common.auth.EmployeeBackend")

    answer = preview(client, secret.reference, "{customer_name}")
    assert (answer.status_code, "Marisol" in answer.content.decode()) == (400, False)
    assert preview(client, ticket.reference, "{customer_name}").status_code == 200


def test_the_composer_takes_a_template_and_sends_nothing(desk: Client, ticket: Ticket, hello: MessageTemplate) -> None:
    page = desk.get(reverse("admin:tickets_ticket_change", args=[ticket.pk])).content.decode()
    address = reverse("admin:tickets_ticket_template", args=[ticket.pk, "hello"])
    assert address in page

    assert desk.get(address).json() == {"text": f"Hello Anna {{carrier}}, {ticket.reference}."}
    plain = desk.get(reverse("admin:tickets_ticket_change", args=[ticket.pk]) + "?template=hello").content.decode()
    assert f"Hello Anna {{carrier}}, {ticket.reference}.</textarea>" in plain
    assert not Message.objects.filter(ticket=ticket).exists()


def test_a_template_that_needs_more_says_what(desk: Client, ticket: Ticket) -> None:
    answer = desk.get(reverse("admin:tickets_ticket_template", args=[ticket.pk, "out_of_hours"]))
    assert answer.status_code == 409
    assert "{opens_at}" in answer.json()["error"]
