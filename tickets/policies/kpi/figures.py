"""The figures: what each is called, what it is made of, in which unit, and what we want it to be. ``docs/kpi.md`` is
written from this list.

A figure is a sum of measures divided by another sum, or one sum alone. Sums can be added over parts and quarter hours,
so parts make the whole; the division comes last.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tickets.choices import Target
from tickets.errors import KpiRefused
from tickets.policies.kpi.cuts import CUTS, OF_PARCELS
from tickets.policies.kpi.measures import MEASURES


class Unit(StrEnum):
    COUNT = "count"
    SECONDS = "seconds"
    SHARE = "share"
    PER_THOUSAND = "per_thousand"
    SCORE = "score"
    MONEY = "money"
    NUMBER = "number"


class Of(StrEnum):
    """Which sum of a measure: how many marks, or what their values come to."""

    N = "n"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Term:
    """One summand."""

    measure: str
    of: Of = Of.N
    sign: int = 1


type Sum = tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``over`` empty: it is the sum alone. ``clock``: how its time is counted, "" where it has none.

    ``help`` is its definition in words, ``includes`` what is counted, ``group`` where it stands in docs/kpi.md.
    """

    name: str
    label: str | Promise
    help: str | Promise
    includes: str | Promise
    group: str
    unit: Unit
    top: Sum
    over: Sum = ()
    clock: str = ""
    better: str = ""
    goal: float | None = None
    histogram: str = ""
    is_level: bool = False

    @property
    def has_percentiles(self) -> bool:
        return bool(self.histogram)

    @property
    def measures(self) -> tuple[str, ...]:
        """All measures it reads, each once."""
        return tuple(dict.fromkeys(term.measure for term in (*self.top, *self.over)))

    @property
    def is_money(self) -> bool:
        return self.unit == Unit.MONEY

    @property
    def of_parcels(self) -> bool:
        """Whether it is counted of parcels alone, which have no tickets behind them."""
        return all(MEASURES[name].of_parcels for name in self.measures)

    @property
    def cuts(self) -> tuple[str, ...]:
        """The cuts it can be divided by. Per thousand parcels, a cut that parcels do not have divides the top alone."""
        return OF_PARCELS if self.of_parcels else tuple(CUTS)

    @property
    def sources(self) -> tuple[str, ...]:
        """The tables and events it is made from."""
        return tuple(dict.fromkeys(source for name in self.measures for source in MEASURES[name].sources))


WALL, BUSINESS = "wall", "business"
_HOURS = 3_600.0


def _n(*measures: str) -> Sum:
    return tuple(Term(name) for name in measures)


def _total(measure: str) -> Sum:
    return (Term(measure, Of.TOTAL),)


def _duration(
    name: str,
    label: str | Promise,
    text: str | Promise,
    includes: str | Promise,
    group: str,
    *,
    clock: str = WALL,
    goal: float | None = None,
    measure: str = "",
    better: str = "lower",
) -> Figure:
    measure = measure or name
    return Figure(
        name,
        label,
        text,
        includes,
        group,
        Unit.SECONDS,
        _total(measure),
        _n(measure),
        clock=clock,
        better=better,
        goal=goal,
        histogram=measure,
    )


_TARGETS: dict[Target, str | Promise] = {
    Target.FIRST_RESPONSE: _("Promises kept: first response"),
    Target.NEXT_RESPONSE: _("Promises kept: next response"),
    Target.NEXT_UPDATE: _("Promises kept: next update"),
    Target.RESOLUTION: _("Promises kept: resolution"),
    Target.PARTNER_ANSWER: _("Promises kept: partner's answer"),
    Target.CARRIER_ANSWER: _("Promises kept: carrier's answer"),
}
_KEPT_HELP = _("Promises kept in time, of all that fell due.")
_KEPT_INCLUDES = _(
    "Clocks that ended kept (at that moment) or were missed (at their deadline, whether or not it was done later). "
    "Promises that nobody owed any more are left out."
)
_OF_PROMISES = tuple(f"promise.{target}" for target in Target)
_LIVE_ON = _("All but tickets that were merged, converted or duplicates: those live on in another one.")

_ALL: tuple[Figure, ...] = (
    _duration(
        "first_response",
        _("First response"),
        _("From the first unanswered word of a customer to the first answer that a person of ours wrote."),
        _("Tickets in which a customer wrote. Automatic messages are no answer, a proactive word of ours none either."),
        "response",
        goal=2 * _HOURS,
    ),
    _duration(
        "first_response_working",
        _("First response, in working hours"),
        _("The same wait, in the hours in which it was promised."),
        _("First responses that were promised and given, early or late."),
        "response",
        clock=BUSINESS,
    ),
    _duration(
        "response",
        _("Each response"),
        _("From the first word of a customer that was not answered yet to our next answer, each time."),
        _("Every wait that an answer ended. A wait that ends without one (no answer needed, resolved) is none."),
        "response",
    ),
    _duration(
        "response_working",
        _("Next response, in working hours"),
        _("Waits after the first answer, in the hours in which they were promised."),
        _("Next responses that were promised and given, early or late."),
        "response",
        clock=BUSINESS,
        measure="next_response_working",
    ),
    _duration(
        "resolution",
        _("Resolution time"),
        _("From the opening to the end."),
        _("Tickets that ended solved and stayed so, at their end. A reopened one counts when it ends again."),
        "resolution",
    ),
    _duration(
        "resolution_ours",
        _("Resolution time that was ours"),
        _("The part of the time to the end in which the ticket waited on us."),
        _("As resolution time."),
        "resolution",
    ),
    Figure(
        "opened",
        _("Tickets opened"),
        _("How many tickets were opened."),
        _LIVE_ON,
        "resolution",
        Unit.COUNT,
        _n("opened"),
    ),
    Figure(
        "resolved",
        _("Tickets solved"),
        _("How many tickets ended solved."),
        _("As resolution time."),
        "resolution",
        Unit.COUNT,
        _n("resolution"),
        better="higher",
    ),
    Figure(
        "resolution_rate",
        _("Resolution rate"),
        _("Of the tickets opened in the period, how many are solved by now."),
        _("As tickets opened, without false alarms and what the customer withdrew."),
        "resolution",
        Unit.SHARE,
        _n("solved_of_opened"),
        (Term("opened"), Term("set_aside", sign=-1)),
        better="higher",
        goal=0.85,
    ),
    Figure(
        "promises_kept",
        _("Promises kept"),
        _KEPT_HELP,
        _KEPT_INCLUDES,
        "promises",
        Unit.SHARE,
        tuple(Term(name, Of.TOTAL) for name in _OF_PROMISES),
        _n(*_OF_PROMISES),
        clock=BUSINESS,
        better="higher",
        goal=0.95,
    ),
    *(
        Figure(
            f"promises_kept_{target}",
            label,
            _KEPT_HELP,
            _KEPT_INCLUDES,
            "promises",
            Unit.SHARE,
            _total(f"promise.{target}"),
            _n(f"promise.{target}"),
            clock=BUSINESS,
            better="higher",
            goal=0.95,
        )
        for target, label in _TARGETS.items()
    ),
    Figure(
        "backlog",
        _("Backlog"),
        _("Tickets that were open at the end of the period."),
        _("Every open ticket, under the team, person, priority and tier it had then."),
        "backlog",
        Unit.COUNT,
        _n("backlog"),
        better="lower",
        is_level=True,
    ),
    Figure(
        "backlog_age",
        _("Age of the backlog"),
        _("How long ago, on average, those were opened."),
        _("As backlog, at the end of the period (or now)."),
        "backlog",
        Unit.SECONDS,
        _total("backlog"),
        _n("backlog"),
        clock=WALL,
        better="lower",
        is_level=True,
    ),
    Figure(
        "reopened",
        _("Reopened"),
        _("How often a ticket was reopened."),
        _("Each time, whoever did it."),
        "resolution",
        Unit.COUNT,
        _n("reopened"),
        better="lower",
    ),
    Figure(
        "reopened_share",
        _("Reopened, per ticket solved"),
        _("Reopenings against tickets solved in the period."),
        _("As reopened, and as tickets solved."),
        "resolution",
        Unit.SHARE,
        _n("reopened"),
        _n("resolution"),
        better="lower",
    ),
    *(
        Figure(
            f"repeats_{days}d",
            label,
            text,
            _("As tickets opened. What was split off another ticket is no repeat."),
            "quality",
            Unit.SHARE,
            _n(f"repeat_{days}d"),
            _n("opened"),
            better="lower",
        )
        for days, label, text in (
            (
                7,
                _("Repeats within 7 days"),
                _("Tickets whose customer had another one opened in the 7 days before, of all opened."),
            ),
            (
                30,
                _("Repeats within 30 days"),
                _("Tickets whose customer had another one opened in the 30 days before, of all opened."),
            ),
        )
    ),
    Figure(
        "complaints",
        _("Complaints"),
        _("Tickets that began with a customer's word about something that went wrong."),
        _("As tickets opened, without false alarms, withdrawn ones, inquiries and warehouse matters."),
        "quality",
        Unit.COUNT,
        _n("complaint"),
        better="lower",
    ),
    Figure(
        "complaints_per_thousand",
        _("Complaints per thousand parcels"),
        _("Complaints of the period against the parcels that came in it."),
        _("As complaints, and as parcels."),
        "quality",
        Unit.PER_THOUSAND,
        _n("complaint"),
        _n("parcel"),
        better="lower",
    ),
    Figure(
        "parcels",
        _("Parcels"),
        _("Parcels that we came to know of."),
        _("Every shipment, when it was entered."),
        "parcels",
        Unit.COUNT,
        _n("parcel"),
    ),
    Figure(
        "csat",
        _("Satisfied customers (CSAT)"),
        _("Marks of 4 and 5, of all marks given."),
        _("Answers to the question after the end, when they came."),
        "quality",
        Unit.SHARE,
        _total("content"),
        _n("content"),
        better="higher",
        goal=0.9,
    ),
    Figure(
        "satisfaction",
        _("Satisfaction"),
        _("The average mark, 1 to 5."),
        _("As CSAT."),
        "quality",
        Unit.SCORE,
        _total("score"),
        _n("score"),
        better="higher",
        goal=4.5,
    ),
    Figure(
        "survey_response",
        _("Answered the question"),
        _("Of those asked in the period, how many have answered by now."),
        _("Questions that were sent."),
        "quality",
        Unit.SHARE,
        _total("survey_asked"),
        _n("survey_asked"),
        better="higher",
    ),
    Figure(
        "detection_rate",
        _("Found before the customer complained"),
        _("Parcels in trouble that our own eyes found, of all that opened a ticket."),
        _("Customs holds, delays, losses and failed deliveries of known parcels, without false alarms."),
        "quality",
        Unit.SHARE,
        _total("found"),
        _n("found"),
        better="higher",
    ),
    _duration(
        "detection_lead",
        _("Found so long before"),
        _("From our opening to the customer's first word, where they wrote at all."),
        _("As found before the customer complained."),
        "quality",
        measure="lead",
        better="higher",
    ),
    Figure(
        "compensation",
        _("Compensation"),
        _("What customers were paid for losses and damages."),
        _("Compensations, when they were paid."),
        "money",
        Unit.MONEY,
        _total("compensation"),
        better="lower",
    ),
    Figure(
        "refunds",
        _("Refunds"),
        _("What customers got back for returns and payments."),
        _("Returns and payments that ended refunded, at that moment."),
        "money",
        Unit.MONEY,
        _total("refund"),
        better="lower",
    ),
    Figure(
        "claims_filed",
        _("Claims filed"),
        _("What we claimed from carriers and partners."),
        _("Claims, when they were filed."),
        "money",
        Unit.MONEY,
        _total("claimed"),
    ),
    Figure(
        "claims_recovered",
        _("Claims recovered"),
        _("What carriers and partners paid."),
        _("Claims, when they were paid."),
        "money",
        Unit.MONEY,
        _total("recovered"),
        better="higher",
    ),
    Figure(
        "net_cost",
        _("Net cost"),
        _("Compensation and refunds, less what was recovered."),
        _("As those three."),
        "money",
        Unit.MONEY,
        (*_total("compensation"), *_total("refund"), Term("recovered", Of.TOTAL, -1)),
        better="lower",
    ),
    Figure(
        "cost_per_ticket",
        _("Cost per ticket"),
        _("Net cost of the period against the tickets opened in it."),
        _("As net cost, and as tickets opened."),
        "money",
        Unit.MONEY,
        (*_total("compensation"), *_total("refund"), Term("recovered", Of.TOTAL, -1)),
        _n("opened"),
        better="lower",
    ),
    Figure(
        "messages_in",
        _("Messages from customers"),
        _("How many messages customers wrote."),
        _("Without automatic ones."),
        "messages",
        Unit.COUNT,
        _n("message_in"),
    ),
    Figure(
        "messages_out",
        _("Messages to customers"),
        _("How many messages people of ours wrote to customers."),
        _("Without automatic ones."),
        "messages",
        Unit.COUNT,
        _n("message_out"),
    ),
    Figure(
        "messages_per_ticket",
        _("Messages per ticket"),
        _("Words to and fro until the end."),
        _("Messages from and to customers, without automatic ones, of tickets solved in the period."),
        "messages",
        Unit.NUMBER,
        _total("words_of_solved"),
        _n("words_of_solved"),
        better="lower",
    ),
    Figure(
        "solved_without_person",
        _("Solved without a person"),
        _("Tickets solved in which nobody of ours did or wrote anything, of all solved."),
        _("Scans, rules, clocks, customers and partners may have moved it."),
        "resolution",
        Unit.SHARE,
        _n("solved_alone"),
        _n("resolution"),
        better="higher",
    ),
    _duration(
        "partner_answer",
        _("Partner's answer"),
        _("From the question to a partner to their answer, in their working hours."),
        _("Answers of brokers and warehouses that were promised and came, early or late."),
        "partners",
        clock=BUSINESS,
        goal=_HOURS,
    ),
    _duration(
        "carrier_answer",
        _("Carrier's answer"),
        _("From the question to a carrier to their answer, in their working hours."),
        _("Answers of carriers that were promised and came, early or late."),
        "partners",
        clock=BUSINESS,
        goal=8 * _HOURS,
    ),
    Figure(
        "partner_answered",
        _("Questions answered"),
        _("Questions to partners and carriers that were answered at all."),
        _("Answers that were promised and have come or fallen due."),
        "partners",
        Unit.SHARE,
        _total("asked"),
        _n("asked"),
        clock=BUSINESS,
        better="higher",
    ),
    Figure(
        "on_time",
        _("On time"),
        _("Parcels delivered on the promised day or before, by the calendar of the place."),
        _("Parcels that were promised a day, when they were delivered."),
        "parcels",
        Unit.SHARE,
        _total("on_time"),
        _n("on_time"),
        better="higher",
        goal=0.9,
    ),
    Figure(
        "delivered",
        _("Delivered"),
        _("Parcels delivered."),
        _("Every shipment that arrived."),
        "parcels",
        Unit.COUNT,
        _n("delivered"),
        better="higher",
    ),
    Figure(
        "lost_per_thousand",
        _("Lost per thousand parcels"),
        _("Losses opened in the period against the parcels that came in it."),
        _("Losses whose cause is “lost”, without false alarms."),
        "parcels",
        Unit.PER_THOUSAND,
        _n("lost"),
        _n("parcel"),
        better="lower",
    ),
    Figure(
        "silent_share",
        _("Silent"),
        _("Parcels that had no scan for too long, against the parcels that came."),
        _("Tickets opened because no scan had come, by the carrier's own limit."),
        "parcels",
        Unit.SHARE,
        _n("silent"),
        _n("parcel"),
        better="lower",
    ),
    Figure(
        "knowledge_use",
        _("Written with a template"),
        _("Messages that people of ours wrote to customers with a template, of all they wrote."),
        _("As messages to customers."),
        "messages",
        Unit.SHARE,
        _n("message_from_template"),
        _n("message_out"),
        better="higher",
    ),
)

FIGURES: dict[str, Figure] = {figure.name: figure for figure in _ALL}
if len(FIGURES) != len(_ALL):
    raise RuntimeError("two figures have one name")


def figure_of(name: str) -> Figure:
    """The figure of that name. Raises KpiRefused (``unknown_figure``)."""
    if name not in FIGURES:
        raise KpiRefused(gettext("There is no such figure."), code="unknown_figure", data={"figure": name})
    return FIGURES[name]


def refuse_unknown_cuts(*names: str) -> None:
    """Raise KpiRefused (``unknown_cut``) when there is no such cut."""
    for name in names:
        if name not in CUTS:
            raise KpiRefused(gettext("Figures cannot be divided by that."), code="unknown_cut", data={"cut": name})
