"""People of partners who sign in: invited by mail, known by their contact, locked out as soon as it is switched off."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from common.errors import InvalidInput, PermissionRefused
from common.jobs import nudge
from common.models import Connection, User
from logistics.models import PartnerContact
from tickets.choices import Audience
from tickets.models import ChannelIdentity, Conversation
from tickets.policies.actor import Actor
from tickets.policies.text import safe
from tickets.services.conversations import write_notice

INVITES = "logistics.change_partnercontact"
"""The permission that whoever invites needs."""


def contact_of(user: User) -> PartnerContact | None:
    """The contact somebody signs in as, with its partner; None for people of ours and whoever was switched off.

    One query: asked with every request, so that switching off a contact or a partner works at once.
    """
    if not user.is_active or user.is_staff:
        return None
    contacts = PartnerContact.objects.select_related("partner").filter(is_active=True, partner__is_active=True)
    return contacts.filter(user=user.pk).first()


@transaction.atomic
def invite(*, contact_id: int, actor: Actor, now: datetime) -> PartnerContact:
    """Let a contact sign in on the partner's pages: a person for them, and a mail with a link to set a password.

    Inviting again sends a new link; the old one is good until it is used or PASSWORD_RESET_TIMEOUT has passed. Raises
    PermissionRefused, InvalidInput for a contact or partner that is switched off, without an address, or whose address
    is somebody else's, and when no mailbox is connected.
    """
    if not actor.may(INVITES):
        raise PermissionRefused(_("You may not do this here."))
    contact = PartnerContact.objects.select_for_update(of=("self",)).select_related("partner").get(pk=contact_id)
    if not contact.is_active or not contact.partner.is_active:
        raise InvalidInput(_("This contact or its partner is switched off."))
    if contact.user_id is None:
        contact.user = _person_for(contact)
        contact.save(update_fields=["user"])
    assert contact.user is not None
    _send(contact, contact.user, is_invitation=contact.user.last_login is None, now=now)
    return contact


@transaction.atomic
def send_password_link(*, email: str, now: datetime) -> bool:
    """Mail a new password link to whoever has this address and may sign in here. Whether there was anybody.

    Whoever asks must not be told: an address that is nobody's is answered in the same way.
    """
    user = User.objects.by_sign_in_name(email).select_related("partner_contact").first() if "@" in email else None
    contact = contact_of(user) if user is not None else None
    if user is None or contact is None:
        return False
    try:
        _send(contact, user, is_invitation=False, now=now)
    except InvalidInput:  # no mailbox: nothing that whoever asks could do
        return False
    return True


def password_link(user: User) -> str:
    """The address at which somebody sets a password: once, and not after PASSWORD_RESET_TIMEOUT."""
    number = urlsafe_base64_encode(force_bytes(user.pk))
    return f"{settings.PUBLIC_URL}/partner/welcome/{number}/{default_token_generator.make_token(user)}/"


def language_of(contact: PartnerContact) -> str:
    """The language of the pages that suits a contact best: Chinese where it is theirs, else English."""
    known = (contact.language or contact.partner.language).lower()
    return "zh-hans" if known.partition("-")[0] == "zh" else "en"


def _person_for(contact: PartnerContact) -> User:
    """The person of a contact's address, made when there is none."""
    try:
        validate_email(contact.email)
    except ValidationError as error:
        raise InvalidInput(_("Write down the contact's e-mail address first.")) from error
    known: User | None = User.objects.by_sign_in_name(contact.email).first()
    if known is None:
        made: User = User.objects.create_user(
            contact.email,
            full_name=contact.name,
            language=language_of(contact),
            time_zone=contact.partner.time_zone,
        )
        return made
    if known.is_staff or known.is_superuser or PartnerContact.objects.filter(user=known).exists():
        raise InvalidInput(_("Somebody else signs in with this address already."))
    return known


def _send(contact: PartnerContact, user: User, *, is_invitation: bool, now: datetime) -> None:
    mailbox = Connection.objects.filter(provider="email", is_active=True).order_by("id").first()
    if mailbox is None:
        raise InvalidInput(_("No mailbox is connected, so no invitation can be sent."))
    identity, _made = ChannelIdentity.objects.get_or_create(
        connection=mailbox,
        external_id=user.email.lower()[:255],
        defaults={
            "partner": contact.partner,
            "display_name": contact.name,
            "is_verified": True,
            "created_at": now,
        },
    )
    conversation, _made = Conversation.objects.get_or_create(
        connection=mailbox,
        identity=identity,
        thread=f"sign-in-{user.pk}",
        defaults={"audience": Audience.PARTNER, "started_at": now, "last_message_at": now},
    )
    language = user.language
    with translation.override(language):
        values = {"name": safe(contact.name), "partner": safe(contact.partner.name), "link": password_link(user)}
        values["days"] = str(settings.PASSWORD_RESET_TIMEOUT // 86_400)
        if is_invitation:
            subject = _("Your access to Clearway")
            text = _(
                "Hello %(name)s,\n\nwe have set up a page for %(partner)s where you see what we ask of you, answer, "
                "and hand in papers. Choose your password here:\n\n%(link)s\n\nThe link works once and for %(days)s "
                "days. If you did not expect it, you need not do anything."
            )
        else:
            subject = _("A new password for Clearway")
            text = _(
                "Hello %(name)s,\n\nsomebody asked for a new password for your page of %(partner)s. Choose it "
                "here:\n\n%(link)s\n\nThe link works once and for %(days)s days. If it was not you, you need not do "
                "anything: your password stays as it is."
            )
        write_notice(conversation, subject=subject, text=text % values, language=language, now=now)
    nudge("message_queued")
