"""HTML of strangers."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels_integrations.email.html import html_to_text, sanitise


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" jAvAsCrIpT:alert(1)">x</a>',
        '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<math><mtext><style><img src onerror=alert(1)>",
        '<p style="position:fixed;top:0">x</p>',
        "<style>@import 'https://spy.test/x.css'</style>",
        '<form action="https://spy.test"><input name=password></form>',
        '<meta http-equiv="refresh" content="0;url=https://spy.test">',
        '<base href="https://spy.test/">',
        '<link rel=stylesheet href="https://spy.test/x.css">',
        '<img src="https://spy.test/p.gif" width=1>',
        '<img src="//spy.test/p.gif">',
        '<img srcset="https://spy.test/p.gif 1x">',
        '<table background="https://spy.test/p.gif"><tr><td>x</td></tr></table>',
        '<div style="background:url(https://spy.test/p.gif)">x</div>',
        '<video src="https://spy.test/v.mp4" autoplay></video>',
        '<object data="https://spy.test"></object>',
        '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
        "<template><script>alert(1)</script></template>",
    ],
)
def test_nothing_runs_loads_or_moves(html: str) -> None:
    clean = sanitise(f"<p>Hello</p>{html}")

    lowered = clean.lower()
    assert "<p>hello</p>" in lowered
    for forbidden in ("script", "onerror", "onload", "style", "spy.test", "javascript", "data:", "<form", "<iframe"):
        assert forbidden not in lowered


def test_links_open_elsewhere_and_pass_nothing_on() -> None:
    assert sanitise('<a href="https://carrier.test/t?n=1" target="_top">track</a>') == (
        '<a href="https://carrier.test/t?n=1" target="_blank" rel="noopener nofollow noreferrer">track</a>'
    )


def test_images_of_the_mail_itself_stay() -> None:
    assert sanitise('<img src="cid:a@b" alt="photo" width="20">') == '<img src="cid:a@b" alt="photo" width="20">'


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>Three</p>", "One\n\nTwo\nThree"),
        ("a<div>b</div><div>c</div>d", "a\nb\nc\nd"),
        ("<ul><li>x<li>y</ul><ol><li>one<li>two</ol>", "- x\n- y\n\n1. one\n2. two"),
        ('<a href="https://c.test/t">Track</a>', "Track (https://c.test/t)"),
        ('<a href="https://c.test/t">https://c.test/t</a>', "https://c.test/t"),
        ('<a href="mailto:li@kunde.test">li@kunde.test</a>', "li@kunde.test"),
        ("<blockquote>quoted<br>lines</blockquote>after", "> quoted\n> lines\n\nafter"),
        ("<table><tr><td>No.</td><td>LX1</td></tr><tr><td>Kg</td><td>3</td></tr></table>", "No. LX1\nKg 3"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<title>t</title><style>p{}</style><p>x &amp; y&nbsp;z &lt;3</p>", "x & y z <3"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ('<img src="cid:x" alt="logo">', "[logo]"),
        ("", ""),
        ("no markup", "no markup"),
    ],
)
def test_html_reads_as_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000,
        "<div>" * 50_000 + "</div>" * 50_000,
        "<b id=1>" * 10_000 + "<p>x" * 10_000,
        "<table><tr><td>" * 50_000,
        "<!--" * 200_000,
        "&" * 1_500_000,
        "<" * 1_000_000,
        "<a " + "x=1 " * 200_000 + ">",
        "<ul><li>" * 50_000,
        'x<img src="data:image/png;base64,' + "A" * 3_000_000 + '">',
        "<p " * 500_000,
    ],
    ids=range(11),
)
def test_hostile_html_takes_bounded_time(html: str) -> None:
    started = time.process_time()

    sanitise(html)
    html_to_text(html)

    assert time.process_time() - started < 2


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<a href='",
                "javascript:",
                "<img src=",
                "'>",
                '"',
                "<b>",
                "</b>",
                "<!--",
                "&#",
                "cid:",
                "x",
                "<svg>",
                "\x00",
                "\ud800",
                "onload=",
                "<p>",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_any_soup_of_tags_is_harmless(html: str) -> None:
    clean = sanitise(html)

    assert "<script" not in clean
    assert "<svg" not in clean
    assert "\x00" not in clean
    clean.encode()
    html_to_text(html).encode()
