"""Files that came with a mail: names that are safe to store and to show, and what each of them is."""

from __future__ import annotations

import mimetypes
import re
import unicodedata

from .charsets import clean

MAX_NAME = 120  # characters
_MAX_NAME_BYTES = 200  # what file systems and ZIP tools take, with room for a prefix

# Bidirectional controls and invisible characters make "exe.gpj" look like "jpg.exe" (Unicode TR 36).
_INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufe00-\ufe0f]"
)
_UNSAFE = re.compile(r'[<>:"|?*]')
_SPACE = re.compile(r"\s+")
_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_EXTENSIONS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "text/rfc822-headers": ".txt",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "image/bmp": ".bmp",
    "image/tiff": ".tif",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/ms-tnef": ".dat",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
}
_STEMS = {"image": "image", "audio": "audio", "video": "video", "message": "message", "text": "text"}
_VAGUE = {
    "application/octet-stream", "application/octetstream", "application/octet", "application/unknown",
    "application/x-unknown", "application/download", "application/force-download", "application/x-download",
    "binary/octet-stream", "unknown/unknown",
}  # fmt: skip
_TYPES = mimetypes.MimeTypes(filenames=())


def safe_name(name: str, content_type: str, number: int) -> str:
    """A file name without path, control and bidirectional characters, at most ``MAX_NAME`` characters.

    ``number`` (from 1) makes a name for a file that has none.
    """
    name = unicodedata.normalize("NFC", clean(name[:2000]))
    name = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    name = _SPACE.sub(" ", _UNSAFE.sub("_", _INVISIBLE.sub("", name))).strip(" .")
    if not name.strip("_"):
        return default_name(content_type, number)
    if _RESERVED.match(name):
        name = f"_{name}"
    return _shortened(name)


def default_name(content_type: str, number: int) -> str:
    if content_type == "application/ms-tnef":
        return "winmail.dat"
    stem = _STEMS.get(content_type.partition("/")[0], "attachment")
    return f"{stem}-{number}{_EXTENSIONS.get(content_type, '.bin' if stem == 'attachment' else '')}"


def _shortened(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    if not dot or not 0 < len(extension) <= 10:
        stem, extension = name, ""
    else:
        extension = f".{extension}"
    stem = stem[: MAX_NAME - len(extension)]
    while len(f"{stem}{extension}".encode("utf-8", "replace")) > _MAX_NAME_BYTES and stem:
        stem = stem[:-1]
    return f"{stem.rstrip(' .')}{extension}" or "attachment"


def content_type_for(name: str, declared: str, content: bytes) -> str:
    """The declared type, or the one of the name's extension where the sender said "some bytes" or wrongly "text"."""
    vague = declared in _VAGUE or (declared == "text/plain" and b"\x00" in content[:1024])
    if not vague:
        return declared
    guessed, encoding = _TYPES.guess_type(name, strict=False)
    return guessed if guessed and not encoding else "application/octet-stream"
