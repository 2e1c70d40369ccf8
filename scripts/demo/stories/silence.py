"""A partner is asked and stays silent: the promise is missed within a minute, and the backup contact is asked."""

from __future__ import annotations

from scripts.demo.day import Day, expect
from scripts.demo.office import LADDERS, PROMISES, Office, as_json, span
from scripts.demo.steps import until

PROMISE = "A partner answers a question within a minute"
LADDER, BACKUP = "A partner is silent", "partner_backup"
RULE = "Partner silent"
MISSED_SECONDS = 90.0
_QUESTION = "Do you still have red gift paper?"


def begin(day: Day) -> None:
    """A supervisor makes the promise and the ladder fast; the warehouse is asked. What follows takes a minute."""
    step, ravi, lin = day.steps.step, day.mailbox("ravi"), day.desk("mei.lin")
    warehouse, supervisor = day.mailbox("warehouse"), Office(day.desk("david.okafor"))
    day.steps.scene("A silent partner, its beginning: a promise of one minute and a question to Ningbo")

    with step("a supervisor promises on the promises' page that partners answer questions within a minute"):
        _promise(supervisor)
    with step(f"on the ladder “{LADDER}” the backup contact is asked together with the first"):
        day.backup("warehouse")  # whatever is in that mailbox now is old
        supervisor.desk.look(supervisor.must_find(LADDERS, LADDER))
        level = next(row for row in supervisor.rows("levels") if supervisor.value(f"{row}-whom") == BACKUP)
        supervisor.save({**span(f"{level}-after", 0), f"{level}-hours_of": "wall"})
    with step("Ravi Nair asks for gift wrapping; Lin Mei asks the warehouse, which gets a mail"):
        subject = f"Gift wrapping {day.cast.serial}"
        ravi.write(subject, "Hello, do you offer gift wrapping? I would like red paper. Ravi Nair")
        ticket = lin.find(subject, "Inquiry").ticket
        day.case(ticket, "ravi", "e-mail")
        lin.take(ticket, "Take up", topic="Gift wrapping")
        partner = lin.option(ticket, "Ask partner", "partner", "Ningbo")
        lin.take(ticket, "Ask partner", partner=partner, question=_QUESTION)
        warehouse.next_mail("the question", lambda mail: _QUESTION in mail.text)
        side = lin.open(ticket).side
        expect("Partner's answer" in side, "the partner's promise among the promises on the page", side[:500])
    day.silent = ticket


def end(day: Day) -> None:
    """Nobody has answered: who is asked, who hears of it, and how it ends."""
    step, lin, ravi, ticket = day.steps.step, day.desk("mei.lin"), day.mailbox("ravi"), day.silent
    warehouse, backup = day.mailbox("warehouse"), day.backup("warehouse")
    day.steps.scene("A silent partner, its end: the minute is over")

    with step("the clock notes the missed promise; the rule starts the ladder and the ticket says so"):
        until("the missed promise on the ticket's page", lambda: _missed(day, ticket), seconds=MISSED_SECONDS)
        until(f"“{RULE}” among what rules did", lambda: RULE in lin.open(ticket).side)
    with step("陈伟 is reminded; his backup 孙丽 is asked, and Ravi hears what happens next"):
        reference = lin.open(ticket).reference
        warehouse.next_mail("the reminder", lambda mail: reference in mail.subject + mail.text)
        asked = backup.next_mail("the question", lambda mail: reference in mail.subject + mail.text)
        ravi.next_mail("what happens next", lambda mail: reference in mail.subject + mail.text)
    with step("孙丽 answers; the ladder ends, and Ravi gets his answer"):
        backup.write(f"Re: {asked.subject}", "红色包装纸还有货。孙丽", answers=asked)
        lin.wait_for_message(ticket, "红色包装纸还有货")
        until("“The escalation ended” in the log", lambda: any("escalation ended" in one for one in lin.log(ticket)))
        if "Answer received" in lin.open(ticket).steps:
            lin.take(ticket, "Answer received")
        lin.write(ticket, "Dear Ravi, yes: we wrap it in red paper.")
        ravi.next_mail("the answer", lambda mail: "we wrap it in red paper" in mail.text)
        lin.take(ticket, "Resolve", answer="We wrap it in red paper.")


def put_away(supervisor: Office) -> None:
    """Switch the promise of a minute off again: it was for the demonstration alone."""
    supervisor.desk.look(supervisor.must_find(PROMISES, PROMISE))
    supervisor.save({"is_active": False})


def _promise(supervisor: Office) -> None:
    known = supervisor.find(f"{PROMISES}?q=minute", PROMISE)
    supervisor.desk.look(known or f"{PROMISES}add/")
    supervisor.save(
        {
            "name": PROMISE,
            "target": "partner_answer",
            "order": "1",
            "is_active": True,
            "conditions": as_json({"all": [{"field": "ticket.kind", "op": "in", "value": ["inquiry"]}]}),
            "amount": "1",
            "unit": "minutes",
            "hours_of": "wall",
        }
    )


def _missed(day: Day, ticket: int) -> bool:
    return any("Missed" in one for one in day.desk("mei.lin").open(ticket).promises)
