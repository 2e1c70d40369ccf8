"""An update of Telegram's Bot API to the values that the intake takes: pure, whatever the JSON.

Source of all names and forms: https://core.telegram.org/bots/api (Update, Message, ChatMemberUpdated).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from channels_integrations.contract import Envelope, Parsed, Reachability
from channels_integrations.payload import hash_key, read_json
from common.errors import MalformedPayload, UnsupportedEvent
from tickets.policies.inbound import InboundAttachment, InboundLocation, InboundMessage

_MESSAGES = ("message", "edited_message")
_CHATS = (*_MESSAGES, "channel_post", "edited_channel_post", "my_chat_member", "chat_member", "business_message")
_LARGEST_NUMBER = 2**63
_FIRST_DAY = datetime(2013, 8, 14, tzinfo=UTC)
"""When Telegram began: what says it is older has no clock."""

# What a message can hold as a file: field, media type and name where Telegram gives none.
_FILES = (
    ("document", "application/octet-stream", "document"),
    ("voice", "audio/ogg", "voice.oga"),
    ("audio", "audio/mpeg", "audio.mp3"),
    ("video", "video/mp4", "video.mp4"),
    ("video_note", "video/mp4", "video.mp4"),
)


def envelopes(body: bytes) -> list[Envelope]:
    """The update's id and the chat it belongs to. Raises MalformedPayload for what is no JSON."""
    update = read_json(body)
    number = update.get("update_id") if isinstance(update, dict) else None
    if not _is_number(number):
        return [Envelope(hash_key(body), "")]
    return [Envelope(str(number), _chat_of(update))]


def _chat_of(update: dict[str, Any]) -> str:
    for name in _CHATS:
        content = update.get(name)
        chat = content.get("chat") if isinstance(content, dict) else None
        if isinstance(chat, dict) and _is_number(chat.get("id")):
            return str(chat["id"])
    return ""


def parse_update(raw: bytes, *, received_at: datetime) -> list[Parsed]:
    """Read one update; ``received_at`` (aware) stands in for an absurd time.

    Raises MalformedPayload for what is not as documented, UnsupportedEvent for what we leave.
    """
    update = read_json(raw)
    if not isinstance(update, dict) or not _is_number(update.get("update_id")):
        raise MalformedPayload("This is no update of Telegram: $.update_id is missing.", data={"path": "$.update_id"})
    for name in _MESSAGES:
        if name in update:
            message = _Object(update[name], f"$.{name}")
            return [_message(message, is_edit=name == "edited_message", received_at=received_at)]
    if "my_chat_member" in update:
        return [_membership(_Object(update["my_chat_member"], "$.my_chat_member"), received_at=received_at)]
    kinds = ", ".join(sorted(key for key in update if key != "update_id"))[:100]
    raise UnsupportedEvent(f"Telegram's update “{kinds}” is not one we act on.", data={"update": kinds})


def message_key(chat_id: int, message_id: int) -> str:
    """A message's id for us: Telegram counts messages for each chat."""
    return f"{chat_id}:{message_id}"


class _Object:
    """A JSON object with its path; anything unexpected is MalformedPayload that names the field."""

    def __init__(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise MalformedPayload(f"{path} is not an object.", data={"path": path})
        self.fields: dict[str, Any] = value
        self.path = path

    def __contains__(self, name: str) -> bool:
        return self.fields.get(name) is not None

    def object(self, name: str) -> _Object:
        return _Object(self.fields.get(name), f"{self.path}.{name}")

    def number(self, name: str) -> int:
        value = self.fields.get(name)
        if not _is_number(value):
            raise self.wrong(name, "a number")
        assert isinstance(value, int)
        return value

    def text(self, name: str) -> str:
        value = self.fields.get(name, "")
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(name, "a text")
        return _clean(value)

    def degrees(self, name: str, limit: float) -> float:
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= limit:
            raise self.wrong(name, "an angle in degrees")
        return float(value)

    def moment(self, name: str, *, received_at: datetime) -> datetime:
        """A Unix time; ``received_at`` for one before Telegram was or after the morrow."""
        seconds = self.fields.get(name)
        if not isinstance(seconds, int) or isinstance(seconds, bool):
            raise self.wrong(name, "a number")
        latest = received_at + timedelta(days=1)
        if not _FIRST_DAY.timestamp() <= seconds <= latest.timestamp():
            return received_at
        return datetime.fromtimestamp(seconds, UTC)

    def wrong(self, name: str, wanted: str) -> MalformedPayload:
        return MalformedPayload(f"{self.path}.{name} is not {wanted}.", data={"path": f"{self.path}.{name}"})


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST_NUMBER


def _clean(text: str) -> str:
    return text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _private_chat(holder: _Object) -> int:
    chat = holder.object("chat")
    kind = chat.text("type")
    if kind != "private":
        raise UnsupportedEvent(f"Only private chats are answered, not “{kind[:40]}”.", data={"chat_type": kind[:40]})
    return chat.number("id")


def _message(message: _Object, *, is_edit: bool, received_at: datetime) -> InboundMessage:
    chat_id = _private_chat(message)
    key = message_key(chat_id, message.number("message_id"))
    author = message.object("from") if "from" in message else message.object("chat")
    if author.fields.get("is_bot") is True:
        raise UnsupportedEvent("Bots are not answered.")
    attachments = tuple(_attachments(message))
    location = _location(message)
    text = _said(message) or _placeholder(message)
    if not text and not attachments and location is None:
        kinds = ", ".join(sorted(message.fields.keys() - {"message_id", "from", "chat", "date"}))[:100]
        raise UnsupportedEvent(f"A message of this type is not one we act on: {kinds}.", data={"message": kinds})
    edited = message.number("edit_date") if is_edit and "edit_date" in message else 0
    answered: tuple[str, ...] = ()
    if "reply_to_message" in message:
        answered = (message_key(chat_id, message.object("reply_to_message").number("message_id")),)
    return InboundMessage(
        external_id=f"{key}@{edited}" if is_edit else key,
        sender_id=str(chat_id),
        sender_name=_name(author),
        text=text,
        sent_at=message.moment("edit_date" if edited else "date", received_at=received_at),
        thread_keys=answered,
        attachments=attachments,
        location=location,
        edits_external_id=key if is_edit else "",
        language_hint=author.text("language_code")[:12],
    )


def _said(message: _Object) -> str:
    """The words. Opening a chat sends “/start”, with what stood in the link that was followed."""
    text = message.text("text") or message.text("caption")
    command, _, rest = text.partition(" ")
    if command != "/start":
        return text
    if not rest.strip():
        raise UnsupportedEvent("A person opened the chat and said nothing yet.")
    return rest.strip()


def _name(author: _Object) -> str:
    parts = (author.text("first_name"), author.text("last_name"))
    return (" ".join(part for part in parts if part) or author.text("username"))[:200]


def _placeholder(message: _Object) -> str:
    """Words for what has none of its own, so that staff see what the person did."""
    if "contact" in message:
        contact = message.object("contact")
        named = " ".join(part for part in (contact.text("first_name"), contact.text("last_name")) if part)
        return f"{named} {contact.text('phone_number')}".strip()
    if "sticker" in message:
        emoji = message.object("sticker").text("emoji")
        return f"[sticker] {emoji}".strip()
    if "dice" in message:
        return message.object("dice").text("emoji")
    if "poll" in message:
        return message.object("poll").text("question")
    return ""


def _location(message: _Object) -> InboundLocation | None:
    label = ""
    if "venue" in message:
        venue = message.object("venue")
        label = ", ".join(part for part in (venue.text("title"), venue.text("address")) if part)[:200]
        place = venue.object("location")
    elif "location" in message:
        place = message.object("location")
    else:
        return None
    return InboundLocation(place.degrees("latitude", 90), place.degrees("longitude", 180), label)


def _attachments(message: _Object) -> Iterator[InboundAttachment]:
    """Files by their id, to be fetched later. ``animation`` comes with a ``document`` of the same file."""
    if "photo" in message:
        yield _largest_photo(message)
    for name, content_type, file_name in _FILES:
        if name in message:
            file = message.object(name)
            yield InboundAttachment(
                name=file.text("file_name") or file_name,
                content_type=file.text("mime_type") or content_type,
                remote_id=_file_id(file),
                size=_size(file),
            )


def _largest_photo(message: _Object) -> InboundAttachment:
    sizes = message.fields["photo"]
    if not isinstance(sizes, list) or not sizes:
        raise message.wrong("photo", "a list of sizes")
    photos = [_Object(size, f"{message.path}.photo") for size in sizes]
    # The last is the largest by custom, not by promise.
    largest = max(photos, key=lambda photo: photo.number("width") * photo.number("height"))
    return InboundAttachment("photo.jpg", "image/jpeg", remote_id=_file_id(largest), size=_size(largest))


def _file_id(file: _Object) -> str:
    identifier = file.text("file_id")
    if not identifier or len(identifier) > 255:
        raise file.wrong("file_id", "a file's id")
    return identifier


def _size(file: _Object) -> int:
    return max(0, file.number("file_size")) if "file_size" in file else 0


def _membership(update: _Object, *, received_at: datetime) -> Reachability:
    """A person blocked the bot (status “kicked”) or let it in again (“member”)."""
    chat_id = _private_chat(update)
    status = update.object("new_chat_member").text("status")
    if status not in {"kicked", "member"}:
        raise UnsupportedEvent(f"A membership “{status[:40]}” is not one we act on.", data={"status": status[:40]})
    return Reachability(str(chat_id), status == "kicked", update.moment("date", received_at=received_at))
