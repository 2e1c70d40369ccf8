"""HTML of strangers: made harmless for display, and turned to readable text.

Both go through nh3 (html5ever in Rust) first, so what the own code here reads is always well-formed and small in its
vocabulary. Remote images lose their address: opening a ticket must not tell a sender that it was read.
"""

from __future__ import annotations

import html as entities
import re

import nh3

from .charsets import clean

MAX_HTML = 1_000_000  # characters; beyond it, and for markup made to be slow, only the text is shown
_MAX_ENTITIES = 20_000  # html5ever takes quadratic time in them: 1 s for 400,000
_MAX_TAGS = 60_000
_MAX_OPEN = 400

_TAGS = {
    "a", "abbr", "address", "article", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite",
    "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main", "mark",
    "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strike", "strong", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr",
}  # fmt: skip
_DROPPED = {
    "script", "style", "title", "head", "iframe", "object", "embed", "applet", "svg", "math", "noscript", "template",
    "audio", "video", "canvas", "frameset", "select", "textarea", "button", "xmp", "plaintext",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign"},
    "div": {"align"},
    "p": {"align"},
}
_NUMBER = re.compile(r"^\d{1,4}%?$")
_DATA_ADDRESS = re.compile(r"data:[a-z]{1,20}/[a-z0-9.+-]{1,60};base64,[A-Za-z0-9+/=\s%]{200,}", re.IGNORECASE)
_HUGE_TAG = re.compile(r"<[A-Za-z][^<>]{20000}")
# Elements that stay open until they are closed; those that end by themselves (br, p, li, td …) do not nest.
_NESTING_TAG = re.compile(
    r"<(/?)(?!(?:br|p|li|td|th|tr|dd|dt|img|hr|meta|link|input|col|wbr|option|tbody|thead|tfoot|area|base)[\s>/])[a-z]",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,2000}>|<!--")
_BLOCK_START = re.compile(r"<(?:br|p|div|tr|li|h[1-6]|blockquote|table)[\s>/]", re.IGNORECASE)

_BLOCKS = {
    "address", "article", "blockquote", "center", "dd", "details", "div", "dl", "dt", "figure", "footer", "h1", "h2",
    "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody", "tfoot",
    "thead", "tr", "ul", "caption", "figcaption",
}  # fmt: skip
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "dl", "blockquote", "table"}
_TEXT_TAGS = _BLOCKS | {"a", "br", "img", "td", "th"}
_TEXT_ATTRIBUTES = {"a": {"href"}, "img": {"alt"}}
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s[a-z-]+="[^"]*")*)\s*/?>|([^<]+)|<')
_VALUE = re.compile(r'(?:href|alt)="([^"]*)"')
_SPACES = re.compile(r"[ \t\n\r\f]+")
_BLANKS = re.compile(r"\n{3,}")


def sanitise(html: str) -> str:
    """HTML that can be shown inside our own page: no script, style, form, remote image or positioning.

    Images keep only ``cid:`` addresses (attachments of the same mail); links open elsewhere and pass nothing on.
    """
    html = _DATA_ADDRESS.sub("", clean(html))
    if _is_hostile(html):
        return f"<pre>{entities.escape(_crude_text(html))}</pre>"
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=_filter_attribute,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        url_relative="deny",
        link_rel="noopener nofollow noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    ).strip()


def _filter_attribute(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        return value if value.lower().startswith("cid:") else None
    if attribute == "href" and value.lower().startswith("cid:"):
        return None
    if attribute in {"width", "height", "colspan", "rowspan", "start"}:
        return value if _NUMBER.match(value) else None
    return value


def html_to_text(html: str) -> str:
    """Readable text of HTML: paragraphs, lists, ``> `` before quotations, and links as ``label (address)``."""
    html = _DATA_ADDRESS.sub("", clean(html))
    if _is_hostile(html):
        return _crude_text(html)
    tidy = nh3.clean(
        html,
        tags=_TEXT_TAGS,
        clean_content_tags=_DROPPED - {"button", "textarea", "select"},
        attributes=_TEXT_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        url_relative="deny",
        link_rel=None,
    )
    writer = _Writer()
    for token in _TOKEN.finditer(tidy):
        closing, tag, attributes, text = token.groups()
        if text is not None:
            writer.write(entities.unescape(text))
        elif tag:
            value = _VALUE.search(attributes or "")
            writer.tag(tag, bool(closing), entities.unescape(value[1]) if value else "")
    return writer.finish()


def _is_hostile(html: str) -> bool:
    """Markup on which a conforming parser takes quadratic time: very large, or nested without end."""
    if len(html) > MAX_HTML or html.count("&") > _MAX_ENTITIES or html.count("<") > _MAX_TAGS:
        return True
    if _HUGE_TAG.search(html):
        return True
    if html.count("<") < _MAX_OPEN:
        return False
    depth = 0
    for tag in _NESTING_TAG.finditer(html):
        depth += -1 if tag[1] else 1
        if depth > _MAX_OPEN:
            return True
        depth = max(depth, 0)
    return False


def _crude_text(html: str) -> str:
    html = _BLOCK_START.sub(lambda found: "\n" + found[0], html[: 2 * MAX_HTML])
    return _BLANKS.sub("\n\n", clean(entities.unescape(_ANY_TAG.sub(" ", html)))).strip()


class _Writer:
    """Lines of text put together from tags and text in their order."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.current: list[str] = []
        self.quotes = 0
        self.pre = 0
        self.blank_wanted = False
        self.links: list[tuple[str, int]] = []
        self.numbers: list[int] = []

    def write(self, text: str) -> None:
        if self.pre:
            first, *rest = text.split("\n")
            self.current.append(first)
            for line in rest:
                self.end_line(force=True)
                self.current.append(line)
            return
        text = _SPACES.sub(" ", text)
        if text == " " and (not self.current or self.current[-1].endswith(" ")):
            return
        if not self.current or self.current[-1].endswith(" "):
            text = text.removeprefix(" ")
        if text:
            self.current.append(text)

    def tag(self, tag: str, closing: bool, value: str) -> None:
        if tag == "br":
            self.end_line(force=True)
        elif tag == "a":
            self.link(closing, value)
        elif tag == "img":
            if value.strip():
                self.write(f"[{value.strip()[:100]}]")
        elif tag in {"td", "th"}:
            if not closing and self.current and not self.current[-1].endswith(" "):
                self.current.append(" ")
        elif tag in _BLOCKS:
            self.block(tag, closing)

    def link(self, closing: bool, value: str) -> None:
        if not closing:
            self.links.append((value.strip(), len(self.current)))
            return
        if not self.links:
            return
        address, start = self.links.pop()
        label = "".join(self.current[start:]).strip() if start <= len(self.current) else ""
        if not address or not label:
            return
        bare = re.sub(r"^(?:mailto:|tel:|https?://(?:www\.)?)", "", address).rstrip("/")
        if bare.split("?")[0].lower() not in label.lower():
            shown = address.removeprefix("mailto:").removeprefix("tel:")
            self.current.append(f" ({shown[:2000]})")

    def block(self, tag: str, closing: bool) -> None:
        self.end_line()
        if tag in _SPACED:
            self.blank_wanted = True
        if tag == "blockquote":
            if closing:
                self.quotes = max(0, self.quotes - 1)
            else:
                self.blank_before()
                self.quotes += 1
        elif tag == "pre":
            self.pre = max(0, self.pre + (-1 if closing else 1))
        elif tag in {"ul", "ol"}:
            if closing and self.numbers:
                self.numbers.pop()
            elif not closing:
                self.numbers.append(0 if tag == "ol" else -1)
        elif tag == "li" and not closing:
            self.blank_before()
            if self.numbers and self.numbers[-1] >= 0:
                self.numbers[-1] += 1
                self.current.append(f"{self.numbers[-1]}. ")
            else:
                self.current.append("- ")
        elif tag == "hr":
            self.blank_before()
            self.lines.append(self.prefix() + "-" * 20)

    def prefix(self) -> str:
        return "> " * min(self.quotes, 20)

    def blank_before(self) -> None:
        if self.blank_wanted and self.lines and self.lines[-1].strip("> "):
            self.lines.append(self.prefix().rstrip())
        self.blank_wanted = False

    def end_line(self, *, force: bool = False) -> None:
        text = "".join(self.current).rstrip()
        self.current = []
        if not text.strip():
            if force:
                self.blank_before()
                self.lines.append(self.prefix().rstrip())
            return
        self.blank_before()
        self.lines.append(self.prefix() + text)

    def finish(self) -> str:
        self.end_line()
        text = "\n".join(self.lines).replace("\u00a0", " ")
        return _BLANKS.sub("\n\n", clean(text)).strip()
