"""What a customer can send through a link: papers, evidence, or what to do with a parcel."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from common.inputs import ManyFilesField
from tickets.choices import InstructionChoice, PaperState
from tickets.errors import AttachmentRefused
from tickets.models import PaperRequest
from tickets.policies.personal_data import contains_personal_data
from tickets.services.attachments import refuse_upload

ACCEPT = "image/*,application/pdf,.heic,.doc,.docx,.xls,.xlsx,.odt,.ods,.zip"
LONGEST_WAIT = timedelta(days=60)
"""How far ahead a day of delivery may be wished; carriers keep a parcel far shorter."""


class PaperFilesField(ManyFilesField):
    """Files for one paper, each one that would not be kept refused in words."""

    def __init__(self, paper: PaperRequest, *, required: bool = False) -> None:
        super().__init__(required=required, label=paper.get_type_display())
        self.paper = paper
        self.widget.attrs["accept"] = ACCEPT

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files: list[UploadedFile[bytes]] = super().clean(data, initial)
        for file in files:
            try:
                refuse_upload(file)
            except AttachmentRefused as error:
                raise forms.ValidationError(str(error)) from error
        return files


class PapersForm(forms.Form):
    """One field of files for each paper asked of the customer; at least one file has to come."""

    def __init__(self, papers: list[PaperRequest], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.papers = papers
        for paper in papers:
            self.fields[f"paper_{paper.type}"] = PaperFilesField(paper)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            missing = next((paper for paper in self.papers if paper.state == PaperState.MISSING), self.papers[0])
            self.add_error(f"paper_{missing.type}", _("Choose at least one file."))
        return cleaned

    def files_by_paper(self) -> dict[str, list[UploadedFile[bytes]]]:
        """The type of each paper that came, with its files."""
        return {
            paper.type: files for paper in self.papers if (files := self.cleaned_data.get(f"paper_{paper.type}") or [])
        }


class InstructionsForm(forms.Form):
    """What to do with a parcel that could not be delivered."""

    instruction = forms.ChoiceField(
        label=_("What shall we do?"),
        choices=InstructionChoice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of these.")},
    )
    wished_date = forms.DateField(
        label=_("On which day?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Write the day like 2026-12-31.")},
    )
    new_address = forms.CharField(
        label=_("New address"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "street-address"}),
        help_text=_("Name, street and number, postal code, city, country, telephone."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["wished_date"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + LONGEST_WAIT).isoformat(),
        }

    def clean_wished_date(self) -> date | None:
        day: date | None = self.cleaned_data["wished_date"]
        if day is not None and day < self.today:
            raise forms.ValidationError(_("This day has passed."))
        if day is not None and day > self.today + LONGEST_WAIT:
            raise forms.ValidationError(_("This day is too far ahead."))
        return day

    def clean_new_address(self) -> str:
        address = str(self.cleaned_data["new_address"]).replace("\x00", "").strip()
        if contains_personal_data(address):
            raise forms.ValidationError(_("Leave out card and identity numbers: we do not need them."))
        return address

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        instruction = cleaned.get("instruction")
        if instruction == InstructionChoice.NEW_ADDRESS:
            if not cleaned.get("new_address") and "new_address" not in self.errors:
                self.add_error("new_address", _("Write the address to deliver to."))
        else:
            cleaned["new_address"] = ""
        if instruction in (InstructionChoice.PICKUP, InstructionChoice.REFUSE):
            cleaned["wished_date"] = None
        return cleaned
