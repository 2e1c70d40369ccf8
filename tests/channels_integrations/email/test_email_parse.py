"""Raw mail to values: header, text, charset, files."""

# ruff: noqa: E501 - raw mail is easier to read in its own lines

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from channels_integrations.email.parse import clean_subject, parse_mail
from common.errors import MalformedPayload
from tickets.policies.inbound import AutomaticKind, InboundMessage

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
OWN = frozenset({"desk@clearway.test"})
HEAD = (
    b"Return-Path: <li@kunde.test>\r\nFrom: Li Wei <Li@Kunde.test>\r\nTo: desk@clearway.test\r\nSubject: Parcel\r\n"
    b"Message-ID: <one@kunde.test>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0800\r\nMIME-Version: 1.0\r\n"
)


def parsed(raw: bytes) -> InboundMessage:
    result = parse_mail(raw, own_addresses=OWN, received_at=NOW)
    assert isinstance(result, InboundMessage)
    return result


def body(content: bytes, content_type: str, encoding: str = "8bit") -> InboundMessage:
    fields = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    return parsed(HEAD + fields + content)


def with_header(*lines: bytes) -> InboundMessage:
    return parsed(b"\r\n".join([*lines, b"From: li@kunde.test", b"", b"Hello"]))


def test_plain_mail_becomes_a_message() -> None:
    message = parsed(
        HEAD + b"Cc: Boss <Boss@kunde.test>\r\nDelivered-To: desk@clearway.test\r\nIn-Reply-To: <b@x>\r\n"
        b"References: <a@x>\r\n <b@x>\r\nContent-Language: zh-CN, en\r\nReply-To: else@kunde.test\r\n\r\nWhere is it?\r\n"
    )

    assert message.external_id == "one@kunde.test"
    assert (message.sender_id, message.sender_name) == ("li@kunde.test", "Li Wei")
    assert message.text == "Where is it?"
    assert message.subject == "Parcel"
    assert message.sent_at == datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    assert message.recipients == ("desk@clearway.test", "boss@kunde.test")
    assert message.thread_keys == ("b@x", "a@x")
    assert message.language_hint == "zh-CN"
    assert message.headers["Reply-To"] == "else@kunde.test"
    assert message.automatic is AutomaticKind.NONE


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n\r\n", b"\x00\x01\x02\xff" * 50, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, b"no header"]
)
def test_what_is_no_mail_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedPayload):
        parse_mail(raw, own_addresses=OWN, received_at=NOW)


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("gb2312", "gb18030", "我的包裹卡在海关镕"),
        ("GBK", "gbk", "我的包裹在哪里"),
        ("iso-gb2312", "gb18030", "我的包裹在哪里"),
        ("gb18030", "gb18030", "𠮷包裹"),
        ("big5", "big5hkscs", "我的包裹在哪裡"),
        ("hz-gb-2312", "hz", "包裹"),
        ("iso-2022-jp", "iso2022_jp", "荷物はどこですか"),
        ("ISO-2022-JP-1", "iso2022_jp", "荷物"),
        ("shift_jis", "cp932", "荷物①はどこ㈱"),
        ("euc-jp", "euc_jp", "荷物はどこですか"),
        ("ks_c_5601-1987", "cp949", "소포가 어디 있나요 똠"),
        ("euc-kr", "euc_kr", "소포"),
        ("koi8-r", "koi8_r", "Где моя посылка"),
        ("windows-1251", "cp1251", "Где моя посылка"),
        ("windows-1250", "cp1250", "Gdzie jest moja paczka żółć"),
        ("iso-8859-2", "iso8859_2", "paczka żółć"),
        ("iso-8859-1", "cp1252", "“Preis” 40 €"),
        ("iso-8859-15", "iso8859_15", "40 €"),
        ("windows-1254", "cp1254", "şğı"),
        ("iso-8859-8-i", "iso8859_8", "שלום"),
        ("windows-1256", "cp1256", "مرحبا"),
        ("tis-620", "cp874", "สวัสดี"),
        ("utf-7", "utf_7", "Grüße"),
        ("utf-16", "utf_16", "Grüße"),
        ("utf8", "utf-8", "Grüße 包裹 🎁"),
        ('"utf-8"', "utf-8", "Grüße"),
        ("utf-8;format=flowed", "utf-8", "Grüße"),
        ("x-unknown", "utf-8", "Grüße 包裹"),
        ("no-such-charset", "utf-8", "Grüße 包裹"),
        ("unicode_escape", "utf-8", "Grüße"),
        ("punycode", "utf-8", "Grüße"),
        ("us-ascii", "utf-8", "Grüße 包裹"),
        ("us-ascii", "gb18030", "我的包裹卡在海关，请帮忙"),
        ("iso-8859-1", "utf-8", "Grüße aus Köln"),
        ("gb2312", "utf-8", "我的包裹卡在海关"),
        ("utf-8", "gb18030", "我的包裹卡在海关，请帮忙处理"),
        ("utf-8", "cp1252", "Grüße aus Köln, schöne Wünsche"),
        ("", "cp1251", "Где моя посылка, почему она на таможне"),
        ("", "koi8_r", "Где моя посылка, почему она на таможне"),
        ("", "cp932", "荷物はどこですか。教えてください"),
        ("", "iso2022_jp", "荷物はどこですか"),
    ],
)
def test_text_is_read_in_the_charsets_of_real_mail(label: str, codec: str, text: str) -> None:
    encoded = base64.encodebytes(text.encode(codec))

    message = body(encoded, f"text/plain; charset={label}" if label else "text/plain", "base64")

    assert message.text == text


def test_japanese_vendor_characters_survive_iso_2022_jp() -> None:
    data = b"\x1b$B-!2Y\x4a*\x1b(B ok \x1b(I1\x1b(B"  # a circled one, which no JIS standard of that name has

    assert body(data, "text/plain; charset=iso-2022-jp", "7bit").text == "①荷物 ok ｱ"


def test_damaged_utf8_keeps_what_is_readable() -> None:
    message = body("我的包裹在哪里".encode()[:-1] + b"?", "text/plain; charset=utf-8")

    assert message.text.startswith("我的包裹在哪")


def test_nul_and_lone_surrogates_never_come_through() -> None:
    message = body(b"a\x00b\xed\xa0\x80c\x07", "text/plain; charset=utf-8")

    assert "\x00" not in message.text
    message.text.encode()


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?B?5oiR55qE5YyF6KO5?=", "我的包裹"),
        (b"=?utf-8?B?5oiR55qE5YyF6A==?= =?utf-8?B?o7k=?=", "我的包裹"),
        (b"=?UTF-8?B?5oiR55qE5YyF6A?=\r\n =?utf-8?B?o7k?=", "我的包裹"),
        (b"=?gb2312?B?ztK1xLD8uPw=?=", "我的包更"),
        (b"=?GBK?Q?=CE=D2=B5=C4?=", "我的"),
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=", "Grüße aus Köln"),
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe aus Koeln?=", "Grüße aus Koeln"),
        (b"=?utf-8?q?What??= now", "What? now"),
        (b"=?utf-8?B?5oiR55qE5YyF6KO5", "我的包裹"),
        (b"=?iso-8859-1*de?q?Stra=DFe?=", "Straße"),
        (b"=?utf-8?Q?a?= =?iso-8859-1?Q?=E4?= b", "aä b"),
        (b"Re: =?no-such?Q?abc?= x", "Re: abc x"),
        ("Größe 包裹".encode(), "Größe 包裹"),
        ("我的包裹卡在海关".encode("gb18030"), "我的包裹卡在海关"),
        (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        (b"=?iso-2022-jp?B?GyRCMlkbKEI=?= =?iso-2022-jp?B?GyRCSio_GyhC?=", "荷物"),
        (b"tab\there \r\n folded", "tab here folded"),
        (b"", ""),
    ],
)  # fmt: skip
def test_subject_is_read_however_it_is_encoded(raw: bytes, subject: str) -> None:
    assert with_header(b"Subject: " + raw).subject.removesuffix("?") == subject


@pytest.mark.parametrize(
    ("raw", "name", "address"),
    [
        (b"Li Wei <li@kunde.test>", "Li Wei", "li@kunde.test"),
        (b'"Wei, Li" <LI@KUNDE.TEST>', "Wei, Li", "li@kunde.test"),
        (b"=?utf-8?B?5p2O5Lyf?= <li@kunde.test>", "李伟", "li@kunde.test"),
        (b'"=?utf-8?B?5p2O5Lyf?=" <li@kunde.test>', "李伟", "li@kunde.test"),
        (b"=?iso-8859-1?Q?M=FCller=2C_Jan?= <jan@kunde.test>", "Müller, Jan", "jan@kunde.test"),
        (b"li@kunde.test (Li Wei)", "Li Wei", "li@kunde.test"),
        (b"li@kunde.test", "", "li@kunde.test"),
        (b"<li@kunde.test>", "", "li@kunde.test"),
        (b"a@b.test <li@kunde.test>", "a@b.test", "li@kunde.test"),
        (b"one@kunde.test, two@kunde.test", "", "one@kunde.test"),
        (b"Team: li@kunde.test;", "", "li@kunde.test"),
        (b"Li <li@kunde(home).test>", "Li", "li@kunde.test"),
        (b"Li Wei li@kunde.test", "Li Wei", "li@kunde.test"),
        ("李伟 <li@kunde.test>".encode("gbk"), "李伟", "li@kunde.test"),
        (b'"broken <li@kunde.test>', "broken", "li@kunde.test"),
    ],
)
def test_sender_is_read_in_every_form(raw: bytes, name: str, address: str) -> None:
    message = parsed(b"From: " + raw + b"\r\nSubject: x\r\nContent-Type: text/plain; charset=gbk\r\n\r\nHi")

    assert (message.sender_name, message.sender_id) == (name, address)


def test_mail_without_a_sender_address_falls_back_to_the_envelope() -> None:
    message = parsed(b"From: Li Wei\r\nReturn-Path: <li@kunde.test>\r\n\r\nHi")

    assert (message.sender_name, message.sender_id) == ("Li Wei", "li@kunde.test")


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        (b"Fri, 20 Nov 2026 10:00:00 +0800 (CST)", datetime(2026, 11, 20, 2, 0, tzinfo=UTC)),
        (b"20 Nov 2026 10:00 GMT", datetime(2026, 11, 20, 10, 0, tzinfo=UTC)),
        (b"Fri, 20 Nov 2026 10:00:00 -0000", datetime(2026, 11, 20, 10, 0, tzinfo=UTC)),
        (b"Fri, 20 Nov 3609 10:00:00 +0000", NOW),
        (b"Thu, 1 Jan 1970 00:00:00 +0000", NOW),
        (b"Fri, 99 Foo 2026 99:99:99 +9999", NOW),
        (b"yesterday", NOW),
        (b"", NOW),
    ],
)
def test_absurd_date_falls_back_to_the_time_of_receipt(raw: bytes, moment: datetime) -> None:
    assert with_header(b"Date: " + raw).sent_at == moment


def test_message_id_is_made_up_from_the_content_where_it_is_missing() -> None:
    first, second = (parsed(b"From: a@b.test\r\n\r\nHi") for _ in range(2))

    assert first.external_id == second.external_id
    assert first.external_id.startswith("sha256-")


def test_long_message_ids_match_in_message_and_reference() -> None:
    long = b"<" + b"x" * 600 + b"@kunde.test>"
    sent = with_header(b"Message-ID: " + long)
    answer = with_header(b"Message-ID: <b@x>", b"References: <b@x> <c@x> " + long + b" <c@x>")

    assert len(sent.external_id) <= 240
    assert answer.thread_keys == ("c@x", sent.external_id)


MULTI = b'Content-Type: multipart/mixed; boundary="b1"\r\n\r\npreamble\r\n'


def test_plain_text_is_preferred_and_html_kept_for_display() -> None:
    message = parsed(
        HEAD
        + b"Content-Type: multipart/alternative; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/plain\r\n\r\nplain\r\n"
        b"--b1\r\nContent-Type: text/html\r\n\r\n<p>rich<script>x</script></p>\r\n--b1--\r\n"
    )

    assert (message.text, message.html) == ("plain", "<p>rich</p>")


def test_html_alone_becomes_text_with_its_charset_from_the_meta_tag() -> None:
    html = '<html><head><meta charset="gb2312"><title>t</title></head><body><p>我的包裹</p><br>第二行</body></html>'
    message = body(html.encode("gb18030"), "text/html")

    assert message.text == "我的包裹\n\n第二行"


def test_placeholder_text_gives_way_to_the_html() -> None:
    message = parsed(
        HEAD + b"Content-Type: multipart/alternative; boundary=b1\r\n\r\n--b1\r\n\r\nPlease use an HTML viewer\r\n"
        b"--b1\r\nContent-Type: text/html\r\n\r\n<p>My parcel LX123 has been held at customs</p>\r\n--b1--\r\n"
    )

    assert message.text == "My parcel LX123 has been held at customs"


def test_texts_around_an_image_are_both_read() -> None:
    message = parsed(
        HEAD + MULTI + b"--b1\r\n\r\nabove\r\n--b1\r\nContent-Type: image/png; name=a.png\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--b1\r\n\r\nbelow\r\n--b1--\r\n"
    )

    assert message.text == "above\n\nbelow"
    assert [(item.name, item.size) for item in message.attachments] == [("a.png", 8)]


@pytest.mark.parametrize(
    "end",
    [b"--b1--", b"", b"--b1--\r\nepilogue", b"--b1-"],
    ids=["closed", "no final boundary", "epilogue", "broken end"],
)
def test_parts_are_found_with_and_without_a_final_boundary(end: bytes) -> None:
    message = parsed(
        HEAD + MULTI + b"--b1\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b1\r\n"
        b"Content-Disposition: attachment; filename=a.txt\r\n\r\nfile\r\n" + end
    )

    assert message.text == "Hello"
    assert [item.name for item in message.attachments] == ["a.txt"]


def test_boundary_parameter_that_is_missing_is_found_in_the_body() -> None:
    message = parsed(
        HEAD + b"Content-Type: multipart/mixed\r\n\r\n--xyz\r\nContent-Type: text/plain\r\n\r\nHello\r\n--xyz--\r\n"
    )

    assert message.text == "Hello"


def test_multipart_in_name_only_is_read_as_text() -> None:
    assert parsed(HEAD + b"Content-Type: multipart/mixed; boundary=b1\r\n\r\nJust text").text == "Just text"


def test_body_without_a_blank_line_before_it_is_read() -> None:
    assert parsed(b"From: a@b.test\nSubject: x\nHello there\nsecond line").text == "Hello there\nsecond line"


@pytest.mark.parametrize("end", [b"\n", b"\r"], ids=["unix", "old mac"])
def test_other_line_ends_are_read(end: bytes) -> None:
    message = parsed(HEAD.replace(b"\r\n", end) + end + b"one" + end + b"two")

    assert (message.subject, message.text) == ("Parcel", "one\ntwo")


def test_mbox_line_and_byte_order_mark_before_the_header_are_skipped() -> None:
    assert parsed(b"\xef\xbb\xbfFrom li@kunde.test Fri Nov 20 10:00:00 2026\n" + HEAD + b"\r\nHi").text == "Hi"


def test_quoted_printable_with_damage_is_read() -> None:
    message = body(b"Gr=C3=BC=C3=9Fe=\r\n aus K=c3=b6ln =ZZ 100=", "text/plain; charset=utf-8", "Quoted-Printable")

    assert message.text == "Grüße aus Köln =ZZ 100="[:-1] or message.text.startswith("Grüße aus Köln =ZZ")


def test_text_that_only_says_it_is_base64_is_read_as_it_is() -> None:
    assert body(b"Hello, is this the desk? Yes: it is!", "text/plain", "base64").text.startswith("Hello, is")


def test_flowed_text_becomes_paragraphs() -> None:
    message = body(b"This is one \r\nparagraph.\r\n\r\n From here\r\n-- \r\nLi\r\n", "text/plain; format=flowed")

    assert message.text == "This is one paragraph.\n\nFrom here"
    assert message.quoted_text == "-- \nLi"


def test_uuencoded_file_in_the_text_becomes_an_attachment() -> None:
    message = body(b"See file\r\n\r\nbegin 644 note.txt\r\n%:&5L;&\\\r\n`\r\nend\r\nBye", "text/plain")

    assert message.text == "See file\n\nBye"
    assert [(item.name, item.content) for item in message.attachments] == [("note.txt", b"hello")]


def attached(headers: bytes, content: bytes = b"data") -> InboundMessage:
    return parsed(HEAD + MULTI + b"--b1\r\n\r\nHello\r\n--b1\r\n" + headers + b"\r\n\r\n" + content + b"\r\n--b1--\r\n")


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (b"attachment; filename=invoice.pdf", "invoice.pdf"),
        (b'attachment; filename="my invoice.pdf"', "my invoice.pdf"),
        (b"attachment; filename=my invoice.pdf", "my invoice.pdf"),
        (b"attachment; filename*=utf-8''%E5%8F%91%E7%A5%A8.pdf", "发票.pdf"),
        (b"attachment; filename*=gb2312''%B7%A2%C6%B1.pdf", "发票.pdf"),
        (b"attachment; filename*0*=utf-8''%E5%8F%91; filename*1*=%E7%A5%A8; filename*2=.pdf", "发票.pdf"),
        (b'attachment; filename="=?utf-8?B?5Y+R56WoLnBkZg==?="', "发票.pdf"),
        (b"attachment; filename==?gb2312?B?t6LGsS5wZGY=?=", "发票.pdf"),
        ('attachment; filename="发票.pdf"'.encode(), "发票.pdf"),
        (b'attachment; filename="../../etc/passwd"', "passwd"),
        (b'attachment; filename="C:\\\\Users\\\\li\\\\bill.doc"', "bill.doc"),
        ('attachment; filename="bill\u202efdp.exe"'.encode(), "billfdp.exe"),
        (b'attachment; filename="a<b>:c?.txt"', "a_b__c_.txt"),
        (b'attachment; filename="..."', "attachment-1.bin"),
        (b'attachment; filename="con.txt"', "_con.txt"),
        (b"attachment", "attachment-1.bin"),
    ],
)
def test_file_name_is_decoded_and_made_safe(field: bytes, name: str) -> None:
    message = attached(b"Content-Type: application/x-thing\r\nContent-Disposition: " + field)

    assert [item.name for item in message.attachments] == [name]


def test_long_file_name_keeps_its_extension() -> None:
    message = attached(b'Content-Disposition: attachment; filename="' + "发".encode() * 300 + b'.pdf"')

    name = message.attachments[0].name
    assert name.endswith(".pdf")
    assert len(name) <= 120
    assert len(name.encode()) <= 200


def test_image_shown_in_the_html_is_inline_and_others_are_attached() -> None:
    message = parsed(
        HEAD + b"Content-Type: multipart/related; boundary=b1\r\n\r\n--b1\r\nContent-Type: text/html\r\n\r\n"
        b'<p>Look <img src="cid:photo@x"><img src="https://spy.test/p.gif"></p>\r\n--b1\r\nContent-Type: image/png\r\n'
        b"Content-ID: <photo@x>\r\n\r\nPNG\r\n--b1\r\nContent-Type: image/png; name=other.png\r\n"
        b"Content-ID: <other@x>\r\nContent-Disposition: inline; filename=other.png\r\n\r\nPNG2\r\n--b1--\r\n"
    )

    assert 'src="cid:photo@x"' in message.html
    assert "spy.test" not in message.html
    assert [(item.name, item.content_id, item.inline) for item in message.attachments] == [
        ("image-1.png", "photo@x", True),
        ("other.png", "other@x", False),
    ]


def test_forwarded_mail_is_attached_as_a_file_with_its_subject_as_name() -> None:
    inner = b"From: c@carrier.test\r\nSubject: Re: Held / LX1\r\n\r\nHeld at customs"
    message = attached(b"Content-Type: message/rfc822", inner)

    assert message.text == "Hello"
    assert [(item.name, item.content) for item in message.attachments] == [("Held - LX1.eml", inner)]


@pytest.mark.parametrize(
    ("content_type", "name"),
    [
        (b"application/ms-tnef", "winmail.dat"),
        (b"text/calendar; method=REQUEST", "text-1.ics"),
        (b"application/pgp-signature", "attachment-1.asc"),
        (b"text/csv", "text-1.csv"),
    ],
)
def test_what_is_no_readable_text_is_attached(content_type: bytes, name: str) -> None:
    message = attached(b"Content-Type: " + content_type)

    assert message.text == "Hello"
    assert [(item.name, item.content) for item in message.attachments] == [(name, b"data")]


def test_body_that_has_a_name_is_read_when_there_is_no_other() -> None:
    message = parsed(HEAD + b"Content-Type: text/plain; name=body.txt\r\n\r\nWhere is it?")

    assert message.text == "Where is it?"
    assert [item.name for item in message.attachments] == ["body.txt"]


def test_vague_content_type_is_told_from_the_name() -> None:
    message = attached(b"Content-Type: application/octet-stream; name=photo.JPG")

    assert message.attachments[0].content_type == "image/jpeg"


@pytest.mark.parametrize(
    "content_type", [b"text", b"foo", b"", b";;;", b"text/plain; text/html", b"TEXT/Plain; charset"]
)
def test_broken_content_type_is_read_as_text(content_type: bytes) -> None:
    assert parsed(HEAD + b"Content-Type: " + content_type + b"\r\n\r\nHello").text == "Hello"


def test_reply_is_split_from_what_it_quotes() -> None:
    message = parsed(
        HEAD + b"\r\nThanks\r\n\r\nOn Fri, 20 Nov 2026 at 09:00, Desk <desk@clearway.test> wrote:\r\n> Hi\r\n"
    )

    assert message.text == "Thanks"
    assert message.quoted_text.endswith("> Hi")


@pytest.mark.parametrize(
    "subject",
    [
        "Parcel",
        "Re: Parcel",
        "RE: re: Parcel",
        "AW: WG: Parcel",
        "SV: VS: Parcel",
        "Antw: Parcel",
        "回复：Parcel",
        "回复: 转发: Parcel",
        "答复: Parcel",
        "回覆: 轉寄: Parcel",
        "Fwd: FW: Parcel",
        "Re[2]: Parcel",
        "Re (3): Parcel",
        "RV: TR: Parcel",
        "Odp: Parcel",
        "Отв: Parcel",
        "返信: Parcel",
        "회신: Parcel",
        "[External] Re: Parcel",
        "Ynt: Parcel",
        "Trả lời: Parcel",
    ],
)
def test_marks_of_answers_are_taken_off_the_subject(subject: str) -> None:
    assert clean_subject(subject) == "Parcel"


def test_subject_that_only_starts_like_a_mark_is_kept() -> None:
    assert clean_subject("Ref: order 12") == "Ref: order 12"
    assert clean_subject("Refund: where?") == "Refund: where?"
