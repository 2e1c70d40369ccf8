"""What we write to customers and partners by ourselves, in their language, their day and their zone.

Each letter says what happened, what we do, what they can do and when they hear from us. A letter about a parcel uses
``parcel`` as subject or object of a sentence, never with a preposition that bends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from common.policies.reader import Reader, bullets, locale_of
from logistics.models import Partner
from tickets.choices import DelayCause, SettlementMethod
from tickets.models import Duty, PaperRequest, Ticket
from tickets.policies.customer_languages import customer_language
from tickets.services.readers import languages_of, zone_of, zone_of_partner


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to be queued."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Voice(Reader):
    """How one reader writes days, times and money, and what surrounds a letter to them."""

    ticket: Ticket
    name: str = ""

    @property
    def tracking_number(self) -> str:
        return self.ticket.shipment.tracking_number if self.ticket.shipment else ""

    @property
    def parcel(self) -> str:
        return (
            _("your parcel %(number)s") % {"number": self.tracking_number} if self.tracking_number else _("your parcel")
        )

    def letter(self, subject: str, *paragraphs: str) -> Letter:
        greeting = _("Hello %(name)s,") % {"name": self.name} if self.name else _("Hello,")
        closing = _("You can answer this message; a person reads it. Your case number is %(reference)s.")
        parts = (greeting, *paragraphs, closing % {"reference": self.ticket.reference})
        return Letter(subject, "\n\n".join(part.strip() for part in parts if part.strip()))


@contextmanager
def to_customer(ticket: Ticket) -> Iterator[Voice]:
    """Speak the language of the ticket's customer."""
    customer = ticket.customer
    language = customer_language(*languages_of(ticket))
    with translation.override(language):
        yield Voice(locale_of(language), zone_of(ticket) or UTC, ticket, customer.name if customer else "")


@contextmanager
def to_partner(ticket: Ticket, partner: Partner | None) -> Iterator[Voice]:
    """Speak the language of a partner, English without one."""
    language = customer_language(partner.language if partner else "en")
    with translation.override(language):
        yield Voice(locale_of(language), zone_of_partner(partner), ticket)


def _papers(papers: Iterable[PaperRequest]) -> str:
    return bullets(paper.get_type_display() for paper in papers)


def documents_asked(ticket: Ticket, papers: list[PaperRequest], *, due_at: datetime, link: str, words: str) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Customs need papers for your parcel"),
            _("Customs are holding %(parcel)s. To let it go they need these papers:") % {"parcel": voice.parcel}
            + f"\n{_papers(papers)}",
            words,
            _("Please upload them here by %(moment)s: %(link)s") % {"moment": voice.moment(due_at), "link": link},
            _(
                "As soon as they are complete we pass them on and write to you. "
                "Without them customs may send the parcel back."
            ),
        )


def duties_asked(ticket: Ticket, duties: list[Duty], *, last_day: date, payment_link: str) -> Letter:
    with to_customer(ticket) as voice:
        lines = [f"{duty.get_type_display()}: {voice.money(duty.amount, duty.currency)}" for duty in duties]
        total = sum((duty.amount for duty in duties), Decimal(0))
        if duties:
            lines.append(_("Total: %(amount)s") % {"amount": voice.money(total, duties[0].currency)})
        pay = (
            _("Please pay by %(day)s here: %(link)s") % {"day": voice.day(last_day), "link": payment_link}
            if payment_link
            else _("Please pay by %(day)s. Answer this message and we tell you how.") % {"day": voice.day(last_day)}
        )
        return voice.letter(
            _("Duties for your parcel"),
            _("Customs have assessed %(parcel)s. This is to be paid:") % {"parcel": voice.parcel}
            + f"\n{bullets(lines)}",
            pay,
            _("As soon as the payment is here, customs can release the parcel and we write to you."),
        )


def released(ticket: Ticket) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Customs have released your parcel"),
            _("Good news: customs have released %(parcel)s. The carrier now takes it on; you need not do anything.")
            % {"parcel": voice.parcel},
            _("We write to you again if anything comes in between."),
        )


def going_back(ticket: Ticket) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Your parcel goes back to the sender"),
            _("We have to tell you that the carrier takes %(parcel)s back to the sender.") % {"parcel": voice.parcel},
            _("We write to you when it has arrived there."),
        )


def arrived_back(ticket: Ticket) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Your parcel is back at the sender's"),
            _("The sender has got %(parcel)s back.") % {"parcel": voice.parcel},
            _("If you have a question about your order, answer this message and we find out for you."),
        )


def delivered(ticket: Ticket) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Your parcel has been delivered"),
            _("The carrier reports that it has delivered %(parcel)s.") % {"parcel": voice.parcel},
            _("If you do not have it, answer this message and we look into it."),
        )


def new_date(ticket: Ticket) -> Letter:
    """The message that tells a customer the new date of a late parcel; ticket of kind delay with its date revised."""
    detail = ticket.delay_detail
    with to_customer(ticket) as voice:
        when = ""
        if detail.new_from and (detail.new_to or detail.new_from) == detail.new_from:
            when = _("The new date is %(day)s.") % {"day": voice.day(detail.new_from)}
        elif detail.new_from and detail.new_to:
            when = _("It now comes between %(first)s and %(last)s.") % {
                "first": voice.day(detail.new_from),
                "last": voice.day(detail.new_to),
            }
        known = detail.cause and detail.cause != DelayCause.UNKNOWN
        return voice.letter(
            _("New date for your parcel"),
            _("We are sorry: %(parcel)s comes later than planned.") % {"parcel": voice.parcel},
            _("The cause: %(cause)s.") % {"cause": detail.get_cause_display()} if known else "",
            when,
            _("You need not do anything. We keep an eye on it and write to you if the date changes."),
        )


def lost(ticket: Ticket, *, reference: str) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Your parcel is lost"),
            _("The carrier cannot find %(parcel)s any more. We are sorry.") % {"parcel": voice.parcel},
            _(
                "We treat it as lost and have opened the case %(reference)s, in which we settle the matter with you. "
                "You need not do anything now; we write to you with the next step."
            )
            % {"reference": reference},
        )


def found(ticket: Ticket) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Your parcel has been found"),
            _("Good news: somebody has found %(parcel)s. We have it brought to you and write when it is there.")
            % {"parcel": voice.parcel},
        )


def evidence_asked(
    ticket: Ticket, papers: list[PaperRequest], *, due_at: datetime | None, link: str, words: str
) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("We need something from you for your case"),
            _("To find out what happened to your parcel and settle the matter, we need from you:")
            + f"\n{_papers(papers)}",
            words,
            _upload(voice, due_at, link),
            _("As soon as it is here we look at it and write to you."),
        )


def settled(ticket: Ticket, *, method: str, amount: Decimal | None, currency: str) -> Letter | None:
    """How a loss was settled; None when nothing is given, which a person has to explain."""
    with to_customer(ticket) as voice:
        words: dict[str, Any] = {"parcel": voice.parcel}
        if amount is not None:
            words["amount"] = voice.money(amount, currency)
        if method == SettlementMethod.REFUND and amount is not None:
            text = _(
                "For %(parcel)s we refund %(amount)s. "
                "The money goes back the way you paid; your bank may need some days."
            )
        elif method == SettlementMethod.COUPON and amount is not None:
            text = _("For %(parcel)s you get a voucher of %(amount)s. We send it to you in a message of its own.")
        elif method == SettlementMethod.RESHIP:
            text = _("We replace %(parcel)s. You get the new tracking number as soon as it is on its way.")
        else:
            return None
        return voice.letter(_("Your case is settled"), text % words)


def instructions_asked(ticket: Ticket, *, link: str, words: str) -> Letter:
    with to_customer(ticket) as voice:
        problem = ticket.failed_delivery_detail.get_problem_display()
        return voice.letter(
            _("Your parcel could not be delivered"),
            _("The carrier tried to deliver %(parcel)s but could not: %(problem)s.")
            % {"parcel": voice.parcel, "problem": problem},
            words,
            _("Please tell us here what to do, for example deliver again or to another address: %(link)s")
            % {"link": link},
            _(
                "Until then the carrier keeps the parcel. "
                "As soon as we have your answer we arrange it and confirm it to you."
            ),
        )


def redelivery_booked(ticket: Ticket, *, day: date, window: str) -> Letter:
    with to_customer(ticket) as voice:
        when = f"{voice.day(day)}, {window}" if window else voice.day(day)
        return voice.letter(
            _("New delivery of your parcel"),
            _("The carrier delivers %(parcel)s once more: %(when)s.") % {"parcel": voice.parcel, "when": when},
            _("Please make sure that somebody can take it. If the day does not suit you, answer this message soon."),
        )


def ready_for_pickup(ticket: Ticket, *, place: str, last_day: date, link: str) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Your parcel is ready for pickup"),
            _("You can pick up %(parcel)s here: %(place)s") % {"parcel": voice.parcel, "place": place},
            _("The last day is %(day)s; afterwards it goes back to the sender. Please bring an identity document.")
            % {"day": voice.day(last_day)},
            _("If you cannot come, tell us here: %(link)s") % {"link": link},
        )


def return_papers_asked(
    ticket: Ticket, papers: list[PaperRequest], *, due_at: datetime | None, link: str, words: str
) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Papers for your return"),
            _("Before your return can begin we need these papers:") + f"\n{_papers(papers)}",
            words,
            _upload(voice, due_at, link),
            _("As soon as they are complete we decide about the return and write to you."),
        )


def return_label(ticket: Ticket, *, label: str) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Your return label"),
            _("Your return is approved. Your label: %(label)s") % {"label": label},
            _("Please put it on the parcel and hand it in. When the warehouse has looked at it we write to you."),
        )


def refunded(ticket: Ticket, *, amount: Decimal, currency: str) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Your refund"),
            _("We refund %(amount)s. The money goes back the way you paid; your bank may need some days.")
            % {"amount": voice.money(amount, currency)},
        )


def exchange_sent(ticket: Ticket, *, number: str) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Your exchange is on its way"),
            _("What you get in exchange for your return is on its way. Its tracking number: %(number)s")
            % {"number": number},
        )


def payment_retry(ticket: Ticket, *, link: str, amount: Decimal | None, currency: str) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Please pay once more"),
            _("Your payment did not go through."),
            _("Total: %(amount)s") % {"amount": voice.money(amount, currency)} if amount is not None else "",
            _("Please pay here: %(link)s") % {"link": link},
            _("As soon as the payment is here we write to you."),
        )


def payment_arrived(ticket: Ticket, *, amount: Decimal, currency: str) -> Letter:
    with to_customer(ticket) as voice:
        return voice.letter(
            _("Your payment is here"),
            _("We have received %(amount)s. Thank you; you need not do anything more.")
            % {"amount": voice.money(amount, currency)},
        )


def typed_to_customer(ticket: Ticket, words: str) -> Letter:
    """Somebody's own words, with greeting and case number around them."""
    with to_customer(ticket) as voice:
        return voice.letter(_("Your case"), words)


def _upload(voice: Voice, due_at: datetime | None, link: str) -> str:
    if due_at is None:
        return _("Please upload it here: %(link)s") % {"link": link}
    return _("Please upload it here by %(moment)s: %(link)s") % {"moment": voice.moment(due_at), "link": link}


def typed_to_partner(ticket: Ticket, partner: Partner | None, words: str, *, due_at: datetime | None = None) -> Letter:
    """Somebody's own words to a partner, with the shipment and the day the answer is due."""
    with to_partner(ticket, partner) as voice:
        return voice.letter(
            _("Shipment %(number)s") % {"number": voice.tracking_number or ticket.reference},
            _("This is about shipment %(number)s.") % {"number": voice.tracking_number}
            if voice.tracking_number
            else "",
            words,
            _("Please answer by %(moment)s.") % {"moment": voice.moment(due_at)} if due_at else "",
        )


def papers_asked_of_partner(
    ticket: Ticket, partner: Partner | None, papers: list[PaperRequest], *, due_at: datetime, words: str
) -> Letter:
    with to_partner(ticket, partner):
        asked = _("Please send us these papers:") + f"\n{_papers(papers)}"
        return typed_to_partner(ticket, partner, f"{asked}\n\n{words}", due_at=due_at)


def clearance_handed_over(ticket: Ticket, broker: Partner, *, words: str) -> Letter:
    with to_partner(ticket, broker):
        return typed_to_partner(
            ticket, broker, f"{_('Please take over its clearance. The papers we have are attached.')}\n\n{words}"
        )


def trace_asked(ticket: Ticket, partner: Partner | None, *, reference: str, due_at: datetime) -> Letter:
    with to_partner(ticket, partner):
        words = _("Please search for it. Your reference: %(reference)s") % {"reference": reference}
        return typed_to_partner(ticket, partner, words, due_at=due_at)
