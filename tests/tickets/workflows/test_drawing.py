"""The page about the workflows says what the code says."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from tickets.workflows.drawing import draw


def test_page_of_workflows_is_what_the_code_says() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "workflows.md").read_text(encoding="utf-8")

    assert page == draw(), "run manage.py draw_workflows"
