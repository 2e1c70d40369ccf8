"""Signing in by work e-mail or employee number."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from common.models import User


class EmployeeBackend(ModelBackend):
    """Accepts a work e-mail (any case) or an employee number as the name of a user."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        name = (username or kwargs.get(User.USERNAME_FIELD) or "").strip()
        if not name or password is None:
            return None
        user = User.objects.by_sign_in_name(name).first()
        if user is None:
            User().set_password(password)  # spend the time a wrong password takes: names must not leak by timing
            return None
        return user if user.check_password(password) and self.user_can_authenticate(user) else None
