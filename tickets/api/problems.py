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
