"""The form at the door.

Not in an ``admin`` package: the admin site reads this form while it is made, when no page may be registered yet.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """Says that an employee number will do, too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Work e-mail or employee number")
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        self.fields["username"].widget.input_type = "text"
        self.error_messages = {
            **self.error_messages,
            "invalid_login": _(
                "Name and password do not belong together, or you may not enter the desk. Capitals matter."
            ),
        }
