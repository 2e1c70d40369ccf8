"""From an incident back to the warehouse work it was noticed at."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse

from logistics.models import Incident
from logistics.workflows import MACHINES


class WorkPlace(NamedTuple):
    """A piece of work: its model's name, how people call it, and its page."""

    model: str
    reference: str
    address: str


def work_of(incident: Incident) -> WorkPlace | None:
    """The work at which an incident was noticed, by its key (``booking:12:CUP``); None when it was none."""
    kind, _colon, rest = incident.dedupe_key.partition(":")
    number = rest.partition(":")[0]
    machine = MACHINES.get(kind)
    if machine is None or not (number.isascii() and number.isdigit()):
        return None
    model = machine.flow._meta.concrete_model
    assert model is not None
    name = str(model._meta.model_name)
    reference = str(incident.evidence.get("reference", "")) or number
    return WorkPlace(name, reference, reverse(f"admin:logistics_{name}_change", args=[number]))
