"""What is typed in on partners' pages, besides the forms that steps declare."""

from __future__ import annotations

import zoneinfo
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from common.inputs import ManyFilesField
from common.models import User
from tickets.errors import AttachmentRefused
from tickets.portal.forms import ACCEPT
from tickets.services.attachments import refuse_upload
from tickets.services.partner_people import contact_of

LONGEST_ANSWER = 20_000


class SignInForm(AuthenticationForm):
    """E-mail and password of a partner's contact. People of ours are sent to the desk in words."""

    error_messages: ClassVar = {  # type: ignore[misc]
        "invalid_login": _("This e-mail and password do not belong together. Capitals matter in the password."),
        "inactive": _("This e-mail and password do not belong together. Capitals matter in the password."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail")
        self.fields["username"].widget = forms.EmailInput(
            attrs={"autocomplete": "username", "autofocus": True, "maxlength": 254}
        )

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse whoever has no active contact behind them."""
        super().confirm_login_allowed(user)
        if contact_of(user) is not None:
            return
        if user.is_staff:
            raise forms.ValidationError(
                _("These pages are for partners. People of ours sign in at the desk."), code="not_a_partner"
            )
        raise self.get_invalid_login_error()


class ForgottenForm(forms.Form):
    """Whose password is forgotten."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]
    """In which language and zone somebody reads."""

    class Meta:
        model = User
        fields = ("language", "time_zone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = {zone for zone in zoneinfo.available_timezones() if "/" in zone or zone == "UTC"}
        zones.add(self.instance.time_zone)
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"), choices=[(zone, zone.replace("_", " ")) for zone in sorted(zones)]
        )


class UploadsField(ManyFilesField):
    """Files of which each one that would not be kept is refused in words."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs["accept"] = ACCEPT

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = super().clean(data, initial)
        for file in files:
            try:
                refuse_upload(file)
            except AttachmentRefused as error:
                raise forms.ValidationError(str(error)) from error
        return files


class AnswerForm(forms.Form):
    """Words to us, files, or both."""

    text = forms.CharField(
        label=_("Your answer"),
        required=False,
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    files = UploadsField(  # type: ignore[assignment] # declared fields are no attributes
        label=_("Files"), required=False, help_text=_("Photos, scans and PDF are best. You can choose several.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("text", "").strip() and not cleaned.get("files"):
            self.add_error("text", _("Write something, or choose a file."))
        return cleaned


class SearchForm(forms.Form):
    """What somebody has in hand: a tracking number, or our reference."""

    q = forms.CharField(required=False, max_length=80)
