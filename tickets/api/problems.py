"""What the API of tickets refuses, beyond what every address does and what warehouses refuse too."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from common.api.errors import declare
from logistics.api import problems  # noqa: F401 - a step that is not open is the same refusal there

declare(
    "already_open",
    status=409,
    title=_("There is an open ticket of this kind for the parcel."),
    advice=_("Find it by the tracking number and go on there."),
)
declare(
    "cannot_write",
    status=422,
    title=_("The message cannot be written."),
    advice=_("Send a text or a file. Nobody may be there to be written to; card and identity numbers are never sent."),
)
declare(
    "attachment_refused",
    status=422,
    title=_("The file is not taken, or not there."),
    advice=_("Send a photo, a scan or a PDF within the limit. Programs, web pages and empty files are not taken."),
)
declare(
    "unknown_figure",
    status=422,
    title=_("There is no such figure."),
    advice=_("Their names are in the catalogue at `/api/v1/kpi/`."),
)
declare(
    "unknown_cut",
    status=422,
    title=_("Figures cannot be divided by that."),
    advice=_("The names of cuts are in the catalogue at `/api/v1/kpi/`."),
)
declare(
    "bad_period",
    status=422,
    title=_("The period is none, or too long for its steps."),
    advice=_("End it after it begins; take larger steps for a longer one."),
)
declare(
    "kpi_refused",
    status=422,
    title=_("Figures cannot be given so."),
    advice=_("Look at the names and the period."),
)
declare(
    "survey_refused",
    status=409,
    title=_("This answer is not taken."),
    advice=_("A customer is asked once and answers once."),
)
