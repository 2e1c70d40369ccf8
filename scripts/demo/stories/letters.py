"""Three more without a scan: a question in Japanese, a return in Chinese, a broken tea set in Telegram."""

from __future__ import annotations

import base64

from scripts.demo import papers
from scripts.demo.day import Day, expect
from scripts.demo.steps import Missing, until


def play(day: Day) -> None:
    day.steps.scene("Letters: Japanese and Chinese by mail, Chinese in Telegram")
    _japanese(day)
    _return(day)
    _broken(day)


def _japanese(day: Day) -> None:
    step, lin, yuki = day.steps.step, day.desk("mei.lin"), day.mailbox("yuki")
    with step("a stranger asks in Japanese; Lin Mei reads the language on the page and answers"):
        subject = f"お問い合わせ {day.cast.serial}"
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
    with step("李明 wants to send something back; where the guess was wrong, one click corrects the kind"):
        subject = f"退货申请 {day.cast.serial}"
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
