"""A supervisor builds a rule, tries it, switches it on; a mail makes it fire and calls whoever is on call."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scripts.demo.day import Day, expect
from scripts.demo.office import LADDERS, ROTAS, RULES, Office, as_json, moment
from scripts.demo.steps import until

LADDER, ROTA = "Urgent", "Day and night"
_NAME = "Trade fair, day "
_ON_CALL_HOURS = 1


def play(day: Day) -> None:
    day.steps.scene("A rule of one's own: built, tried on what was, switched on; and who is on call")
    _on_call(day)
    name = rule_name(day)
    _build(day, name)
    _fires(day, name)


def rule_name(day: Day) -> str:
    """What the rule of this day is called."""
    return f"{_NAME}{day.cast.run}"


def put_away(supervisor: Office) -> None:
    """Switch off what rules of this kind are on: of this day, or of one that broke off."""
    for name in supervisor.rules_on():
        if name.startswith(_NAME):
            supervisor.switch(name, on=False)


def _on_call(day: Day) -> None:
    step, supervisor = day.steps.step, Office(day.desk("zhou.yan"))
    sofia = day.desk("sofia.marin")
    with step(f"Sofía is on call for the next hour, by the rota's page; the ladder “{LADDER}” calls by that rota"):
        page = supervisor.must_find(ROTAS, ROTA)
        if sofia.name not in _on_call_now(day):
            supervisor.desk.look(page)
            row = supervisor.add_row("overrides")
            now = datetime.now(ZoneInfo("Asia/Shanghai"))
            supervisor.save(
                {
                    **supervisor.choose(f"{row}-user", "tickets.rotaoverride", "user", sofia.name),
                    **moment(f"{row}-from_at", now - timedelta(minutes=1)),
                    **moment(f"{row}-until_at", now + timedelta(hours=_ON_CALL_HOURS)),
                    f"{row}-note": "Trade fair",
                }
            )
        now_on_call = _on_call_now(day)
        expect(sofia.name in now_on_call, f"{sofia.name} on call in the list of rotas", now_on_call)
        supervisor.desk.look(supervisor.must_find(LADDERS, LADDER))
        first = supervisor.rows("levels")[0]
        rota = supervisor.choose(f"{first}-rota", "tickets.escalationlevel", "rota", ROTA)
        supervisor.save({f"{first}-whom": "on_call", **rota})


def _on_call_now(day: Day) -> str:
    return next((row for row in day.desk("david.okafor").list_rows(ROTAS) if ROTA in row), "")


def _build(day: Day, name: str) -> None:
    step, supervisor = day.steps.step, Office(day.desk("david.okafor"))
    rule = _rule(name, day.cast.run)
    with step("David Okafor builds a rule and tries it on the last 30 days: Emma's question would have made it run"):
        supervisor.desk.look(f"{RULES}add/")
        said, tried = supervisor.backtest(rule, days=30)
        emma = supervisor.desk.open(day.ticket_of("emma")).reference
        expect(emma in said, f"{emma} among what it would have run on", said[:400])
        expect("nothing was changed" in said, "“nothing was changed” beside the backtest", said[:400])
        expect(name not in supervisor.desk.open(day.ticket_of("emma")).side, "Emma's ticket as it was")
    with step("he saves it, switched off, and switches it on; nobody asks, for it was tried"):
        supervisor.desk.look(f"{RULES}add/")
        supervisor.save_rule({**rule, "tried": tried})
        supervisor.switch(name, on=True)


def _rule(name: str, run: int) -> dict[str, object]:
    """The rule as the editor's form sends it: e-mail in English about whatever, from a customer."""
    conditions = [
        {"field": "ticket.kind", "op": "is", "value": "inquiry"},
        {"field": "message.audience", "op": "is", "value": "customer"},
        {"field": "message.language", "op": "in", "value": ["en"]},
        {"field": "message.channel", "op": "is", "value": "email"},
    ]
    actions = [
        {"action": "add_tag", "inputs": {"tag": f"fair-{run}"}},
        {"action": "set_priority", "inputs": {"priority": 1}},
        {"action": "note", "inputs": {"text": "A visitor of the trade fair: answer at once."}},
    ]
    return {
        "name": name,
        "description": "Who writes to us from the fair waits for nobody.",
        "trigger": "event",
        "events": ["message_received"],
        "conditions": as_json({"all": conditions}),
        "actions": as_json(actions),
    }


def _fires(day: Day, name: str) -> None:
    step, tom, sofia = day.steps.step, day.mailbox("tom"), day.desk("sofia.marin")
    caller, mails = Office(sofia), day.mailbox("sofia.marin")
    with step("Tom Baker writes from the fair; the rule makes it urgent, and the ticket says which rule and why"):
        subject = f"Meeting at your stand {day.cast.serial}"
        tom.write(subject, "Hello, I am at your stand today. Could somebody of yours talk to me? Tom Baker")
        ticket = sofia.find(subject, "Inquiry").ticket
        day.case(ticket, "tom", "e-mail")
        until(f"“{name}” among what rules did here", lambda: name in sofia.open(ticket).side)
        side = sofia.open(ticket).side
        expect("because" in side, "why the rule ran", side[-800:])
        line = sofia.find(subject, "Inquiry")
        expect("Urgent" in line.text, "“Urgent” in the queue", line.text)
        expect(bool(line.promise), "a promise that counts down in the queue", line.text)
    with step("whoever is on call is called in the desk and by mail: Sofía, who presses “I have it”"):
        reference = sofia.open(ticket).reference
        until(f"a call about {reference} among Sofía's calls", lambda: reference in caller.calls())
        mails.next_mail("the call", lambda mail: reference in mail.subject)
        caller.take_call(reference)
        expect(reference not in caller.calls(), "no open call about it any more")
        until("“A call was answered” in the log", lambda: any("call was answered" in one for one in sofia.log(ticket)))
        sofia.write(ticket, "Dear Tom, I am on my way to the stand.")
        tom.next_mail("the answer", lambda mail: "on my way to the stand" in mail.text)
        sofia.take(ticket, "Resolve", answer="Met at the stand.")
