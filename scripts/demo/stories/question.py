"""A question that is put off and answered; and machines that write, which opens nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scripts.demo.cast import DESK_ADDRESS
from scripts.demo.day import Day, expect
from scripts.demo.steps import until

SNOOZE_SECONDS = 5
_EVENTS = "/admin/channels_integrations/inboundevent/?state=all"


def begin(day: Day) -> None:
    """Emma's question is put off; machines write meanwhile."""
    step, sofia, emma = day.steps.step, day.desk("sofia.marin"), day.mailbox("emma")
    lin = day.desk("mei.lin")
    day.steps.scene(f"A question: {day.client('emma').name} (English, by mail); and what opens nothing")

    with step("Emma Clark asks in English and adds a second mail; one ticket holds both"):
        subject = f"A question about my invoice {day.cast.serial}"
        emma.write(subject, "Hello,\n\ncould you send me a copy of my last invoice?\n\nThanks\nEmma Clark")
        ticket = sofia.find(subject, "Inquiry").ticket
        day.case(ticket, "emma", "e-mail")
        emma.write("One more thing", "I forgot: please make it out to Clark & Sons Ltd. Emma")
        sofia.wait_for_message(ticket, "Clark & Sons")
    with step(f"Lin Mei puts it off for {SNOOZE_SECONDS} seconds; it leaves the queue"):
        until_ = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(seconds=SNOOZE_SECONDS)
        lin.act(ticket, "snooze", until=until_.strftime("%Y-%m-%dT%H:%M:%S"))
        reference = sofia.open(ticket).reference
        expect(not _is_in_queue(day, reference), f"{reference} is out of the queue while it is put off")
    _machines(day)


def end(day: Day) -> None:
    """The question is back, and is answered."""
    step, sofia, emma = day.steps.step, day.desk("sofia.marin"), day.mailbox("emma")
    ticket = day.ticket_of("emma")
    day.steps.scene(f"The question is back: {emma.name}")

    with step("the clock brings it back, and the log says that it was the clock"):
        reference = sofia.open(ticket).reference
        until(f"{reference} is back in the queue", lambda: _is_in_queue(day, reference))
        until("“Woken · Clock” in the ticket's log", lambda: _woken_by_clock(sofia.log(ticket)))
    with step("a note for ourselves, an answer by mail, Emma's thanks in the same thread"):
        sofia.take(ticket, "Take up", topic="Invoice copy")
        sofia.write(ticket, "Invoice 8841 is in the shop's archive.", to="Internal note")
        sofia.write(ticket, "Dear Emma, here is what you asked for: your invoice 8841, made out to Clark & Sons Ltd.")
        answer = emma.next_mail("the answer", lambda mail: "invoice 8841" in mail.text)
        expect("shop's archive" not in answer.text, "no word of the note in the mail", answer.text)
        expect(bool(answer.headers.get("In-Reply-To")), "the mail answers hers (In-Reply-To)")
        sofia.take(ticket, "Resolve", answer="Sent the copy.")
        emma.write(f"Re: {answer.subject}", "Thank you!\n\nEmma", answers=answer)
        sofia.wait_for_message(ticket, "Thank you")
        expect(sofia.open(ticket).state == "Resolved", "thanks wake nobody: still “Resolved”", sofia.open(ticket).state)


def _is_in_queue(day: Day, reference: str) -> bool:
    lines = day.desk("sofia.marin").queue(tab="ours", kind="inquiry")
    return any(line.reference == reference for line in lines)


def _woken_by_clock(log: list[str]) -> bool:
    return any(line.startswith("Woken") and "clock" in line.lower() for line in log)


def _machines(day: Day) -> None:
    step, admin, run = day.steps.step, day.desk("zhou.yan"), day.cast.serial
    with step("a vacation note and a bounce come in; they open nothing and get no answer"):
        away = day.mailbox(f"away.{run}")
        away.write(f"Out of office {run}", "I am away until Monday.", headers={"Auto-Submitted": "auto-replied"})
        postmaster = day.mailbox(f"postmaster.{run}")
        postmaster.send(_bounce(postmaster.address, run), envelope_sender="")
        for sender, outcome in ((away.address, "Automatic reply"), (postmaster.address, "Bounce")):
            _wait_for_event(day, sender, outcome)
        for words in (f"Out of office {run}", f"Undelivered Mail {run}"):
            lines = admin.queue(q=words)
            expect(not lines, f"no ticket for “{words}”", ", ".join(line.reference for line in lines))
        expect(not away.received(), "no answer to the vacation note")


def _wait_for_event(day: Day, sender: str, outcome: str) -> None:
    admin = day.desk("zhou.yan")
    rows: list[str] = []

    def look() -> bool:
        rows[:] = [row for row in admin.list_rows(_EVENTS) if sender in row]
        return any(outcome in row for row in rows)

    until(f"the mail of {sender} in the list of inbound events as “{outcome}”", look, seen=lambda: "; ".join(rows))


def _bounce(address: str, run: int) -> bytes:
    """A delivery status notification (RFC 3464) about a mail that is not ours."""
    lines = f"""From: Mail Delivery System <{address}>
To: {DESK_ADDRESS}
Subject: Undelivered Mail {run} Returned to Sender
Message-ID: <bounce.{address}>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain; charset=us-ascii

This is the mail system. Your message could not be delivered.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.post.example

Final-Recipient: rfc822; nobody@post.example
Action: failed
Status: 5.1.1

--part--
"""
    return lines.replace("\n", "\r\n").encode()
