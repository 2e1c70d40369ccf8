"""What a way asks for: the inputs that every floor has, and one of our partners."""

from __future__ import annotations

from common.inputs import (
    Amounts,
    Choice,
    Count,
    Day,
    Files,
    Input,
    Link,
    ManyFilesField,
    Moment,
    Money,
    Pick,
    Several,
    Span,
    SpanUnit,
    Text,
    Time,
    WayForm,
    form_class,
)
from logistics.workflows.inputs import PartnerChoice

__all__ = [
    "Amounts",
    "Choice",
    "Count",
    "Day",
    "Files",
    "Input",
    "Link",
    "ManyFilesField",
    "Moment",
    "Money",
    "PartnerChoice",
    "Pick",
    "Several",
    "Span",
    "SpanUnit",
    "Text",
    "Time",
    "WayForm",
    "form_class",
]
