"""What a file is, by its first bytes and its name, and what may be done with it.

A name or a declared type is the sender's word; the first bytes are what a browser or a computer acts on. Nothing is
refused for what it is when it comes by message (a customer may send what they like), but only plain pictures and PDF
are ever shown in a page of ours; everything else can only be downloaded.
"""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 120
MAX_FILES_KEPT = 50
"""How many files of one message are kept; the rest is listed as refused."""
MAX_FILES_LISTED = 100

SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp"})
"""Types that a browser may show: none of them can run script of the page they come from."""

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"BM", "image/bmp"),
    (0, b"OggS", "audio/ogg"),
    (0, b"ID3", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"MZ", "application/x-msdownload"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"\xca\xfe\xba\xbe", "application/x-executable"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-executable"),
    (0, b"#!", "text/x-script"),
)
_MARKUP = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)*<(?:!doctype\s+)?(html|svg|script|body|head)\b",
    re.IGNORECASE | re.DOTALL,
)
_CONTAINERS = {
    "application/zip": (
        "application/vnd.openxmlformats-officedocument.",
        "application/vnd.oasis.opendocument.",
        "application/epub",
    ),
    "application/x-ole-storage": ("application/msword", "application/vnd.ms-", "application/vnd.visio"),
    "video/mp4": ("audio/mp4", "audio/x-m4a", "video/3gpp", "video/x-m4v"),
}
_ACTIVE_TYPES = frozenset({
    "application/x-msdownload", "application/x-executable", "text/x-script", "text/html", "image/svg+xml",
    "application/xhtml+xml", "text/javascript", "application/javascript", "application/java-archive",
    "application/x-sh", "application/hta", "application/x-ms-shortcut",
})  # fmt: skip
_ACTIVE_EXTENSION = re.compile(
    r"\.(?:exe|com|scr|pif|msi|msp|dll|bat|cmd|ps1|psm1|vbs|vbe|js|jse|mjs|wsf|wsh|hta|jar|lnk|reg|cpl|sh|bash|py|pl|rb|"
    r"php|apk|app|dmg|iso|img|html?|xhtml|shtml|svgz?|xml|swf|docm|xlsm|pptm|url|chm|gadget)$",
    re.IGNORECASE,
)
# Bidirectional controls and invisible characters make "exe.gpj" look like "jpg.exe" (Unicode TR 36).
_INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
_UNSAFE = re.compile(r'[<>:"|?*\\/]')
_TYPE = re.compile(r"^[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,100}$")


def clean_name(name: str) -> str:
    """A file name to show and to download by: no path, no control or direction characters, never empty."""
    name = _INVISIBLE.sub("", name[:2_000].replace("\\", "/").rstrip("/").rpartition("/")[2])
    name = " ".join(_UNSAFE.sub("_", unicodedata.normalize("NFC", name)).split()).strip(". ")
    if not name:
        return "file"
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        stem, extension = name, ""
    else:
        extension = f".{extension}"
    return f"{stem[: MAX_NAME - len(extension)].rstrip()}{extension}"


def content_type_of(head: bytes, *, declared: str) -> str:
    """The type of a file: what its first 2,048 bytes say, else what was declared unless they would show it."""
    declared = declared.partition(";")[0].strip().lower()
    if not _TYPE.match(declared):
        declared = "application/octet-stream"
    markup = _MARKUP.match(head[:2_048])
    if markup:
        return "image/svg+xml" if markup[1].lower() == b"svg" else "text/html"
    for offset, magic, found in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return declared if declared.startswith(_CONTAINERS.get(found, ("\x00",))) else found
    if declared in SHOWN:  # says it is a picture, and is none
        return "application/octet-stream"
    return declared


def is_active(content_type: str, *, name: str) -> bool:
    """Whether opening the file could run something: programs, scripts, pages, drawings with script, macros."""
    return content_type in _ACTIVE_TYPES or bool(_ACTIVE_EXTENSION.search(name))


def may_be_shown(content_type: str, *, name: str) -> bool:
    """Whether a browser may show the file instead of saving it."""
    return content_type in SHOWN and not is_active(content_type, name=name)
