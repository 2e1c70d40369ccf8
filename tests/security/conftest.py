"""The scene that every test of safety plays in."""

from __future__ import annotations

import pytest

from common.models import User
from config.desk_site import DeskSite
from tests.security import scene as scenes
from tickets.services.roles import set_up_roles


@pytest.fixture(autouse=True)
def _navigation_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the same whatever an address or a form holds, and takes a third of what a page does."""
    monkeypatch.setattr(DeskSite, "get_sidebar_list", lambda site, request: [])


@pytest.fixture
def scene(db: None, no_throttle: None) -> scenes.Scene:
    """One of everything, and a person of every role."""
    set_up_roles()
    built = scenes.build()
    for role in scenes.ROLES:
        user = scenes.user_of(role)
        if isinstance(user, User):
            built.people[role] = user
    return built
