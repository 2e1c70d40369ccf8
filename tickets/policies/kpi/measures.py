"""What is counted: each measure once, as the SQL that finds its marks in events, facts, messages and clocks.

A *mark* says that something to be counted happened to a ticket at a moment, with a value. Figures
(``tickets.policies.kpi.figures``) are sums of marks. The SQL reads of some tickets alone, which ``BATCH`` describes as
``b``; the same text serves one ticket that has just changed and a million that are counted anew.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from tickets.choices import Kind, Target
from tickets.policies.states import STATES

SAID = "NOT is_automatic AND audience IN ('customer', 'public')"
"""What people said to each other, we and customers."""
PARCEL_KINDS = (Kind.CLEARANCE, Kind.DELAY, Kind.LOSS, Kind.FAILED_DELIVERY)
"""What a scan can say before the customer does."""
NO_COMPLAINT = (Kind.INQUIRY, Kind.WAREHOUSE)

BATCH = f"""
b AS MATERIALIZED (
    SELECT t.id, t.kind, t.phase, t.state, t.customer_id, t.shipment_id, t.incident_id, t.opened_at, t.resolved_at,
        t.channel, t.language, t.country, t.cause,
        CASE WHEN t.origin = '' AND t.destination = '' THEN ''
            ELSE coalesce(nullif(t.origin, ''), '?') || '-' || coalesce(nullif(t.destination, ''), '?') END AS lane,
        s.carrier_id,
        coalesce(cd.broker_id, rd.warehouse_id, wd.warehouse_id, qd.partner_id, k.partner_id) AS partner_id,
        t.resolution IN ('merged', 'converted', 'duplicate') AS lives_on,
        t.resolution IN ('false_alarm', 'withdrawn') AS set_aside,
        t.resolution = 'solved' AS solved,
        m.first_in, m.first_in <= t.opened_at AS by_customer, m.words, coalesce(m.by_person, FALSE) AS by_person
    FROM tickets_ticket t
    LEFT JOIN logistics_shipment s ON s.id = t.shipment_id
    LEFT JOIN logistics_carrier k ON k.id = s.carrier_id
    LEFT JOIN tickets_clearancedetail cd ON cd.ticket_id = t.id
    LEFT JOIN tickets_returndetail rd ON rd.ticket_id = t.id
    LEFT JOIN tickets_warehousedetail wd ON wd.ticket_id = t.id
    LEFT JOIN tickets_inquirydetail qd ON qd.ticket_id = t.id
    LEFT JOIN LATERAL (
        SELECT min(created_at) FILTER (WHERE direction = 'in' AND {SAID}) AS first_in,
            count(*) FILTER (WHERE direction <> 'note' AND {SAID}) AS words,
            bool_or(author_id IS NOT NULL) AS by_person
        FROM tickets_message WHERE ticket_id = t.id
    ) m ON TRUE
    WHERE t.id = ANY(%(tickets)s)
),
said AS MATERIALIZED (
    SELECT m.id, m.ticket_id, m.direction, m.created_at, m.author_id FROM tickets_message m
    WHERE m.ticket_id = ANY(%(tickets)s) AND m.direction <> 'note' AND {SAID}
),
turns AS (
    SELECT *, count(*) FILTER (WHERE what > 0) OVER before AS turn,
        count(*) FILTER (WHERE what = 1) OVER before AS answers
    FROM (
        SELECT id AS source, ticket_id, created_at AS at, (direction = 'out')::int AS what, author_id FROM said
        UNION ALL SELECT id, ticket_id, valid_from, 2, NULL FROM tickets_ticketfacts
            WHERE ticket_id = ANY(%(tickets)s) AND phase = 'resolved'
        UNION ALL SELECT id, ticket_id, at, 2, NULL FROM tickets_ticketevent
            WHERE ticket_id = ANY(%(tickets)s) AND type = 'no_answer_needed'
    ) one
    WINDOW before AS (
        PARTITION BY ticket_id ORDER BY at, what, source ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
answers AS MATERIALIZED (
    SELECT ticket_id, max(source) FILTER (WHERE what = 1) AS source,
        max(author_id) FILTER (WHERE what = 1) AS author_id,
        min(at) FILTER (WHERE what = 0) AS since, max(at) FILTER (WHERE what = 1) AS at, min(answers) AS answers
    FROM turns GROUP BY ticket_id, turn
    HAVING min(at) FILTER (WHERE what = 0) IS NOT NULL AND bool_or(what = 1)
),
facts AS MATERIALIZED (
    SELECT f.*, f.phase IN ('new', 'active', 'waiting') AS open FROM tickets_ticketfacts f
    WHERE f.ticket_id = ANY(%(tickets)s)
),
stays AS MATERIALIZED (
    SELECT ticket_id, state, max(phase) AS phase, min(valid_from) AS since, max(valid_to) AS at, max(id) AS source,
        bool_or(valid_to IS NULL) AS lasts
    FROM (
        SELECT *, count(*) FILTER (WHERE enters) OVER (PARTITION BY ticket_id ORDER BY valid_from) AS run
        FROM (
            SELECT *, state IS DISTINCT FROM lag(state) OVER (PARTITION BY ticket_id ORDER BY valid_from) AS enters
            FROM facts
        ) f
    ) f GROUP BY ticket_id, run, state
),
ended AS MATERIALIZED (
    SELECT c.id, c.ticket_id, c.target, c.partner_id, c.started_at, c.ended_at,
        c.outcome = 'kept' AS kept,
        c.outcome = 'kept' OR c.outcome = 'missed' AND r.late_by IS NOT NULL AS fulfilled,
        CASE WHEN c.outcome = 'kept' THEN c.ended_at ELSE coalesce(r.due_at, c.due_at, c.ended_at) END AS at
    FROM tickets_clock c LEFT JOIN tickets_breach r ON r.clock_id = c.id
    WHERE c.ticket_id = ANY(%(tickets)s)
    AND (c.outcome IN ('kept', 'missed') OR c.ended_at IS NULL AND r.id IS NOT NULL)
)
"""  # noqa: S608 - our own texts
"""Of the tickets asked for: what they are (b), who spoke (said), customers' waits that we ended (answers), how they
stood (facts), their stays in states (stays), and promises kept or missed (ended)."""

COLUMNS = (
    "ticket_id",
    "measure",
    "source",
    "at",
    "n",
    "value",
    "since",
    "latest",
    "agent_id",
    "partner_id",
    "currency",
)


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is counted. ``select`` is the SQL of its marks; ``sources`` the tables and events it reads.

    ``is_duration``: its values are seconds and are kept as a histogram, too. ``in_hours``: the seconds are those of the
    hours in which the clock counts that its marks come from. ``is_level``: a mark says that one came (n = 1) or went
    (−1). ``of_parcels``: counted of parcels, which no mark stands for (``tickets.services.kpi.parcels``).
    """

    name: str
    sources: tuple[str, ...]
    select: str = ""
    is_duration: bool = False
    in_hours: bool = False
    is_level: bool = False
    is_money: bool = False
    of_parcels: bool = False

    @property
    def number(self) -> int:
        """What the measure is called in rows: a checksum of its name, so that no list of numbers has to be kept."""
        return zlib.crc32(self.name.encode()) & 0x7FFFFFFF


def _marks(
    rows: str,
    *,
    at: str,
    source: str,
    ticket: str = "b.id",
    n: str = "1",
    value: str = "0",
    since: str = "NULL",
    latest: bool = False,
    agent: str = "NULL",
    partner: str = "NULL",
    currency: str = "''",
) -> str:
    """The SELECT of a measure's marks; ``{measure}`` is filled in with its number."""
    columns = (
        *(ticket, "{measure}", f"({source})::bigint", at, f"({n})::int", f"({value})::bigint"),
        *(f"{since}::timestamptz", str(latest), f"{agent}::bigint", f"{partner}::bigint"),
        currency,
    )
    return f"SELECT {', '.join(columns)} FROM {rows}"  # noqa: S608 - our own texts


def _seconds(until: str, since: str) -> str:
    return f"extract(epoch FROM {until} - {since})"


def _listed(values: tuple[Kind, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _opened(where: str = "TRUE", *, value: str = "0") -> str:
    return _marks(f"b WHERE NOT b.lives_on AND {where}", at="b.opened_at", source="b.id", value=value, latest=True)


def _again(days: int) -> str:
    return _opened(
        f"""b.customer_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM tickets_ticketlink l WHERE l.to_ticket_id = b.id AND l.type = 'split_from')
        AND EXISTS (
            SELECT FROM tickets_ticket o WHERE o.customer_id = b.customer_id AND o.id <> b.id
            AND o.resolution NOT IN ('merged', 'converted', 'duplicate')
            AND o.opened_at >= b.opened_at - interval '{days} days' AND (o.opened_at, o.id) < (b.opened_at, b.id)
        )"""  # noqa: S608 - our own texts
    )


_SOLVED = "b WHERE b.solved AND b.resolved_at IS NOT NULL"


def _ends(value: str = "0", where: str = "TRUE") -> str:
    return _marks(f"{_SOLVED} AND {where}", at="b.resolved_at", source="b.id", value=value)


def _promise(target: Target) -> str:
    return _marks(
        f"ended JOIN b ON b.id = ended.ticket_id WHERE ended.target = '{target}'",
        at="ended.at",
        source="ended.id",
        value="ended.kept::int",
        partner="ended.partner_id",
    )


def _answer_of(target: Target) -> str:
    return _marks(
        f"ended JOIN b ON b.id = ended.ticket_id WHERE ended.target = '{target}' AND ended.fulfilled",
        at="ended.ended_at",
        source="ended.id",
        value=_seconds("ended.ended_at", "ended.started_at"),
        since="ended.started_at",
        partner="ended.partner_id",
    )


_OUR_TIME = """(
    SELECT coalesce(sum(extract(epoch FROM least(f.valid_to, b.resolved_at) - f.valid_from)), 0)
    FROM tickets_ticketfacts f
    WHERE f.ticket_id = b.id AND f.phase IN ('new', 'active', 'waiting') AND f.waiting_on = 'us'
    AND f.valid_from < b.resolved_at
)"""
_BACKLOG = """
(SELECT run.ticket_id, min(run.id) AS first, max(run.id) AS last, min(run.valid_from) AS since,
    CASE WHEN bool_or(run.valid_to IS NULL) THEN NULL ELSE max(run.valid_to) END AS until
 FROM (
    SELECT f.*, sum(f.turns) OVER (PARTITION BY f.ticket_id ORDER BY f.valid_from) AS run FROM (
        SELECT f.*, CASE WHEN f.open AND lag(f.open) OVER w
            AND (f.team_id, f.assignee_id, f.priority, f.tier) IS NOT DISTINCT FROM
                (lag(f.team_id) OVER w, lag(f.assignee_id) OVER w, lag(f.priority) OVER w, lag(f.tier) OVER w)
            THEN 0 ELSE 1 END AS turns
        FROM facts f WINDOW w AS (PARTITION BY f.ticket_id ORDER BY f.valid_from)
    ) f
 ) run WHERE run.open GROUP BY run.ticket_id, run.run) run JOIN b ON b.id = run.ticket_id"""


def _backlog() -> str:
    opened = "extract(epoch FROM b.opened_at)"
    came = _marks(_BACKLOG, at="run.since", source="run.first", value=opened)
    # Gone: cut as it stood until then, which is how it stood since it came.
    went = _marks(
        f"{_BACKLOG} WHERE run.until IS NOT NULL",
        at="run.until",
        source="-run.first",
        n="-1",
        value=f"-{opened}",
        since="run.since",
    )
    return f"{came} UNION ALL {went}"


_MILLI = "round(%s * 1000)"
_REFUNDS = """(
    SELECT d.ticket_id, d.refunded_amount AS amount, d.refunded_currency AS currency FROM tickets_returndetail d
    WHERE d.ticket_id = ANY(%(tickets)s) AND d.refunded_amount > 0
    UNION ALL
    SELECT d.ticket_id, d.amount, d.currency FROM tickets_paymentdetail d
    WHERE d.ticket_id = ANY(%(tickets)s) AND d.amount > 0
) paid JOIN b ON b.id = paid.ticket_id
JOIN LATERAL (SELECT f.id, f.valid_from FROM tickets_ticketfacts f WHERE f.ticket_id = b.id AND f.state = 'refunded'
    ORDER BY f.valid_from LIMIT 1) f ON TRUE"""


def _money(table: str, *, at: str, amount: str, partner: str = "NULL") -> str:
    return _marks(
        f"{table} x JOIN b ON b.id = x.ticket_id WHERE x.ticket_id = ANY(%(tickets)s) AND x.{at} IS NOT NULL",
        at=f"x.{at}",
        source="x.id",
        value=_MILLI % f"x.{amount}",
        partner=partner,
        currency="x.currency",
    )


def stay_name(kind: str, state: str) -> str:
    """The measure of the stays in one state."""
    return f"stay.{kind}.{state}"


def _stays() -> Iterator[Measure]:
    for kind, states in STATES.items():
        for state in states.values():
            if state.is_open:
                select = _marks(
                    f"stays JOIN b ON b.id = stays.ticket_id "
                    f"WHERE b.kind = '{kind}' AND stays.state = '{state.name}' AND NOT stays.lasts",
                    at="stays.at",
                    source="stays.source",
                    value=_seconds("stays.at", "stays.since"),
                )
                yield Measure(stay_name(kind, state.name), ("facts",), select, is_duration=True)


def _of_messages(direction: str, more: str = "TRUE") -> str:
    return _marks(
        f"said JOIN b ON b.id = said.ticket_id WHERE said.direction = '{direction}' AND {more}",
        at="said.created_at",
        source="said.id",
        agent="said.author_id",
    )


_F, _N, _U, _R = Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.NEXT_UPDATE, Target.RESOLUTION
_ANSWERED = "answers JOIN b ON b.id = answers.ticket_id"
_WAITED = _seconds("answers.at", "answers.since")
_OURS_FIRST = f"b.kind IN ({_listed(PARCEL_KINDS)}) AND NOT b.set_aside AND b.shipment_id IS NOT NULL"
_NO_STAFF = (
    "NOT b.by_person AND NOT EXISTS "
    "(SELECT FROM tickets_ticketevent e WHERE e.ticket_id = b.id AND e.actor_kind = 'staff')"
)
_REOPENED = """(
    SELECT e.id, e.ticket_id, e.at FROM tickets_ticketevent e
    WHERE e.ticket_id = ANY(%(tickets)s) AND e.type = 'transition' AND e.data->>'way' = 'reopen'
) e JOIN b ON b.id = e.ticket_id"""
_SURVEYS = "tickets_surveyanswer x JOIN b ON b.id = x.ticket_id WHERE x.ticket_id = ANY(%(tickets)s)"

_ALL: tuple[Measure, ...] = (
    Measure("opened", ("ticket", "opened"), _opened()),
    Measure("set_aside", ("ticket", "transition"), _opened("b.set_aside")),
    Measure("solved_of_opened", ("ticket", "transition"), _opened("b.solved")),
    Measure("repeat_7d", ("ticket", "link"), _again(7)),
    Measure("repeat_30d", ("ticket", "link"), _again(30)),
    Measure(
        "complaint",
        ("ticket", "message"),
        _opened(f"b.by_customer AND NOT b.set_aside AND b.kind NOT IN ({_listed(NO_COMPLAINT)})"),
    ),
    Measure("found", ("ticket", "message"), _opened(_OURS_FIRST, value="coalesce(NOT b.by_customer, TRUE)::int")),
    Measure(
        "lead",
        ("ticket", "message"),
        _opened(f"{_OURS_FIRST} AND b.first_in > b.opened_at", value=_seconds("b.first_in", "b.opened_at")),
        is_duration=True,
    ),
    Measure("lost", ("ticket", "details"), _opened("b.kind = 'loss' AND b.cause = 'lost' AND NOT b.set_aside")),
    Measure(
        "silent",
        ("ticket", "incident"),
        _opened("EXISTS (SELECT FROM logistics_incident i WHERE i.id = b.incident_id AND i.type = 'stale')"),
    ),
    Measure(
        "first_response",
        ("message",),
        _marks(
            f"{_ANSWERED} WHERE answers.answers = 0",
            at="answers.at",
            source="answers.source",
            value=_WAITED,
            agent="answers.author_id",
        ),
        is_duration=True,
    ),
    Measure(
        "response",
        ("message", "facts", "no_answer_needed"),
        _marks(_ANSWERED, at="answers.at", source="answers.source", value=_WAITED, agent="answers.author_id"),
        is_duration=True,
    ),
    Measure("first_response_working", ("clock",), _answer_of(_F), is_duration=True, in_hours=True),
    Measure("next_response_working", ("clock",), _answer_of(_N), is_duration=True, in_hours=True),
    Measure("resolution", ("ticket", "transition"), _ends(_seconds("b.resolved_at", "b.opened_at")), is_duration=True),
    Measure("resolution_ours", ("facts",), _ends(_OUR_TIME), is_duration=True),
    Measure("words_of_solved", ("message",), _ends("b.words")),
    Measure("solved_alone", ("message", "all events"), _ends(where=_NO_STAFF)),
    Measure("reopened", ("transition",), _marks(_REOPENED, at="e.at", source="e.id")),
    *(Measure(f"promise.{target}", ("clock", "breach"), _promise(target)) for target in Target),
    Measure("partner_answer", ("clock",), _answer_of(Target.PARTNER_ANSWER), is_duration=True, in_hours=True),
    Measure("carrier_answer", ("clock",), _answer_of(Target.CARRIER_ANSWER), is_duration=True, in_hours=True),
    Measure(
        "asked",
        ("clock", "breach"),
        _marks(
            "ended JOIN b ON b.id = ended.ticket_id WHERE ended.target IN ('partner_answer', 'carrier_answer')",
            at="ended.at",
            source="ended.id",
            value="ended.fulfilled::int",
            partner="ended.partner_id",
        ),
    ),
    Measure("backlog", ("facts",), _backlog(), is_level=True),
    Measure("message_in", ("message",), _of_messages("in")),
    Measure("message_out", ("message",), _of_messages("out")),
    Measure(
        "message_from_template",
        ("message", "knowledge use"),
        _of_messages("out", "EXISTS (SELECT FROM tickets_knowledgeuse u WHERE u.message_id = said.id)"),
    ),
    Measure(
        "survey_asked",
        ("survey answer",),
        _marks(_SURVEYS, at="x.asked_at", source="x.id", value="(x.answered_at IS NOT NULL)::int"),
    ),
    Measure(
        "score",
        ("survey answer",),
        _marks(f"{_SURVEYS} AND x.answered_at IS NOT NULL", at="x.answered_at", source="x.id", value="x.score"),
    ),
    Measure(
        "content",
        ("survey answer",),
        _marks(
            f"{_SURVEYS} AND x.answered_at IS NOT NULL", at="x.answered_at", source="x.id", value="(x.score >= 4)::int"
        ),
    ),
    Measure(
        "compensation", ("compensation",), _money("tickets_compensation", at="paid_at", amount="amount"), is_money=True
    ),
    Measure(
        "refund",
        ("details", "facts"),
        _marks(_REFUNDS, at="f.valid_from", source="f.id", value=_MILLI % "paid.amount", currency="paid.currency"),
        is_money=True,
    ),
    Measure(
        "claimed",
        ("claim",),
        _money("tickets_claim", at="filed_at", amount="amount", partner="x.partner_id"),
        is_money=True,
    ),
    Measure(
        "recovered",
        ("claim",),
        _money("tickets_claim", at="paid_at", amount="paid_amount", partner="x.partner_id"),
        is_money=True,
    ),
    *_stays(),
    Measure("parcel", ("shipment",), of_parcels=True),
    Measure("delivered", ("shipment", "scan"), of_parcels=True),
    Measure("on_time", ("shipment", "scan"), of_parcels=True),
)

MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
BY_NUMBER: dict[int, Measure] = {measure.number: measure for measure in _ALL}
if len(MEASURES) != len(_ALL) or len(BY_NUMBER) != len(_ALL):
    raise RuntimeError("two measures have one name or one number")

ALL_MARKS = "\nUNION ALL\n".join(
    measure.select.replace("{measure}", str(measure.number)) for measure in _ALL if measure.select
)
"""The marks of all measures, over ``BATCH``."""
