"""Every provider we speak with, found by its code. Adding one is copying a folder and one line here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from channels_integrations.carriers.adapter import CarrierChannel
from channels_integrations.contract import Adapter
from channels_integrations.email.adapter import EmailAdapter
from channels_integrations.partner_desk.adapter import PartnerDesk
from channels_integrations.telegram.adapter import TelegramAdapter
from common.errors import InvalidInput
from logistics import carriers

_ALL: tuple[Adapter, ...] = (
    EmailAdapter(),
    TelegramAdapter(),
    PartnerDesk(),
    *(CarrierChannel(code) for code in carriers.codes()),
)
_ADAPTERS: dict[str, Adapter] = {adapter.code: adapter for adapter in _ALL}


def get(code: str) -> Adapter:
    """The adapter of a provider. Raises InvalidInput with the known codes when there is none."""
    try:
        return _ADAPTERS[code]
    except KeyError as error:
        known = ", ".join(codes())
        sentence = _("There is no provider “%(code)s”; known are: %(known)s.") % {"code": code, "known": known}
        raise InvalidInput(sentence, data={"provider": [sentence]}) from error


def codes() -> tuple[str, ...]:
    """All provider codes, in order."""
    return tuple(sorted(_ADAPTERS))


def choices() -> list[tuple[str, str]]:
    """Codes with their names in the active language, for forms."""
    return [(code, str(_ADAPTERS[code].label)) for code in codes()]
