"""Who gets in, how, and that a door once closed is closed at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.errors import InvalidInput, PermissionRefused
from common.models import Connection, User
from logistics.models import Partner, PartnerContact
from tests.tickets.partner_pages.conftest import PASSWORD, asked, browser, contact
from tests.tickets.workflows import people
from tickets.choices import Audience
from tickets.models import Message
from tickets.policies.actor import Actor
from tickets.portal.partner.urls import urlpatterns
from tickets.services.partner_people import invite, send_password_link

NOT_HERE = "There is nothing here"
SIGN_IN = "/partner/sign-in/"
LINK = re.compile(r"http\S+(/partner/welcome/\S+)")


def inviter() -> Actor:
    boss = User.objects.create_superuser("boss@clearway.example", PASSWORD, full_name="Boss")
    return Actor.staff(boss)


def sign_in(email: str, password: str = PASSWORD, client: Client | None = None) -> tuple[Client, int, str]:
    client = client or Client()
    answer = client.post(SIGN_IN, {"username": email, "password": password})
    return client, answer.status_code, answer.content.decode()


def test_invited_contact_chooses_a_password_and_signs_in(broker: Partner, mailbox: Connection) -> None:
    ana = PartnerContact.objects.create(partner=broker, name="Ana", email="ana@aduana.example", language="zh-Hans")

    invite(contact_id=ana.pk, actor=inviter(), now=timezone.now())

    ana.refresh_from_db()
    user = ana.user
    assert user is not None
    assert (user.is_staff, user.is_superuser, user.language, user.time_zone) == (
        False,
        False,
        "zh-hans",
        "Europe/Lisbon",
    )
    mail = Message.objects.get(identity__external_id="ana@aduana.example")
    assert (mail.audience, mail.ticket_id) == (Audience.PARTNER, None)
    found = LINK.search(mail.text)
    assert found is not None
    client = Client()
    form = client.get(found[1], follow=True)
    assert form.status_code == 200
    where = form.redirect_chain[-1][0]
    assert "token" not in where
    done = client.post(where, {"new_password1": "vier Schiffe am Kai", "new_password2": "vier Schiffe am Kai"})
    assert done.headers["Location"] == f"{SIGN_IN}?chosen=1"
    client, status, _text = sign_in("Ana@aduana.example", "vier Schiffe am Kai")
    assert status == 302
    assert client.get("/partner/").status_code == 200
    assert Client().get(found[1], follow=True).status_code == 404, "the link works once"


def test_invitation_needs_a_permission_an_address_and_a_mailbox(broker: Partner) -> None:
    nobody = PartnerContact.objects.create(partner=broker, name="No mail")
    somebody = PartnerContact.objects.create(partner=broker, name="Ana", email="ana@aduana.example")
    now, boss = timezone.now(), inviter()

    with pytest.raises(PermissionRefused):
        invite(contact_id=somebody.pk, actor=people.staff(), now=now)
    with pytest.raises(InvalidInput, match="e-mail address"):
        invite(contact_id=nobody.pk, actor=boss, now=now)
    with pytest.raises(InvalidInput, match="mailbox"):
        invite(contact_id=somebody.pk, actor=boss, now=now)

    assert not User.objects.filter(email="ana@aduana.example").exists()


def test_address_of_one_of_ours_is_never_a_partners(broker: Partner, mailbox: Connection) -> None:
    boss = inviter()
    mole = PartnerContact.objects.create(partner=broker, name="Mole", email="BOSS@clearway.example")

    with pytest.raises(InvalidInput, match="Somebody else"):
        invite(contact_id=mole.pk, actor=boss, now=timezone.now())

    mole.refresh_from_db()
    assert mole.user is None


def test_staff_are_told_that_these_pages_are_for_partners(db: None) -> None:
    User.objects.create_user("lena@clearway.example", PASSWORD, full_name="Lena", is_staff=True)

    _client, status, text = sign_in("lena@clearway.example")
    assert status == 200
    assert "People of ours sign in at the desk." in text

    client = Client()
    client.force_login(User.objects.get(email="lena@clearway.example"), backend="common.auth.EmployeeBackend")
    refused = client.get("/partner/")
    assert refused.status_code == 403
    assert "These pages are for partners" in refused.content.decode()


def test_partner_never_gets_into_the_desk(ines: Client) -> None:
    for page in ("/admin/", "/admin/tickets/ticket/", "/admin/logistics/partner/"):
        answer = ines.get(page)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/admin/login/")


def test_partner_who_signs_in_at_the_desk_is_refused(broker: Partner) -> None:
    contact(broker)

    answer = Client().post("/admin/login/", {"username": "ines@aduana.example", "password": PASSWORD})

    assert answer.status_code == 200
    assert "_auth_user_id" not in answer.client.session


@pytest.mark.parametrize("what", ["contact", "partner", "user", "unlinked"])
def test_whoever_is_switched_off_is_out_at_once(ines: Client, broker: Partner, what: str) -> None:
    ticket = asked(broker)
    where = f"/partner/tickets/{ticket.pk}/"
    assert ines.get(where).status_code == 200
    person = PartnerContact.objects.get(partner=broker)

    if what == "contact":
        PartnerContact.objects.update(is_active=False)
    elif what == "partner":
        Partner.objects.filter(pk=broker.pk).update(is_active=False)
    elif what == "user":
        User.objects.filter(pk=person.user_id).update(is_active=False)
    else:
        PartnerContact.objects.update(user=None)

    for page in (where, "/partner/", "/partner/work/", "/partner/figures/"):
        answer = ines.get(page)
        assert answer.status_code in (302, 403)
        assert ticket.reference not in answer.content.decode()
    assert ines.post(f"{where}answer/", {"text": "Still here"}).status_code in (302, 403)
    assert not Message.objects.filter(ticket=ticket, text="Still here").exists()
    _client, status, text = sign_in("ines@aduana.example")
    assert status == 200
    assert "do not belong together" in text


def test_person_made_staff_is_no_partner_any_more(ines: Client) -> None:
    User.objects.filter(email="ines@aduana.example").update(is_staff=True)

    assert ines.get("/partner/").status_code == 403


def test_wrong_passwords_are_slowed_down_as_at_the_desk(broker: Partner) -> None:
    contact(broker)
    client = Client()

    tries = [sign_in("ines@aduana.example", "wrong", client)[1] for _try in range(7)]

    assert tries[0] == 200
    assert tries[-1] == 429
    assert sign_in("ines@aduana.example", PASSWORD, client)[1] == 429


def test_forgotten_password_is_answered_alike_for_everybody(broker: Partner, mailbox: Connection) -> None:
    contact(broker)
    User.objects.create_user("lena@clearway.example", PASSWORD, full_name="Lena", is_staff=True)

    answers = [
        Client().post("/partner/forgotten/", {"email": email})
        for email in ("ines@aduana.example", "nobody@aduana.example", "lena@clearway.example")
    ]

    assert {(one.status_code, one.headers["Location"], one.content) for one in answers} == {
        (302, "/partner/forgotten/?sent=1", b"")
    }
    assert [mail.identity.external_id for mail in Message.objects.select_related("identity") if mail.identity] == [
        "ines@aduana.example"
    ]


def test_password_link_is_no_key_once_the_contact_is_switched_off(broker: Partner, mailbox: Connection) -> None:
    contact(broker)
    send_password_link(email="ines@aduana.example", now=timezone.now())
    found = LINK.search(Message.objects.get().text)
    assert found is not None
    PartnerContact.objects.update(is_active=False)

    assert Client().get(found[1], follow=True).status_code == 404


def test_whoever_is_not_signed_in_comes_back_to_where_they_wanted(broker: Partner) -> None:
    contact(broker)
    ticket = asked(broker)
    client = Client()

    sent = client.get(f"/partner/tickets/{ticket.pk}/")
    back = client.post(sent.headers["Location"], {"username": "ines@aduana.example", "password": PASSWORD})

    assert back.headers["Location"] == f"/partner/tickets/{ticket.pk}/"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/partner/", "/admin/", "/partner/../admin/"]
)
def test_sign_in_leads_to_partners_pages_only(broker: Partner, wanted: str) -> None:
    contact(broker)

    answer = Client().post(SIGN_IN, {"username": "ines@aduana.example", "password": PASSWORD, "next": wanted})

    assert answer.headers["Location"] == "/partner/"


def test_signing_out_ends_the_session(ines: Client) -> None:
    assert ines.get("/partner/sign-out/").status_code == 405
    assert ines.post("/partner/sign-out/").status_code == 302
    assert ines.get("/partner/").headers["Location"].startswith(SIGN_IN)


def test_password_and_language_are_ones_own_to_change(ines: Client) -> None:
    wrong = ines.post(
        "/partner/account/", {"act": "password", "old_password": "no", "new_password1": "a", "new_password2": "b"}
    )
    words = "drei Kisten Tee"
    right = ines.post(
        "/partner/account/",
        {"act": "password", "old_password": PASSWORD, "new_password1": words, "new_password2": words},
    )
    own = ines.post("/partner/account/", {"act": "own", "language": "zh-hans", "time_zone": "Asia/Shanghai"})

    assert (wrong.status_code, right.status_code, own.status_code) == (400, 302, 302)
    user = User.objects.get(email="ines@aduana.example")
    assert user.check_password(words)
    assert (user.language, user.time_zone, user.is_staff) == ("zh-hans", "Asia/Shanghai", False)
    assert ines.get("/partner/").status_code == 200, "the session goes on"


def test_foreign_ids_answer_like_those_that_do_not_exist(
    ines: Client, stranger: Client, broker: Partner, mailbox: Connection
) -> None:
    ticket = asked(broker)
    ines.post(f"/partner/tickets/{ticket.pk}/answer/", {"text": "mine"})
    addresses = [
        ("get", "/partner/tickets/{}/", ticket.pk, {}),
        ("post", "/partner/tickets/{}/acknowledge/", ticket.pk, {}),
        ("post", "/partner/tickets/{}/answer/", ticket.pk, {"text": "theirs"}),
        ("post", "/partner/tickets/{}/steps/receive_answer/", ticket.pk, {}),
    ]

    for method, address, number, data in addresses:
        foreign = getattr(stranger, method)(address.format(number), data)
        missing = getattr(stranger, method)(address.format(number + 10_000), data)
        assert foreign.status_code == missing.status_code == 404, address
        assert NOT_HERE in foreign.content.decode()
        assert _same(foreign.content, number) == _same(missing.content, number + 10_000), address
    assert not Message.objects.filter(text="theirs").exists()


def _same(content: bytes, number: int) -> str:
    """A page without what differs by itself: the address asked for, the form's token."""
    text = content.decode().replace(str(number), "#")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


def test_session_of_one_browser_shows_one_partner_alone(broker: Partner) -> None:
    """Two contacts of one partner see the same tickets."""
    first, second = browser(contact(broker, "Ana")), browser(contact(broker, "Rui"))
    ticket = asked(broker, now=timezone.now() - timedelta(minutes=1))

    assert all(ticket.reference in one.get("/partner/").content.decode() for one in (first, second))


def test_every_address_of_the_pages_asks_who_it_is_or_is_open_on_purpose(stranger: Client, db: None) -> None:
    """A new address is open to nobody until it stands in one of these lists."""
    open_to_all = {"sign_in", "sign_out", "forgotten", "welcome", "language"}
    of_everybody = {"queue", "account", "work", "scans", "figures"}
    of_one_thing = {"ticket", "acknowledge", "answer", "step", "file", "work_one", "work_step", "parcel"}
    names = {str(one.name).removeprefix("partner_") for one in urlpatterns}
    numbers = {"ticket_id": 1, "attachment_id": 1, "work_id": 1, "shipment_id": 1, "kind": "booking", "step_name": "x"}

    assert names == open_to_all | of_everybody | of_one_thing
    for one in urlpatterns:
        name = str(one.name).removeprefix("partner_")
        if name in open_to_all:
            continue
        wanted = {key: numbers[key] for key in one.pattern.converters}
        address = reverse(f"partner_{name}", kwargs=wanted)
        method = "get" if Client().get(address).status_code != 405 else "post"
        assert getattr(Client(), method)(address).headers["Location"].startswith(SIGN_IN), name
        assert getattr(stranger, method)(address).status_code == (404 if name in of_one_thing else 200), name
