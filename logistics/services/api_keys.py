"""Issuing, rotating and revoking keys to the API, and telling who holds one."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from common.api.caller import Caller
from common.errors import DomainError, InvalidInput
from common.models import User
from logistics.choices import STAFF_SCOPES, Scope
from logistics.models import ApiKey, Partner

logger = logging.getLogger(__name__)

LIVE = "cw_live_"
USE_IS_NOTED_EVERY = timedelta(minutes=1)
LONGEST_OVERLAP = timedelta(days=90)
_TEXT = re.compile(r"cw_live_([a-z2-7]{10})_([A-Za-z0-9_-]{43})")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_NO_HASH = bytes(32)


def _columns(model: type[Model], *names: str) -> tuple[str, ...]:
    """The named columns in the order in which a row of the model takes them."""
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname in names)


_KEY = _columns(
    ApiKey,
    *("id", "partner_id", "user_id", "name", "prefix", "hash", "scopes", "allowed_networks"),
    *("expires_at", "revoked_at", "last_used_at"),
)
_PARTNER = _columns(Partner, "id", "name", "language", "is_active")
_USER = tuple(field.attname for field in User._meta.concrete_fields)
_COLUMNS = ", ".join(
    f"{table}.{name}" for table, names in (("k", _KEY), ("p", _PARTNER), ("u", _USER)) for name in names
)
_KEY_AND_HOLDER = f"""
SELECT {_COLUMNS} FROM logistics_apikey k
LEFT JOIN logistics_partner p ON p.id = k.partner_id LEFT JOIN common_user u ON u.id = k.user_id
WHERE k.prefix = %s
"""  # noqa: S608 - names of columns


class KeyRefused(DomainError):
    """A key that cannot be issued, rotated or used so."""

    code = "key_refused"


def issue_key(
    *,
    partner: Partner | None = None,
    user: User | None = None,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None = None,
    allowed_networks: Iterable[str] = (),
    actor_user: User | None = None,
    now: datetime,
) -> tuple[ApiKey, str]:
    """A new key and its text, which nobody can read again.

    Raises InvalidInput with a sentence for each field that cannot be so.
    """
    wanted, networks = list(dict.fromkeys(scopes)), list(allowed_networks)
    errors = new_key_errors(
        partner=partner, user=user, name=name, scopes=wanted, expires_at=expires_at, networks=networks, now=now
    )
    if errors:
        raise InvalidInput(next(iter(errors.values()))[0], data=errors)
    prefix, secret = _new_prefix(), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        partner=partner,
        user=user,
        name=name.strip(),
        prefix=prefix,
        hash=_hash(secret),
        scopes=wanted,
        expires_at=expires_at,
        allowed_networks=sound_networks(networks),
        created_by=actor_user,
        created_at=now,
    )
    logger.info("API key %s was issued by %s", prefix, f"user {actor_user.pk}" if actor_user else "a command")
    return key, f"{LIVE}{prefix}_{secret}"


def new_key_errors(
    *,
    partner: Partner | None,
    user: User | None,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    networks: Iterable[str],
    now: datetime,
) -> dict[str, list[str]]:
    """Why a key cannot be issued so: sentences by field."""
    wanted = list(scopes)
    errors: dict[str, list[str]] = {}
    if (partner is None) == (user is None):
        errors["partner"] = [_("A key belongs to a partner or to a person of ours, to exactly one.")]
    if user is not None and not (user.is_staff and user.is_active):
        errors["user"] = [_("An integration acts for somebody who may enter the desk.")]
    if not name.strip():
        errors["name"] = [_("Say what the key is for.")]
    if unknown := [scope for scope in wanted if scope not in Scope.values]:
        errors["scopes"] = [_("There is no scope “%(scope)s”.") % {"scope": unknown[0]}]
    elif not wanted:
        errors["scopes"] = [_("A key without a scope opens nothing. Choose at least one.")]
    elif partner is not None and (ours := sorted(STAFF_SCOPES & {*wanted})):
        errors["scopes"] = [_("No partner's key can have the scope “%(scope)s”.") % {"scope": ours[0]}]
    if expires_at is not None and expires_at <= now:
        errors["expires_at"] = [_("This is over already.")]
    try:
        sound_networks(networks)
    except InvalidInput as error:
        errors["allowed_networks"] = [error.message]
    return errors


def may_act_as(issuer: User, user: User) -> bool:
    """Whether somebody may hold a key that acts as a person: it must not be a way to rights that they lack."""
    if issuer.is_superuser or issuer.pk == user.pk:
        return True
    return not user.is_superuser and user.get_all_permissions() <= issuer.get_all_permissions()


@transaction.atomic
def rotate_key(*, key: ApiKey, overlap: timedelta, actor_user: User | None = None, now: datetime) -> tuple[ApiKey, str]:
    """A successor with the same rights, and its text; the old one works for ``overlap`` more, 90 days at most.

    A term is renewed for as long as the old one had. Raises KeyRefused when the old one does not work any more.
    """
    old = ApiKey.objects.select_for_update(of=("self",)).select_related("partner", "user").get(pk=key.pk)
    if not old.works(now=now):
        raise KeyRefused(_("This key does not work any more. Issue a new one."))
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise KeyRefused(_("Old and new key work side by side for 90 days at most."))
    term = old.expires_at - old.created_at if old.expires_at else None
    new, text = issue_key(
        partner=old.partner,
        user=old.user,
        name=old.name,
        scopes=old.scopes,
        expires_at=now + term if term else None,
        allowed_networks=old.allowed_networks,
        actor_user=actor_user,
        now=now,
    )
    new.replaces = old
    new.save(update_fields=["replaces"])
    end = now + overlap
    if not overlap:
        old.revoked_at = now
    elif old.expires_at is None or old.expires_at > end:
        old.expires_at = end
    old.save(update_fields=["expires_at", "revoked_at"])
    return new, text


def revoke_key(*, key: ApiKey, actor_user: User | None = None, now: datetime) -> bool:
    """End a key at once. Returns whether it was not revoked before."""
    ended = ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=now)
    if ended:
        logger.info("API key %s was revoked by %s", key.prefix, f"user {actor_user.pk}" if actor_user else "a command")
    key.refresh_from_db(fields=["revoked_at"])
    return bool(ended)


def caller_of(text: str, address: str, now: datetime) -> Caller | None:
    """Who holds the key with this text, when it may be used from ``address`` now; None for every other text.

    One query. Whether there is no such key, or it is revoked, expired or kept elsewhere, takes the same way and time.
    """
    parts = _TEXT.fullmatch(text)
    prefix, secret = (parts[1], parts[2]) if parts else ("", "")
    key = _read(prefix)
    fits = hmac.compare_digest(_hash(secret), bytes(key.hash) if key else _NO_HASH)
    if key is None or not fits or not key.works(now=now):
        return None
    if key.allowed_networks and not _is_within(address, key.allowed_networks):
        logger.warning("API key %s was refused from an address that it is not allowed to be used from", key.prefix)
        return None
    caller = _caller(key)
    if caller is not None and (key.last_used_at is None or key.last_used_at <= now - USE_IS_NOTED_EVERY):
        _note_use(key, address, now)
    return caller


def key_by_prefix(text: str) -> ApiKey | None:
    """The key that a prefix, or a key's beginning, names. What follows the prefix is not looked at."""
    return ApiKey.objects.filter(prefix=text.removeprefix(LIVE).partition("_")[0]).first()


def sound_networks(networks: Iterable[str]) -> list[str]:
    """Networks as CIDR, each once. Raises InvalidInput for what is none."""
    found = []
    for text in networks:
        try:
            found.append(str(ipaddress.ip_network(text.strip())))
        except ValueError as error:
            raise InvalidInput(
                _("“%(text)s” is no address and no network. Write it like 203.0.113.0/24.") % {"text": text[:60]}
            ) from error
    return list(dict.fromkeys(found))


def _read(prefix: str) -> ApiKey | None:
    """The key of a prefix with its holder. It is read for every request, so the statement is put together once."""
    with connection.cursor() as cursor:
        cursor.execute(_KEY_AND_HOLDER, [prefix])
        row = cursor.fetchone()
    if row is None:
        return None
    partner_at = len(_KEY)
    user_at = partner_at + len(_PARTNER)
    key: ApiKey = ApiKey.from_db(connection.alias, _KEY, row[:partner_at])
    key.partner = Partner.from_db(connection.alias, _PARTNER, row[partner_at:user_at]) if key.partner_id else None
    key.user = User.from_db(connection.alias, _USER, row[user_at:]) if key.user_id else None
    return key


def _caller(key: ApiKey) -> Caller | None:
    """The holder, unless they are switched off."""
    if key.partner is not None and key.partner.is_active:
        return Caller(
            key_id=key.pk,
            name=key.partner.name,
            scopes=frozenset(key.scopes) - STAFF_SCOPES,
            partner_id=key.partner.pk,
            language=key.partner.language,
            key_name=key.name,
        )
    if key.user is not None and key.user.is_active and key.user.is_staff:
        return Caller(
            key_id=key.pk,
            name=str(key.user),
            scopes=frozenset(key.scopes),
            user=key.user,
            language=key.user.language,
            key_name=key.name,
        )
    return None


def _note_use(key: ApiKey, address: str, now: datetime) -> None:
    """Write down that a key was used, at most once a minute however many requests come at the same moment."""
    try:
        whence: str | None = str(ipaddress.ip_address(address))
    except ValueError:
        whence = None  # a socket of this machine
    due = Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USE_IS_NOTED_EVERY)
    ApiKey.objects.filter(due, pk=key.pk).update(last_used_at=now, last_used_from=whence)


def _is_within(address: str, networks: Iterable[str]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return any(ip in ipaddress.ip_network(network) for network in networks)


def _hash(secret: str) -> bytes:
    """A secret of 256 random bits needs no slow hash: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()


def _new_prefix() -> str:
    return "".join(secrets.choice(_LETTERS) for _number in range(10))
