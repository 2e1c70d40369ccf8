"""Whoever signs in: every act in Clearway has this name on it."""

from __future__ import annotations

import zoneinfo
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def validate_time_zone(value: str) -> None:
    """Refuse what is no IANA zone."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(value)s” is no IANA time zone; write it like Asia/Shanghai."), params={"value": value}
        )


class UserQuerySet(models.QuerySet["User"]):
    def by_sign_in_name(self, name: str) -> UserQuerySet:
        """Whom a work e-mail (any case) or an employee number names: at most one."""
        if "@" in name:
            return self.alias(email_key=Lower("email")).filter(email_key=name.lower())
        return self.filter(employee_number=name)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)["User"]):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user: User = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})


class User(AbstractBaseUser, PermissionsMixin):
    """A person of ours, or of a partner's, who signs in by work e-mail or employee number."""

    email = models.EmailField(_("work e-mail"))
    employee_number = models.CharField(_("employee number"), max_length=32, blank=True)
    full_name = models.CharField(_("name"), max_length=120)
    language = models.CharField(
        _("language"), max_length=12, default="en", choices=[("en", "English"), ("zh-hans", "简体中文")]
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    is_staff = models.BooleanField(_("may enter the desk"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.UniqueConstraint(
                fields=["employee_number"], condition=~models.Q(employee_number=""), name="user_employee_number_unique"
            ),
            models.CheckConstraint(
                condition=~models.Q(employee_number__contains="@"), name="user_employee_number_no_at"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)
