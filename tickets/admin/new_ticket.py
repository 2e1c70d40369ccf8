"""Opening a ticket by hand: a phone call, a colleague's word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import DomainError
from logistics.models import Customer, Shipment
from logistics.policies.tracking_number import normalise_tracking_number
from tickets.admin import access
from tickets.choices import Kind, Priority
from tickets.models import Ticket
from tickets.services import intake


class CustomerPicker(AutocompleteSelect):
    """Draws the form again also when what was sent as the customer is no number."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        """The chosen customer as an option, if it can be one."""
        numbers = [one for one in value if str(one).isascii() and str(one).isdigit() and len(str(one)) < 19]
        return super().optgroups(name, numbers, attr)


class NewTicketForm(forms.Form):
    """What a ticket needs to begin with."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), choices=Priority.choices, coerce=int, initial=Priority.NORMAL
    )
    tracking_number = forms.CharField(
        label=gettext_lazy("Tracking number"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("Of a shipment we know; its customer is taken from there."),
    )
    customer = forms.ModelChoiceField(Customer.objects.all(), label=gettext_lazy("Customer"), required=False)
    summary = forms.CharField(label=gettext_lazy("Short summary"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("What happened"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy("Becomes the first internal note."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Customer]", self.fields["customer"])
        field.widget = CustomerPicker(
            Ticket._meta.get_field("customer"), admin.site, attrs={"data-theme": "admin-autocomplete"}
        )
        field.widget.choices = field.choices

    def clean_tracking_number(self) -> Shipment | None:
        text = self.cleaned_data["tracking_number"]
        if not text.strip():
            return None
        number = normalise_tracking_number(text) or text.strip().upper()
        shipment = Shipment.objects.filter(tracking_number=number).first()
        if shipment is None:
            raise ValidationError(
                _("We know no shipment of this number. Leave it empty and write it into the summary.")
            )
        return shipment


def new_ticket_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """The form (GET) and the opening (POST)."""
    access.refuse_unless(request, "tickets.work_ticket")
    form = NewTicketForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                ticket = _open(form.cleaned_data, request)
            except DomainError as error:
                form.add_error(None, access.sentence(error))
                status = 409
            else:
                messages.success(request, _("%(reference)s is open.") % {"reference": ticket.reference})
                return HttpResponseRedirect(access.page_of(ticket.pk))
        else:
            status = 422
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("New ticket"),
        "heading": _("New ticket"),
        "opts": model_admin.opts,
        "is_fullwidth": "1",
        "form": form,
        "form_media": form.media,
        "submit": _("Open the ticket"),
        "address": reverse("admin:tickets_ticket_changelist"),
    }
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(request, "admin/tickets/form.html", context, status=status)


def _open(data: dict[str, Any], request: HttpRequest) -> Ticket:
    shipment: Shipment | None = data["tracking_number"]
    customer: Customer | None = data["customer"]
    return intake.open_by_hand(
        kind=data["kind"],
        customer_id=customer.pk if customer else shipment.customer_id if shipment else None,
        shipment_id=shipment.pk if shipment else None,
        summary=data["summary"],
        text=data["text"],
        priority=data["priority"],
        actor=access.actor(request),
        now=timezone.now(),
    )
