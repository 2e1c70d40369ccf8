"""Reading an incoming message: what may be kept of it, and what it says."""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass
from hashlib import sha256

from logistics.policies.tracking_number import find_tracking_numbers
from tickets.choices import PREFIXES, Kind, Priority
from tickets.policies.inbound import InboundMessage
from tickets.policies.kind_guess import Guess, guess_kind, is_thanks, word_hits
from tickets.policies.language import detect_language
from tickets.policies.personal_data import contains_personal_data, mask
from tickets.policies.text import safe
from tickets.policies.word_lists import ANGER, WordLists

MAX_TEXT = 100_000
"""Characters of a message that are shown; the whole of a longer one is kept as a file."""
MAX_QUOTED, MAX_HTML = 200_000, 500_000
MAX_SUBJECT, MAX_ID, MAX_SUMMARY, MAX_PLACE = 300, 255, 120, 200
_MOST_NUMBERS, _MOST_HITS, _MOST_ANGRY, _LONGEST_HIT = 20, 40, 10, 120

_MARKS = re.compile(
    r"^\s*(?:(?:re|aw|antw|sv|vs|r|res|odp|fw|fwd|wg|tr|rv|enc|回复|回覆|答复|答覆|转发|轉寄|返信|転送|회신|отв)"
    r"(?:\s?[\[(]\d{1,3}[\])])?\s?[:：]\s*)+",
    re.IGNORECASE,
)
_PREFIX = "|".join(PREFIXES.values())
_REFERENCE = re.compile(rf"\[({_PREFIX})-(\d{{1,18}})\]", re.IGNORECASE)
_KIND_OF_PREFIX = {prefix: kind for kind, prefix in PREFIXES.items()}
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")
_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|day|afternoon|evening)|hola|buen[oa]s|estimad|hallo|guten|sehr geehrte|"
    r"bonjour|madame|olá|ola|bom dia|boa tarde|prezad|您好|你好|こんにちは|お世話に|はじめまして).{0,60}$",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^>]{0,20000}>")
_BLANKS = re.compile(r"\s+")
_LONG_NUMBER = re.compile(r"(?:\d[\s.\-]?){7}|[0-9\uff10-\uff19]{7}|&#|</?\w+>\d|\d<")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is kept of a message (masked, fitting its columns) and what it says.

    ``word_hits`` are the listed words found: the angry ones (``anger:scam``) behind the word ``anger`` itself, by which
    a rule asks for any, then those that spoke for the kind. ``whole_text`` is set when ``text`` had to be cut.
    ``reference`` is the (kind, number) of a ticket that the subject names; whoever writes it has proved nothing yet.
    """

    text: str
    subject: str
    quoted_text: str
    html: str
    whole_text: str
    masked: tuple[str, ...]
    language: str
    tracking_numbers: tuple[str, ...]
    guess: Guess
    word_hits: tuple[str, ...]
    is_thanks: bool
    summary: str
    reference: tuple[str, int] | None


def read(message: InboundMessage, *, word_lists: WordLists, language_hint: str = "") -> Reading:
    """Mask and understand a message. ``language_hint`` is what is known of the sender, BCP 47 or ""."""
    found: dict[str, None] = {}

    def masked(text: str) -> str:
        result = mask(text)
        found.update(dict.fromkeys(finding.kind for finding in result.found))
        return result.text

    whole = masked(message.text).strip()
    subject = _BLANKS.sub(" ", masked(message.subject[: MAX_SUBJECT * 4])).strip()[:MAX_SUBJECT]
    quoted = masked(message.quoted_text[:MAX_QUOTED])
    text = whole[:MAX_TEXT]
    language = detect_language(text or subject, hint=message.language_hint or language_hint)
    said = f"{subject}\n{text}" if subject else text
    guess = guess_kind(said, word_lists=word_lists, language=language)
    # A forwarded mail is folded away, and may be all that names the parcel.
    named = find_tracking_numbers(said[:20_000]) or find_tracking_numbers(quoted[:20_000])
    numbers = dict.fromkeys(number.number for number in named)
    guess = Guess(guess.kind, guess.score, tuple(hit[:_LONGEST_HIT] for hit in guess.hits[:_MOST_HITS]))
    return Reading(
        text=text,
        subject=subject,
        quoted_text=quoted,
        html=_kept_html(message.html, already_masked=bool(found)),
        whole_text=whole if len(whole) > MAX_TEXT else "",
        masked=tuple(found),
        language=language,
        tracking_numbers=tuple(number for number in numbers if len(number) <= 64)[:_MOST_NUMBERS],
        guess=guess,
        word_hits=(*_anger(said, word_lists), *guess.hits),
        is_thanks=not message.attachments and is_thanks(text, word_lists),
        summary=summarise(subject, text),
        reference=named_reference(subject),
    )


def _anger(said: str, word_lists: WordLists) -> tuple[str, ...]:
    words = word_hits(said, word_lists=word_lists, purpose=ANGER)[:_MOST_ANGRY]
    return (ANGER, *(f"{ANGER}:{word}"[:_LONGEST_HIT] for word in words)) if words else ()


def masked_line(text: str, limit: int) -> str:
    """A name or a label in one line, masked and cut."""
    return _BLANKS.sub(" ", mask(text[: limit * 4]).text).strip()[:limit]


def fit_id(identifier: str) -> str:
    """An outside id that fits its column; one that is too long keeps its beginning and is told by its hash."""
    identifier = safe(identifier).strip()
    if len(identifier) <= MAX_ID:
        return identifier
    return f"{identifier[:180]}#{sha256(identifier.encode()).hexdigest()}"


def summarise(subject: str, text: str) -> str:
    """What a ticket is called in lists: the subject without its marks, else the first sentence that is no greeting."""
    cleaned = _REFERENCE.sub("", _MARKS.sub("", subject)).strip(" -–—:|")
    if len(cleaned) > 3:
        return _shortened(cleaned)
    sentences = [sentence.strip() for sentence in _SENTENCE.split(text[:2_000]) if sentence.strip()]
    telling = next((sentence for sentence in sentences if not _GREETING.match(sentence) and len(sentence) > 3), "")
    return _shortened(telling or (sentences[0] if sentences else cleaned))


def named_reference(subject: str) -> tuple[str, int] | None:
    """The kind and number of a ticket named like ``[CLR-2041]``."""
    match = _REFERENCE.search(subject)
    if match is None or int(match[2]) >= 2**63:
        return None
    return _KIND_OF_PREFIX[match[1].upper()], int(match[2])


def priority_of(kind: str, *, is_vip: bool) -> Priority:
    """How urgent a new ticket is, whoever noticed: safety first, then losses and customers we promised more."""
    if kind == Kind.SAFETY:
        return Priority.URGENT
    return Priority.HIGH if is_vip or kind == Kind.LOSS else Priority.NORMAL


def without_number(summary: str, tracking_number: str) -> str:
    """A summary without the parcel's number, which stands in front of it anyway."""
    bare = re.sub(rf"[\[(]?\b{re.escape(tracking_number)}\b[\])]?", " ", summary, flags=re.IGNORECASE)
    return _BLANKS.sub(" ", bare).strip(" -–—:|·,")


def _shortened(text: str) -> str:
    text = _BLANKS.sub(" ", text).strip()
    return text if len(text) <= MAX_SUMMARY else f"{text[: MAX_SUMMARY - 1].rstrip()}…"


def _kept_html(html: str, *, already_masked: bool) -> str:
    """The HTML as it is, nothing when a number that must not be kept stands in it: there is the masked text to read."""
    if not html or already_masked or len(html) > MAX_HTML:
        return ""
    html = safe(html)
    if not _LONG_NUMBER.search(html):
        return html
    readable = entities.unescape(_TAG.sub("", html))
    spaced = entities.unescape(_TAG.sub(" ", html))
    if contains_personal_data(readable) or contains_personal_data(spaced) or contains_personal_data(html):
        return ""
    return html
