"""The picture guide for partners: every step is taken in a browser, every text it quotes stands on the page.

CLEARWAY_SCREENSHOTS=1 writes the pictures of docs/partners anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone, translation
from playwright.sync_api import FilePayload, Page

from common.models import User
from common.revisions import look_again
from knowledge_base.models.checklist import PaperType
from logistics.choices import Fault, PartnerKind, TrackingReason, TrackingStatus
from logistics.models import Agreement, Carrier, Partner, PartnerContact, Shipment
from logistics.policies.tracking import NormalisedEvent, NormalisedTrack
from logistics.services.tracking import record_track
from tests.tickets.workflows import people
from tickets.choices import Kind
from tickets.models import Ticket
from tickets.services.conversations import write_to_partner
from tickets.services.journal import changing
from tickets.services.transitions import take_way

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DOCS = Path(__file__).resolve().parents[2] / "docs" / "partners"
PASSWORD = "four ships at the quay"
NUMBER = "RR123456785CN"
LARGEST = 120_000
GUIDES = {"en": "README.md", "zh-hans": "README.zh-CN.md"}
_QUOTED = re.compile(r"\*\*(.+?)\*\*")
_PICTURE = re.compile(r"\]\(pictures/([^)]+)\)")


@dataclass
class Walk:
    """A telephone in a partner's hand, and the texts that were seen on it."""

    page: Page
    folder: Path
    language: str
    seen: list[str] = field(default_factory=list)

    def shoot(self, name: str, at: str = "") -> None:
        """Take a picture of what is on the screen, from the element ``at`` on."""
        if at:
            self.page.locator(at).first.evaluate("element => element.scrollIntoView({block: 'start'})")
        path = self.folder / self.language / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, animations="disabled", caret="hide")
        assert 3_000 < path.stat().st_size < LARGEST
        self.read()

    def read(self) -> None:
        """Remember what the page says, also what its fields and folded parts say."""
        body = self.page.locator("body")
        self.seen += [body.inner_text(), body.text_content() or ""]
        self.seen += [one.get_attribute("placeholder") or "" for one in self.page.locator("[placeholder]").all()]


@pytest.fixture(params=list(GUIDES))
def walk(request: pytest.FixtureRequest, chromium: object, live_server: object, tmp_path: Path) -> Iterator[Walk]:
    new_page: Callable[..., Page] = request.getfixturevalue("new_page")
    folder = DOCS / "pictures" if os.environ.get("CLEARWAY_SCREENSHOTS") == "1" else tmp_path
    locale = "zh-CN" if request.param == "zh-hans" else "en-GB"
    page = new_page(viewport={"width": 390, "height": 720}, is_mobile=True, has_touch=True, locale=locale)
    yield Walk(page, folder, request.param)
    translation.activate("en")


def a_matter(language: str) -> Ticket:
    """A parcel at customs whose papers are missing, at the partner who carries it."""
    look_again()
    now = timezone.now() - timedelta(minutes=20)
    partner = Partner.objects.create(
        kind=PartnerKind.BROKER, name="Swift Customs", time_zone="Asia/Shanghai", country="CN"
    )
    Agreement.objects.create(partner=partner, answer_minutes=240, time_zone="Asia/Shanghai", channel="desk")
    user = User.objects.create_user(
        "mei@swift.example", PASSWORD, full_name="Mei Lin", language=language, time_zone="Asia/Shanghai"
    )
    PartnerContact.objects.create(partner=partner, name="Mei Lin", email="mei@swift.example", user=user)
    carrier = Carrier.objects.create(code="swift", name="Swift")
    shipment = Shipment.objects.create(
        tracking_number=NUMBER, carrier=carrier, origin_country="CN", destination_country="ES"
    )
    steps = (
        (TrackingStatus.PICKED_UP, TrackingReason.NONE, "Shenzhen", 60),
        (TrackingStatus.IN_TRANSIT, TrackingReason.NONE, "Hong Kong", 40),
        (TrackingStatus.CUSTOMS, TrackingReason.DOCUMENTS_REQUIRED, "Madrid", 4),
    )
    events = tuple(
        NormalisedEvent(
            at=now - timedelta(hours=hours),
            offset_minutes=0,
            status=status,
            reason=reason,
            fault=Fault.NOBODY,
            location=place,
            country="",
            raw_code=place,
            text="",
            external_key=place,
        )
        for status, reason, place, hours in steps
    )
    track = NormalisedTrack(
        tracking_number=NUMBER, carrier_code="", status=steps[-1][0], reason=steps[-1][1], events=events
    )
    record_track(source="swift", track=track, now=now)
    staff = people.staff()
    ticket = people.ticket(Kind.CLEARANCE, shipment=Shipment.objects.get(pk=shipment.pk), now=now)
    for way, data in (
        ("triage", {}),
        ("submit_to_broker", {"broker": partner.pk}),
        (
            "request_documents",
            {
                "papers": [PaperType.COMMERCIAL_INVOICE, PaperType.PACKING_LIST],
                "asked_of": "broker",
                "due_at": (now + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"),
            },
        ),
    ):
        take_way(ticket_id=ticket.pk, way=way, data=data, actor=staff, now=now)
    with changing(ticket.pk, actor=staff, now=now) as change:
        write_to_partner(
            change,
            partner=partner,
            text="Customs in Madrid ask for the commercial invoice and the packing list.",
        )
    return Ticket.objects.get(pk=ticket.pk)


def test_the_guide_shows_what_a_partner_sees(walk: Walk, tmp_path: Path) -> None:
    ticket = a_matter(walk.language)
    page = walk.page

    page.goto("/partner/")
    page.fill("[name=username]", "mei@swift.example")
    page.fill("[name=password]", PASSWORD)
    walk.shoot("sign-in")
    page.click("main button[type=submit]")
    page.wait_for_url("**/partner/")
    page.wait_for_selector(f"text={ticket.reference}")
    walk.shoot("queue")
    page.click(f"text={ticket.reference}")
    page.wait_for_selector("h1#what")
    walk.shoot("ticket")
    step = page.locator("details.step").filter(has=page.locator("[name=papers]"))
    if not step.first.evaluate("element => element.open"):
        step.locator("summary").click()
    step.locator("[name=papers][value=commercial_invoice]").check()
    step.locator("[name=papers][value=packing_list]").check()
    files: list[FilePayload] = [
        {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"} for name in ("invoice", "packing")
    ]
    step.locator("[name=files]").set_input_files(files)
    walk.shoot("papers", at="details.step:has([name=papers])")
    step.locator("button[type=submit]").click()
    page.wait_for_selector(".notice.good")
    walk.shoot("received")

    page.goto("/partner/")
    page.fill("#q", NUMBER)
    walk.shoot("search")
    page.keyboard.press("Enter")
    page.wait_for_selector("ol.way")
    walk.shoot("way", at="section:has(ol.way)")

    guide = (DOCS / GUIDES[walk.language]).read_text()
    seen = " ".join(walk.seen)
    assert [quoted for quoted in _QUOTED.findall(guide) if quoted not in seen] == []
    pictures = _PICTURE.findall(guide)
    assert sorted(pictures) == sorted(
        f"{walk.language}/{name}.png" for name in ("sign-in", "queue", "ticket", "papers", "received", "search", "way")
    )
    assert [name for name in pictures if not (DOCS / "pictures" / name).exists()] == []
    ticket.refresh_from_db(fields=["phase"])
    assert Ticket.objects.get(pk=ticket.pk).state == "documents_received"
