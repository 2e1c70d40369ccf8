"""Letters without a scan: a question put off and answered, one in Japanese, a return, a broken tea set."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from scripts.demo import papers
from scripts.demo.cast import DESK_ADDRESS
from scripts.demo.day import Day, expect
from scripts.demo.steps import Missing, until

SNOOZE_SECONDS = 4
_EVENTS = "/admin/channels_integrations/inboundevent/?state=all"


def play(day: Day) -> None:
    day.steps.scene("Letters: English, Japanese and Chinese by mail, Chinese in Telegram, and what opens nothing")
    _question(day)
    _machines(day)
    _japanese(day)
    _return(day)
    _broken(day)


def _question(day: Day) -> None:
    step, sofia, emma = day.steps.step, day.desk("sofia.marin"), day.mailbox("emma")
    with step("Emma Clark asks in English and adds a second mail; one ticket holds both"):
        subject = f"A question about my invoice {day.cast.run}"
        emma.write(subject, "Hello,\n\ncould you send me a copy of my last invoice?\n\nThanks\nEmma Clark")
        ticket = sofia.find(subject, "Inquiry").ticket
        day.case(ticket, "emma", "e-mail")
        emma.write("One more thing", "I forgot: please make it out to Clark & Sons Ltd. Emma")
        sofia.wait_for_message(ticket, "Clark & Sons")
    with step(f"Sofía puts it off for {SNOOZE_SECONDS} seconds; it leaves the queue"):
        until_ = datetime.now(ZoneInfo("Europe/Madrid")) + timedelta(seconds=SNOOZE_SECONDS)
        sofia.act(ticket, "snooze", until=until_.strftime("%Y-%m-%dT%H:%M:%S"))
        reference = sofia.open(ticket).reference
        expect(not _is_in_queue(day, reference), f"{reference} is out of the queue while it is put off")
    with step("the clock brings it back, and the log says that it was the clock"):
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
    step, admin, run = day.steps.step, day.desk("zhou.yan"), day.cast.run
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


def _japanese(day: Day) -> None:
    step, lin, yuki = day.steps.step, day.desk("mei.lin"), day.mailbox("yuki")
    with step("a stranger asks in Japanese; Lin Mei reads the language on the page and answers"):
        subject = f"お問い合わせ {day.cast.run}"
        yuki.write(
            subject,
            "はじめまして。日本への発送は可能でしょうか。送料も教えてください。よろしくお願いいたします。田中由紀",
        )
        ticket = _any_kind(day, subject)
        day.case(ticket, "yuki", "e-mail")
        expect("Japanese" in lin.open(ticket).side, "“Japanese” beside the customer", lin.open(ticket).side[:300])
        lin.write(ticket, "田中様、はい、日本へ発送できます。送料は1,200円です。")
        yuki.next_mail("the answer", lambda mail: "1,200円" in mail.text)
    with step("Lin Mei hands it over to the supervisor with a note"):
        page = lin.act(
            ticket,
            "hand-over",
            to_user=lin.option(ticket, "hand-over", "to_user", "David Okafor"),
            note="May I offer free shipping?",
        )
        expect("David Okafor" in page.owner, "David Okafor owns it", page.owner)


def _any_kind(day: Day, words: str) -> int:
    lin = day.desk("mei.lin")
    return until(f"“{words}” finds a ticket in the queue", lambda: next(iter(lin.queue(q=words)), None)).ticket


def _return(day: Day) -> None:
    step, lin, li = day.steps.step, day.desk("mei.lin"), day.mailbox("liming")
    finance = day.desk("omar.haddad")
    with step(
        "李明 wants to send something back; where the guess was wrong, one click corrects the kind"
    ):
        subject = f"退货申请 {day.cast.run}"
        li.write(subject, "您好，我买的衣服尺码不对，想退货退款，请问怎么操作？谢谢。李明")
        ticket = _any_kind(day, subject)
        if not lin.open(ticket).reference.startswith("RET-"):
            ticket = lin.act(ticket, "kind", kind="return").ticket
        day.case(ticket, "liming", "e-mail")
        expect(lin.open(ticket).said("想退货退款") is not None, "the mail moved along")
    with step("the return is approved and refunded; he hears of it in Chinese"):
        lin.take(ticket, "Approve", reason="Wrong size")
        finance.take(ticket, "Refund", amount="159.00", amount_currency="CNY")
        mail = li.next_mail("the refund", lambda mail: "159" in mail.text)
        expect("退款" in mail.text, "Chinese words in the mail", mail.text)


def _broken(day: Day) -> None:
    step, lin, wang = day.steps.step, day.desk("mei.lin"), day.chat("wangfang")
    finance, parcel = day.desk("omar.haddad"), day.parcel("damaged")
    with step("王芳 writes in Telegram that her tea set is broken and sends a photo; one ticket holds both"):
        wang.say(f"你好，我的包裹 {parcel.number} 收到了，但是茶具破损了，怎么赔偿？")
        ticket = lin.find(parcel.number, "Loss or damage").ticket
        day.case(ticket, "wangfang", "Telegram")
        wang.say(photo=base64.b64encode(papers.JPEG).decode(), caption="这是破损的照片")
        said = lin.wait_for_message(ticket, "这是破损的照片")
        expect(bool(said.files), "the photo as a file of the message", said.meta)
        until("the photo has been fetched from Telegram", lambda: _fetched(day, ticket))
    with step("Lin Mei confirms the damage, finance settles with a new one; 王芳 reads it in Telegram"):
        lin.take(ticket, "Confirm", what="damaged", grounds="Photo of 王芳", value="420.00", value_currency="CNY")
        finance.take(ticket, "Settle", how="reship")
        wang.next_text("how it is settled", parcel.number)
        lin.wait_for_state(ticket, "Settled")


def _fetched(day: Day, ticket: int) -> bool:
    said = day.desk("mei.lin").open(ticket).said("这是破损的照片")
    if said is None:
        raise Missing("the message with the photo has gone")
    return any("on its way" not in file and "not kept" not in file for file in said.files)
