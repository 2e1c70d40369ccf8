"""What is new in a mail, apart from what is quoted below it."""

# ruff: noqa: E501 - the lines are as long as mail programs make them

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels_integrations.email.quoting import split_reply

ATTRIBUTIONS = {
    "gmail english": "On Fri, Nov 20, 2026 at 10:00 AM Clearway Desk <desk@clearway.test> wrote:",
    "gmail english wrapped": "On Fri, Nov 20, 2026 at 10:00 AM Clearway Customs Desk Hamburg <\ndesk@clearway.test> wrote:",
    "gmail spanish": "El vie, 20 nov 2026 a las 10:00, Clearway (<desk@clearway.test>) escribió:",
    "gmail chinese": "Clearway Desk <desk@clearway.test> 于2026年11月20日周五 10:00写道：",
    "gmail traditional chinese": "Clearway Desk <desk@clearway.test> 於 2026年11月20日 週五 上午10:00寫道：",
    "gmail german": "Am Fr., 20. Nov. 2026 um 10:00 Uhr schrieb Clearway <desk@clearway.test>:",
    "gmail french": "Le ven. 20 nov. 2026 à 10:00, Clearway <desk@clearway.test> a écrit :",
    "gmail portuguese": "Em sex., 20 de nov. de 2026 às 10:00, Clearway <desk@clearway.test> escreveu:",
    "gmail italian": "Il giorno ven 20 nov 2026 alle ore 10:00 Clearway <desk@clearway.test> ha scritto:",
    "gmail dutch": "Op vr 20 nov 2026 om 10:00 schreef Clearway <desk@clearway.test>:",
    "gmail polish": "pt., 20 lis 2026 o 10:00 Clearway <desk@clearway.test> napisał(a):",
    "gmail swedish": "Den fre 20 nov. 2026 kl 10:00 skrev Clearway <desk@clearway.test>:",
    "gmail japanese": "2026年11月20日(金) 10:00 Clearway <desk@clearway.test>:",
    "gmail korean": "2026년 11월 20일 (금) 오전 10:00, Clearway <desk@clearway.test>님이 작성:",
    "gmail russian": "пт, 20 нояб. 2026 г. в 10:00, Clearway <desk@clearway.test>:",
    "gmail turkish": "Clearway <desk@clearway.test>, 20 Kas 2026 Cum, 10:00 tarihinde şunu yazdı:",
    "gmail vietnamese": "Vào Th 6, 20 thg 11, 2026 vào lúc 10:00 Clearway <desk@clearway.test> đã viết:",
    "gmail indonesian": "Pada tanggal Jum, 20 Nov 2026 pukul 10.00 Clearway <desk@clearway.test> menulis:",
    "gmail thai": "ในวันที่ ศ. 20 พ.ย. 2026 เวลา 10:00 Clearway <desk@clearway.test> เขียนว่า:",
    "gmail arabic": "في الجمعة، 20 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Clearway <desk@clearway.test>:",
    "163": '在 2026-11-20 10:00:00，"Clearway" <desk@clearway.test> 写道：',
    "163 old": "在2026-11-20 10:00:00，Clearway<desk@clearway.test>写道：",
    "163 english": 'At 2026-11-20 10:00:00, "Clearway" <desk@clearway.test> wrote:',
    "apple mail": "On 20 Nov 2026, at 10:00, Clearway Desk <desk@clearway.test> wrote:",
    "apple mail german": "Am 20.11.2026 um 10:00 schrieb Clearway Desk <desk@clearway.test>:",
    "apple mail chinese": "在 2026年11月20日，上午10:00，Clearway <desk@clearway.test> 写道：",
    "apple mail japanese": "2026/11/20 10:00、Clearway <desk@clearway.test>のメール:",
    "apple mail russian": "20 нояб. 2026 г., в 10:00, Clearway <desk@clearway.test> написал(а):",
    "yahoo": "    On Friday, November 20, 2026 at 10:00:00 AM GMT+1, Clearway <desk@clearway.test> wrote:  ",
    "yahoo spanish": "El viernes, 20 de noviembre de 2026, 10:00:00 CET, Clearway <desk@clearway.test> escribió:",
    "thunderbird": "On 11/20/26 10:00, Clearway Desk wrote:",
    "thunderbird french": "Le 20/11/2026 à 10:00, Clearway Desk a écrit :",
    "outlook app": "________________________________\nFrom: Clearway <desk@clearway.test>\nSent: Friday, November 20, 2026 10:00\n"
    "To: Li Wei <li@kunde.test>\nSubject: Your parcel",
    "outlook german": "Von: Clearway <desk@clearway.test>\nGesendet: Freitag, 20. November 2026 10:00\nAn: Li Wei\n"
    "Cc: x@y.test\nBetreff: Ihr Paket",
    "outlook french": "De : Clearway <desk@clearway.test>\nEnvoyé : vendredi 20 novembre 2026 10:00\nÀ : Li Wei\nObjet : Colis",
    "outlook spanish": "De: Clearway <desk@clearway.test>\nEnviado el: viernes, 20 de noviembre\nPara: Li\nAsunto: Paquete",
    "outlook portuguese": "De: Clearway\nEnviada em: sexta-feira, 20 de novembro\nPara: Li Wei\nAssunto: Encomenda",
    "outlook italian": "Da: Clearway\nInviato: venerdì 20 novembre 2026 10:00\nA: Li Wei\nOggetto: Pacco",
    "outlook dutch": "Van: Clearway\nVerzonden: vrijdag 20 november 2026 10:00\nAan: Li Wei\nOnderwerp: Pakket",
    "outlook polish": "Od: Clearway\nWysłano: piątek, 20 listopada 2026 10:00\nDo: Li Wei\nTemat: Paczka",
    "outlook swedish": "Från: Clearway\nSkickat: den 20 november 2026 10:00\nTill: Li Wei\nÄmne: Paket",
    "outlook russian": "От: Clearway\nОтправлено: 20 ноября 2026 г. 10:00\nКому: Li Wei\nТема: Посылка",
    "outlook chinese": "发件人: Clearway <desk@clearway.test>\n发送时间: 2026年11月20日 10:00\n收件人: 李伟\n主题: 您的包裹",
    "foxmail": "\u00a0\n发件人： Clearway\n发送时间： 2026-11-20 10:00\n收件人： 李伟\n主题： 您的包裹",
    "outlook traditional": "寄件者: Clearway\n寄件日期: 2026年11月20日\n收件者: 李偉\n主旨: 包裹",
    "outlook japanese": "差出人: Clearway\n送信日時: 2026年11月20日 10:00\n宛先: 山田\n件名: 荷物",
    "outlook korean": "보낸 사람: Clearway\n보낸 날짜: 2026년 11월 20일\n받는 사람: 김\n제목: 소포",
    "outlook bold": "*From:* Clearway\n*Sent:* Friday, November 20, 2026 10:00\n*To:* Li\n*Subject:* Your parcel",
    "original message": "-----Original Message-----\nFrom: Clearway",
    "original german": "-----Ursprüngliche Nachricht-----",
    "original french": "-----Message d'origine-----",
    "original japanese": "-----元のメッセージ-----",
    "qq mail": '------------------ 原始邮件 ------------------\n发件人: "Clearway" <desk@clearway.test>;',
    "qq mail english": '------------------\u00a0Original\u00a0------------------\nFrom: "Clearway" <desk@clearway.test>;',
    "netease": "---- 回复的原邮件 ----\n| 发件人 | Clearway<desk@clearway.test> |\n| 日期 | 2026年11月20日 10:00 |",
    "no rules": "Original Message\n-----------------\nFrom: Clearway <desk@clearway.test>",
    "date without time": "Am 20. November 2026 schrieb Clearway:",
    "czech": "Dne 20. 11. 2026 v 10:00 Clearway napsal(a):",
    "finnish": "20. marraskuuta 2026 klo 10.00 Clearway <desk@clearway.test> kirjoitti:",
    "ukrainian": "20 листопада 2026 р. 10:00 Clearway <desk@clearway.test> написав:",
    "hebrew": "ב-יום ו׳, 20 בנוב׳ 2026 ב-10:00 מאת Clearway <desk@clearway.test>:",
    "greek": "Στις Παρ, 20 Νοε 2026 στις 10:00, ο χρήστης Clearway <desk@clearway.test> έγραψε:",
    "android": "-------- Original message --------\nFrom: Clearway <desk@clearway.test>",
}  # fmt: skip
QUOTED = "Your parcel is held at customs.\nPlease send us the invoice."


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_earlier_mail_is_folded_away_whatever_program_quotes_it(attribution: str) -> None:
    text = f"Here is the invoice 发票在附件里.\n\nLi Wei\n\n{attribution}\n\n{QUOTED}\n"

    new, quoted = split_reply(text)

    assert new == "Here is the invoice 发票在附件里.\n\nLi Wei"
    assert "held at customs" in quoted


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_earlier_mail_with_quote_marks_is_folded_away(attribution: str) -> None:
    marked = "\n".join(f"> {line}" for line in QUOTED.split("\n"))

    new, _ = split_reply(f"Thanks!\n{attribution}\n{marked}\n")

    assert new == "Thanks!"


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "从我的iPhone发送",
        "发自我的iPhone",
        "發自我的 iPhone",
        "来自我的手机",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Enviado do meu iPhone",
        "Inviato da iPhone",
        "Отправлено с iPhone",
        "iPhoneから送信",
        "나의 iPhone에서 보냄",
        "Sent from Outlook for Android<https://aka.ms/AAb9ysg>",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "-- \nLi Wei\nKunde GmbH\n+49 40 123",
        "--\nLi Wei",
    ],
)
def test_signature_is_folded_away(line: str) -> None:
    assert split_reply(f"Where is my parcel?\n\n{line}\n") == ("Where is my parcel?", line)


def test_answers_between_quoted_lines_keep_the_lines_they_answer() -> None:
    text = (
        "On Fri, 20 Nov 2026 at 10:00, Desk <desk@clearway.test> wrote:\n"
        "> What is inside?\nA lamp.\n> What is it worth?\n\n40 EUR.\n> Thanks\n"
    )

    new, quoted = split_reply(text)

    assert new == "> What is inside?\nA lamp.\n> What is it worth?\n\n40 EUR."
    assert "wrote:" in quoted


def test_answer_below_the_quote_is_found() -> None:
    new, _ = split_reply("Am 20.11.2026 um 10:00 schrieb Desk:\n\n> Wo sind Sie?\n\nZu Hause.\n\n-- \nLi\n")

    assert new == "Zu Hause."


def test_bare_forward_keeps_everything() -> None:
    text = "---------- Forwarded message ---------\nFrom: Carrier <c@carrier.test>\nSubject: Held\n\nHeld at LEJ."

    assert split_reply(text) == (text, "")
    assert split_reply(f"FYI\n\n{text}") == (f"FYI\n\n{text}", "")


def test_outlook_forward_without_own_words_keeps_everything() -> None:
    text = "From: Carrier <c@carrier.test>\nSent: Friday\nTo: Li\nSubject: FW: Held\n\nHeld at LEJ."

    assert split_reply(text) == (text, "")


def test_forward_below_a_real_question_is_folded() -> None:
    new, quoted = split_reply(
        "What does this mean for my parcel?\n\n---------- 转发的邮件 ----------\n发件人: a@b.test\n\nHeld."
    )

    assert new == "What does this mean for my parcel?"
    assert quoted.endswith("Held.")


@pytest.mark.parametrize(
    "text",
    [
        "From: Shanghai\nTo: Hamburg\nDate: 20 November\nWeight: 3 kg",
        "On 20 November I called you.\nNobody answered:\nplease call back.",
        "Yesterday at 10:00 your driver wrote:\nnot at home",
        "Delivery address:\nLi Wei\nli@kunde.test\nHamburg",
        "My e-mail is li@kunde.test, please note:\nthe parcel is wet.",
        "Tracking: LX123456789CN\nDatum: 20.11.2026\nAn: Li Wei",
        "Items - 2 lamps\n---\nTotal: 40 EUR",
        "5 > 3\nand 3 < 5",
        "Where is it?\nSent from Shenzhen on 3 November",
        "包裹在哪？\n发自深圳仓库",
        "On 20 November 2026 your driver wrote:\nnot at home",
        "Where is it? It was\nenviado desde China el lunes",
        "",
        "\n\n",
    ],
)
def test_own_words_that_look_like_markers_are_kept(text: str) -> None:
    assert split_reply(text) == (text.strip("\n"), "")


def test_mail_that_is_all_quote_is_shown_whole() -> None:
    assert split_reply("> only\n> this") == ("> only\n> this", "")


@pytest.mark.parametrize(
    "text",
    [
        "On " * 200_000,
        "On Fri, 20 Nov 2026 at 10:00, a@b.test\n" * 20_000,
        "> " * 500_000,
        "From: a@b.test\n" * 50_000,
        "-" * 1_000_000,
        ("-" * 399 + "\n") * 2_000,
        "sent from " + "x" * 380 + "\n",
        "发自" * 300_000,
        ("a@" * 190 + ":\n") * 2_000,
        "\n" * 300_000,
        ("Le 20/11/2026 à 10:00, " + "x " * 150 + "\n") * 1_000,
    ],
    ids=range(11),
)
def test_hostile_text_takes_bounded_time(text: str) -> None:
    started = time.process_time()

    split_reply(text)

    assert time.process_time() - started < 1.5


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*ATTRIBUTIONS.values(), QUOTED, "> x", "", "--", "-- ", "Hello", "Sent from my iPhone"]))
)
def test_no_word_is_lost(parts: list[str]) -> None:
    text = "\n".join(parts)

    new, quoted = split_reply(text)

    assert sorted("".join((new + quoted).split())) == sorted("".join(text.split()))
    assert bool(new.strip()) == bool(text.strip())
