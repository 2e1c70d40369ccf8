"""Setting up connections: what a provider needs is declared by its adapter and checked here."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from channels_integrations import providers
from channels_integrations.contract import Account, Adapter
from channels_integrations.telegram.adapter import TelegramAdapter
from common.errors import DeliveryError, InvalidInput
from common.models import Connection
from common.models.connection import ACCOUNT

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_TELEGRAM_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # https://core.telegram.org/bots/api#setwebhook


@dataclass(frozen=True, slots=True)
class Connected:
    """A connection with its webhook's address, "" for a provider that does not call us."""

    connection: Connection
    webhook_url: str
    is_new: bool


@transaction.atomic
def connect(
    *, provider: str, slug: str, values: Mapping[str, str], name: str = "", language: str = "", active: bool = True
) -> Connected:
    """Create or update a connection. ``values`` are the provider's fields; those not named keep what they have.

    Raises InvalidInput whose ``data`` maps each wrong field to sentences.
    """
    adapter = providers.get(provider)
    connection = Connection.objects.select_for_update().filter(slug=slug).first()
    is_new = connection is None
    if connection is None:
        connection = Connection(slug=slug, provider=provider, name=name or values.get("address", "").strip() or slug)
    elif connection.provider != provider:
        sentence = _("“%(slug)s” is a connection of %(provider)s already.") % {
            "slug": slug,
            "provider": connection.provider,
        }
        raise InvalidInput(sentence, data={"slug": [sentence]})
    fill_in(adapter, connection, values)
    connection.name = name or connection.name
    connection.language = language or connection.language
    connection.is_active = active
    wrong = check(adapter, connection)
    try:
        connection.full_clean(exclude=["credentials"], validate_unique=False)
    except ValidationError as error:
        wrong |= error.message_dict
    if wrong:
        raise InvalidInput(" ".join(f"{key}: {' '.join(said)}" for key, said in sorted(wrong.items())), data=wrong)
    connection.save()
    return Connected(connection, webhook_url(connection), is_new)


def fill_in(adapter: Adapter, connection: Connection, values: Mapping[str, str]) -> None:
    """Put values where they belong: secrets encrypted, the rest into the settings. Raises InvalidInput.

    An empty value takes a field back to its default. Left out, Telegram's webhook secret is made.
    """
    fields = {field.key: field for field in adapter.fields}
    unknown = sorted(values.keys() - fields.keys())
    if unknown:
        known = ", ".join(fields)
        raise InvalidInput(
            _("%(provider)s has no “%(field)s”; it has: %(known)s.")
            % {"provider": adapter.label, "field": "”, “".join(unknown), "known": known},
            data={key: [_("There is no such field.")] for key in unknown},
        )
    credentials, plain = dict(connection.credentials), dict(connection.settings)
    for key, value in values.items():
        target = credentials if fields[key].secret else plain
        if value.strip():
            target[key] = value.strip()
        else:
            target.pop(key, None)
    connection.credentials, connection.settings = credentials, plain
    complete(connection)


def complete(connection: Connection) -> None:
    """Make what nobody has to think of: the secret that Telegram sends with each update. What is there stays."""
    if connection.provider == TelegramAdapter.code and not connection.credentials.get("secret"):
        connection.credentials = {**connection.credentials, "secret": secrets.token_urlsafe(32)}


def check(adapter: Adapter, connection: Connection) -> dict[str, list[str]]:
    """What is wrong with a connection's fields: key to sentences, empty when all is well."""
    wrong: dict[str, list[str]] = {}
    for field in adapter.fields:
        value = connection.setting(field.key)
        sentence = ""
        if not value and field.required:
            sentence = _("This is needed.")
        elif value and field.choices and value not in field.choices:
            sentence = _("This must be one of: %(choices)s.") % {"choices": ", ".join(field.choices)}
        elif value:
            sentence = _wrong_value(field.key, value)
        if sentence:
            wrong[field.key] = [sentence]
    return wrong


def verify(connection: Connection, *, now: datetime) -> Account:
    """Ask the provider whether the connection works, and write on it what came of that.

    Raises InvalidInput when its fields already say that it cannot, DeliveryError with what the provider says. Takes as
    long as the provider does: not for inside a transaction.
    """
    adapter = providers.get(connection.provider)
    wrong = check(adapter, connection)
    if wrong:
        labels = {field.key: str(field.label) for field in adapter.fields}
        raise InvalidInput(" ".join(f"{labels[key]}: {' '.join(said)}" for key, said in wrong.items()), data=wrong)
    row = Connection.objects.filter(pk=connection.pk)
    try:
        account = adapter.check(connection)
    except DeliveryError as error:
        row.update(last_error=error.message, last_error_at=now)
        raise
    row.update(last_success_at=now, last_error="")
    _remember(connection, account)
    return account


def webhook_url(connection: Connection) -> str:
    """Where the provider calls us; "" when it does not."""
    if not providers.get(connection.provider).capabilities.webhook:
        return ""
    return f"{settings.PUBLIC_URL.rstrip('/')}/webhooks/{connection.slug}/"


def register(connection: Connection) -> Account:
    """Tell the provider where to call us, where it can be told. Raises DeliveryError, InvalidInput."""
    adapter = providers.get(connection.provider)
    if not isinstance(adapter, TelegramAdapter):
        raise InvalidInput(_("%(provider)s cannot be told: enter the address there.") % {"provider": adapter.label})
    account = adapter.register(connection, webhook_url(connection))
    _remember(connection, account)
    return account


def _remember(connection: Connection, account: Account) -> None:
    """Keep how the account is called at the provider: people who look for it there need the name."""
    if account.name and connection.settings.get(ACCOUNT) != account.name:
        connection.settings = {**connection.settings, ACCOUNT: account.name}
        Connection.objects.filter(pk=connection.pk).update(settings=connection.settings)


def _wrong_value(key: str, value: str) -> str:
    if key.endswith("_port") and not (value.isdigit() and 0 < int(value) < 65_536):
        return _("This must be a port, from 1 to 65535.")
    if key.endswith("_seconds") and not (value.isdigit() and int(value) > 0):
        return _("This must be a number of seconds.")
    if key in {"address", "reply_to"} and not _EMAIL.fullmatch(value):
        return _("This must be an e-mail address.")
    if key.endswith("_url") and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc):
        return _("This must start with http:// or https://.")
    if key == "secret" and not _TELEGRAM_SECRET.fullmatch(value):
        return _("This must be 1 to 256 letters, digits, _ and -.")
    return ""
