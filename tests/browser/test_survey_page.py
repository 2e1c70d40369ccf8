"""How it went, asked on a telephone: one tap, then a word if somebody wants to say one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from common.models import User
from logistics.models import Customer
from tickets.choices import LinkPurpose
from tickets.models import SurveyAnswer
from tickets.policies.actor import Actor
from tickets.services.customer_links import make_link
from tickets.services.linking import open_ticket
from tickets.services.transitions import take_way

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_customer_answers_with_one_tap_and_adds_a_word(new_page: Callable[..., Page], tmp_path: Path) -> None:
    now = timezone.now()
    us = Actor.staff(User.objects.create_user("li@clearway.example", is_staff=True, is_superuser=True))
    customer = Customer.objects.create(name="Anna", language="de", time_zone="Europe/Berlin")
    ticket = open_ticket(kind="inquiry", customer=customer, actor=us, now=now)
    take_way(ticket_id=ticket.pk, way="resolve", actor=us, now=now)
    SurveyAnswer.objects.create(ticket=ticket, asked_at=now)
    address = make_link(ticket=ticket, purpose=LinkPurpose.SURVEY, now=now).split("/t/")[1]
    page = new_page(viewport={"width": 390, "height": 844}, locale="de-DE")

    page.goto(f"/t/{address}")
    page.screenshot(path=tmp_path / "asked.png")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("button[name=score][value='4']").click()
    expect(page.locator("button[name=score]")).to_have_count(0)
    page.screenshot(path=tmp_path / "answered.png")
    page.locator("textarea").fill("Schnell und freundlich.")
    page.locator("form button[type=submit]").last.click()
    expect(page.locator("textarea")).to_have_count(0)
    page.screenshot(path=tmp_path / "commented.png")

    row = SurveyAnswer.objects.get()
    assert (row.score, row.comment) == (4, "Schnell und freundlich.")
