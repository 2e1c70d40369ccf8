from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_integrations.contract import Parsed, Reachability
from channels_integrations.telegram.parse import envelopes, parse_update
from channels_integrations.telegram.text import length, split
from common.errors import MalformedPayload, UnsupportedEvent
from tests.channels_integrations.conftest import ANA, text_update
from tickets.policies.inbound import InboundAttachment, InboundLocation, InboundMessage

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def parse(update: Any) -> Parsed:
    [value] = parse_update(json.dumps(update).encode(), received_at=NOW)
    return value


def message(**content: Any) -> InboundMessage:
    update = text_update("", update_id=1, message_id=42)
    del update["message"]["text"]
    value = parse({"update_id": 1, "message": update["message"] | content})
    assert isinstance(value, InboundMessage)
    return value


def test_text_with_who_when_and_in_which_language() -> None:
    value = parse(text_update("¿Dónde está mi paquete? 😀\x00", update_id=9, message_id=42))

    assert value == InboundMessage(
        external_id=f"{ANA}:42",
        sender_id=str(ANA),
        sender_name="Ana",
        text="¿Dónde está mi paquete? 😀",
        sent_at=datetime.fromtimestamp(1_795_000_000, UTC),
        language_hint="es",
    )


def test_opening_the_chat_by_a_link_says_what_stood_in_the_link() -> None:
    assert message(text="/start RR123456785CN").text == "RR123456785CN"


def test_photo_takes_the_largest_size_and_its_caption() -> None:
    sizes = [
        {"file_id": "large", "width": 1280, "height": 960, "file_size": 90_000},
        {"file_id": "small", "width": 90, "height": 67, "file_size": 900},
    ]

    value = message(photo=sizes, caption="broken box")

    assert value.text == "broken box"
    assert value.attachments == (InboundAttachment("photo.jpg", "image/jpeg", remote_id="large", size=90_000),)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            {"document": {"file_id": "f", "file_name": "发票.pdf", "mime_type": "application/pdf", "file_size": 7}},
            InboundAttachment("发票.pdf", "application/pdf", remote_id="f", size=7),
        ),
        ({"voice": {"file_id": "f", "duration": 3}}, InboundAttachment("voice.oga", "audio/ogg", remote_id="f")),
        ({"video": {"file_id": "f"}}, InboundAttachment("video.mp4", "video/mp4", remote_id="f")),
        ({"video_note": {"file_id": "f"}}, InboundAttachment("video.mp4", "video/mp4", remote_id="f")),
        (
            {"audio": {"file_id": "f", "mime_type": "audio/mp4"}},
            InboundAttachment("audio.mp3", "audio/mp4", remote_id="f"),
        ),
    ],
)
def test_files_wait_to_be_fetched(content: dict[str, Any], expected: InboundAttachment) -> None:
    assert message(**content).attachments == (expected,)


def test_animation_is_one_file_although_told_twice() -> None:
    file = {"file_id": "f", "file_name": "wave.mp4", "mime_type": "video/mp4"}

    assert len(message(animation=file, document=file).attachments) == 1


def test_location_and_venue() -> None:
    place = {"latitude": 52.52, "longitude": 13.405}

    assert message(location=place).location == InboundLocation(52.52, 13.405)
    venue = {"location": place, "title": "Locker 7", "address": "Hauptstr. 1"}
    assert message(venue=venue, location=place).location == InboundLocation(52.52, 13.405, "Locker 7, Hauptstr. 1")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"sticker": {"emoji": "👍"}}, "[sticker] 👍"),
        ({"contact": {"first_name": "Ben", "phone_number": "+49 30 1"}}, "Ben +49 30 1"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "🎲"),
    ],
)
def test_what_has_no_words_gets_some(content: dict[str, Any], text: str) -> None:
    assert message(**content).text == text


def test_edited_message_names_the_one_it_replaces() -> None:
    update = text_update("new text", update_id=1, message_id=42, edit_date=1_795_000_060)

    value = parse({"update_id": 1, "edited_message": update["message"]})

    assert isinstance(value, InboundMessage)
    assert (value.edits_external_id, value.external_id) == (f"{ANA}:42", f"{ANA}:42@1795000060")
    assert value.sent_at == datetime.fromtimestamp(1_795_000_060, UTC)


def test_reply_names_the_message_it_answers() -> None:
    assert message(text="yes", reply_to_message={"message_id": 41}).thread_keys == (f"{ANA}:41",)


@pytest.mark.parametrize(("status", "blocked"), [("kicked", True), ("member", False)])
def test_blocking_the_bot_is_news_of_a_person(status: str, blocked: bool) -> None:
    member = {"chat": {"id": ANA, "type": "private"}, "date": 1_795_000_000, "new_chat_member": {"status": status}}

    assert parse({"update_id": 1, "my_chat_member": member}) == Reachability(
        str(ANA), blocked, datetime.fromtimestamp(1_795_000_000, UTC)
    )


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1, "callback_query": {"id": "1"}},
        text_update("/start", update_id=1),
        {"update_id": 1, "channel_post": {"message_id": 1, "chat": {"id": -1, "type": "channel"}, "date": 1}},
        text_update("hi", update_id=1, chat=-5)
        | {"message": {"chat": {"id": -5, "type": "supergroup"}, "message_id": 1}},
        text_update("hi", update_id=1)
        | {"message": text_update("", update_id=1)["message"] | {"from": {"is_bot": True}}},
        {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}},
    ],
)
def test_what_we_do_not_act_on_is_unsupported(update: Any) -> None:
    with pytest.raises(UnsupportedEvent):
        parse(update)


@pytest.mark.parametrize(
    "change",
    [{"date": "now"}, {"date": None}, {"date": True}, {"date": 1.5},
     {"message_id": None}, {"chat": []}, {"text": 7}, {"photo": []}, {"photo": [7]},
     {"location": {"latitude": 91, "longitude": 0}}, {"document": {"file_id": ""}}, {"reply_to_message": 3}],
)  # fmt: skip
def test_wrong_forms_name_the_field(change: dict[str, Any]) -> None:
    with pytest.raises(MalformedPayload, match=r"^\$\.message"):
        parse(text_update("hello", update_id=1, **change))


@pytest.mark.parametrize("date", [0, -1, -(2**63), 2**31, 2**40, 253_402_300_799, 2**63, 10**30], ids=str)
def test_a_message_of_an_absurd_date_is_from_when_it_came(date: int) -> None:
    value = parse(text_update("hello", update_id=1, date=date))

    assert isinstance(value, InboundMessage)
    assert (value.text, value.sent_at) == ("hello", NOW)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["update_id", "message", "edited_message", "my_chat_member", "chat", "id", "type", "from", "date", "text",
             "photo", "document", "file_id", "location", "latitude", "width", "message_id", "new_chat_member", "status"]
        ),
        inner | st.sampled_from(["private", "kicked"]),
        max_size=6,
    ),
    max_leaves=25,
)  # fmt: skip


@given(value=_JSON)
def test_no_json_brings_the_parser_down(value: Any) -> None:
    raw = json.dumps(value).encode()
    assert len(envelopes(raw)) == 1
    with suppress(MalformedPayload, UnsupportedEvent):
        parse_update(raw, received_at=NOW)


@given(
    name=st.sampled_from(["text", "date", "chat", "from", "message_id", "photo", "location", "edit_date"]), value=_JSON
)
def test_any_value_in_any_field_is_understood_or_named(name: str, value: Any) -> None:
    with suppress(MalformedPayload, UnsupportedEvent):
        parse(text_update("hello", update_id=1, **{name: value}))


@given(text=st.text(max_size=300), limit=st.integers(min_value=2, max_value=40))
def test_split_keeps_every_word_within_the_limit(text: str, limit: int) -> None:
    parts = split(text, limit=limit)

    assert all(0 < length(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_split_prefers_paragraphs_and_counts_emoji_twice() -> None:
    assert split("a" * 30 + "\n\n" + "b" * 20, limit=40) == ["a" * 30, "b" * 20]
    assert [length(part) for part in split("😀" * 30, limit=41)] == [40, 20]
