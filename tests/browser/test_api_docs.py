"""The API's reference, opened in a browser under the site's policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_reference_opens_under_the_policy_and_shows_an_address(new_page: Callable[..., Page]) -> None:
    page = new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto("/api/docs/")

    page.locator("#operations-tag-me").click()
    operation = page.locator("#operations-me-me_read")
    operation.locator(".opblock-summary-control").click()
    expect(operation.get_by_text("Scope:")).to_be_visible()
    assert said == []
