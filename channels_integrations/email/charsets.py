"""Bytes of a mail to text, whatever their charset label says.

Labels in real mail are missing, misspelt or wrong. Nothing here raises: the worst outcome is a replacement character.
The mapping of labels to wider relatives (gb2312 to gb18030, latin-1 to windows-1252 …) follows the WHATWG Encoding
Standard, because that is what the senders' programs were tested against.
"""

from __future__ import annotations

import re
import unicodedata

_ALIASES = {
    "ansix341968": "ascii",
    "ascii": "ascii",
    "usascii": "ascii",
    "7bit": "ascii",
    "8bit": "",
    "binary": "",
    "utf8": "utf-8",
    "utf8mb4": "utf-8",
    "utf": "utf-8",
    "unicode11utf8": "utf-8",
    "unicode11utf7": "utf-7",
    "gb2312": "gb18030",
    "gb231280": "gb18030",
    "isogb2312": "gb18030",
    "csgb2312": "gb18030",
    "xgb2312": "gb18030",
    "gb": "gb18030",
    "gbk": "gb18030",
    "xgbk": "gb18030",
    "cp936": "gb18030",
    "ms936": "gb18030",
    "windows936": "gb18030",
    "euccn": "gb18030",
    "xeuccn": "gb18030",
    "chinese": "gb18030",
    "gb18030": "gb18030",
    "hzgb2312": "hz",
    "big5": "big5hkscs",
    "xbig5": "big5hkscs",
    "cnbig5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "cp950": "big5hkscs",
    "windows950": "big5hkscs",
    "shiftjis": "cp932",
    "xsjis": "cp932",
    "sjis": "cp932",
    "mskanji": "cp932",
    "windows31j": "cp932",
    "csshiftjis": "cp932",
    "iso2022jp": "iso2022_jp",
    "csiso2022jp": "iso2022_jp",
    "iso2022jp1": "iso2022_jp",
    "iso2022jp2": "iso2022_jp_2",
    "iso2022jp3": "iso2022_jp_3",
    "iso2022jpms": "iso2022_jp",
    "cp50220": "iso2022_jp",
    "cp50221": "iso2022_jp",
    "cp50222": "iso2022_jp",
    "eucjp": "euc_jp",
    "xeucjp": "euc_jp",
    "euckr": "cp949",
    "ksc5601": "cp949",
    "ksc56011987": "cp949",
    "ksc56011989": "cp949",
    "ksx1001": "cp949",
    "windows949": "cp949",
    "uhc": "cp949",
    "iso88591": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "iso88591windows1252": "cp1252",
    "iso88598i": "iso8859_8",
    "iso88598e": "iso8859_8",
    "iso88599": "cp1254",
    "iso885911": "cp874",
    "tis620": "cp874",
    "windows874": "cp874",
    "macintosh": "mac_roman",
    "xmacroman": "mac_roman",
    "xmaccyrillic": "mac_cyrillic",
    "koi8": "koi8_r",
    "koi8ru": "koi8_u",
    "unknown8bit": "",
    "xunknown": "",
    "unknown": "",
    "default": "",
    "defaultcharset": "",
    "none": "",
}
# Python's own codecs that are no charsets of mail; some of them run in quadratic time on hostile input.
_REFUSED = frozenset({"idna", "punycode", "unicodeescape", "rawunicodeescape", "undefined", "mbcs", "oem", "charmap"})
_NOT_LABEL = re.compile(r"[^a-z0-9]+")
_WINDOWS = re.compile(r"(?:cp|windows|win|xcp|ms|xwindows)(125[0-8]|1361|85\d|86\d|437|775|720|737|874)")
_ISO_8859 = re.compile(r"(?:iso|xiso)?8859(1[0-6]|[1-9])")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_JIS_ESCAPE = re.compile(rb"\x1b(\$\(D|\$[B@A]|\([BJIH]|\$\([COPQ])")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SAMPLE = 8192


def codec_for(label: str) -> str:
    """The Python codec for a charset label as found in a mail, "" when the label says nothing usable."""
    key = _NOT_LABEL.sub("", label.lower().split("*")[0][:60])
    key = key.removeprefix("3d")  # a quoted-printable header: charset=3Dutf-8
    if key in _ALIASES:
        return _ALIASES[key]
    if key in _REFUSED:
        return ""
    if found := _WINDOWS.match(key):
        return f"cp{found[1]}"
    if found := _ISO_8859.match(key):
        return _ALIASES.get(f"iso8859{found[1]}", f"iso8859_{found[1]}")
    for prefix in ("utf8", "gb2312", "gb18030", "gbk", "big5", "iso2022jp", "shiftjis"):
        if key.startswith(prefix):  # "utf-8;format=flowed", "gb2312_charset", "utf-8http-equiv" …
            return _ALIASES.get(prefix, prefix)
    for name in (label.strip().lower()[:40], key):
        try:
            b"".decode(name)
        except (LookupError, ValueError):
            continue
        return name
    return ""


def decode(data: bytes, label: str = "", *, fallback: str = "") -> str:
    """Text of ``data`` by its label, or by its bytes where the label is missing or refuted by them.

    ``fallback`` is a second label to try before guessing (the mail's own charset, for a header without one).
    The result holds neither NUL nor lone surrogates.
    """
    return clean(_decode(data, codec_for(label), fallback))


def _decode(data: bytes, codec: str, fallback: str) -> str:
    if not codec or codec == "ascii":
        if data.isascii() and b"\x1b$" not in data[:_SAMPLE]:
            return data.decode("ascii")
        return _guess(data, codec_for(fallback) if fallback else "")
    if not codec.startswith(("utf", "iso2022", "hz")) and _is_utf8_after_all(data, codec):
        return data.decode("utf-8", "replace")
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return _decode_damaged(data, codec)
    except (LookupError, ValueError):
        return _guess(data, "")


def _decode_damaged(data: bytes, codec: str) -> str:
    """Text of bytes that are not wholly what their label says."""
    if codec.startswith("iso2022_jp"):
        return _decode_jis(data)
    if codec == "utf-8":
        text = data.decode("utf-8", "replace")
        high = sum(map(len, _HIGH_RUN.findall(data)))
        if text.count("\ufffd") <= max(2, high // 20):  # a cut or damaged character or two, not another charset
            return text
        return _guess(data, "")
    if codec in {"utf-16", "utf-32", "utf-16le", "utf-16be"} and b"\x00" not in data:
        return _guess(data, "")
    return data.decode(codec, "replace")


def _is_utf8_after_all(data: bytes, codec: str) -> bool:
    """Whether bytes under a legacy label are UTF-8: valid, with more sequences than chance makes in that charset."""
    sequences = _MULTIBYTE.findall(data[:_SAMPLE])
    wide = sum(1 for sequence in sequences if len(sequence) > 2)
    if len(sequences) < 2 or (codec in {"gb18030", "big5hkscs", "cp932", "cp949", "euc_jp"} and wide < 4):
        return False
    return _decodes(data, "utf-8")


def _guess(data: bytes, codec: str) -> str:
    """Text of unlabelled bytes: UTF-8 when valid, else the likeliest of the common legacy charsets."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    if b"\x1b$" in data[:_SAMPLE]:
        return _decode_jis(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if codec and codec not in {"ascii", "utf-8"}:
        try:
            return data.decode(codec)
        except (UnicodeDecodeError, LookupError, ValueError):
            pass
    likely = _likely_codec(data[:_SAMPLE])
    return data.decode(likely, "replace")


def _likely_codec(sample: bytes) -> str:
    runs = _HIGH_RUN.findall(sample)
    high = sum(map(len, runs))
    if not runs:
        return "utf-8"
    whole = sample if len(sample) < _SAMPLE else sample[: sample.rfind(b"\n") + 1] or sample
    if sum(map(len, _MULTIBYTE.findall(sample))) > high * 0.9:
        return "utf-8"
    even = sum(1 for run in runs if len(run) % 2 == 0)
    if even >= len(runs) * 0.9 and high / len(runs) >= 2:
        for narrow, wide in (("gb2312", "gb18030"), ("euc_kr", "cp949"), ("euc_jp", "euc_jp"), ("gb18030", "gb18030")):
            if _decodes(whole, narrow):
                return wide
    for narrow, wide in (("shift_jis", "cp932"), ("big5", "big5hkscs")):
        if high > 3 and _decodes(whole, narrow) and _share_of_cjk(whole, narrow) > 0.8:
            return wide
    letters = sum(1 for byte in sample if byte > 0x7F or chr(byte).isalpha())
    if high > 3 and high / max(letters, 1) > 0.5:
        # Cyrillic words: lower case lies at 0xC0-0xDF in KOI8-R and at 0xE0-0xFF in windows-1251.
        low = sum(1 for run in runs for byte in run if 0xC0 <= byte <= 0xDF)
        return "koi8_r" if low > high / 2 else "cp1251"
    return "cp1252"


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _share_of_cjk(data: bytes, codec: str) -> float:
    wide = [character for character in data.decode(codec, "ignore") if ord(character) > 0x7F]
    cjk = sum(1 for character in wide if unicodedata.east_asian_width(character) in {"W", "F"})
    return cjk / len(wide) if wide else 0.0


def _decode_jis(data: bytes) -> str:
    """ISO-2022-JP with the vendors' characters (circled numbers, half-width kana) that Python's codec refuses."""
    out: list[str] = []
    position, mode = 0, b"(B"
    for escape in [*_JIS_ESCAPE.finditer(data), None]:
        chunk = data[position : escape.start() if escape else len(data)]
        if mode in {b"$B", b"$@"}:
            out.append(_jis_to_cp932(chunk))
        elif mode == b"(I":
            out.append(bytes(byte | 0x80 for byte in chunk).decode("cp932", "replace"))
        else:
            out.append(chunk.decode("utf-8", "replace"))
        if escape:
            position, mode = escape.end(), escape[1]
    return "".join(out)


def _jis_to_cp932(chunk: bytes) -> str:
    out = bytearray()
    index = 0
    while index < len(chunk):
        row = chunk[index]
        if not 0x21 <= row <= 0x7E or index + 1 >= len(chunk):
            out.append(row if row < 0x80 else 0x3F)
            index += 1
            continue
        cell = chunk[index + 1]
        lead = (row - 0x21) // 2 + 0x81
        lead += 0x40 if lead > 0x9F else 0
        trail = cell + (0x1F if cell < 0x60 else 0x20) if row % 2 else cell + 0x7E
        out += bytes((lead, min(trail, 0xFC)))
        index += 2
    return out.decode("cp932", "replace")


def clean(text: str) -> str:
    """``text`` with plain line ends and without NUL, other control characters and lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.removeprefix("\ufeff")
    text = _CONTROLS.sub("", text)
    return _SURROGATES.sub("\ufffd", text)
