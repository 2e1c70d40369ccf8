"""The declarations of a kind's workflow, typed for the pages."""

from __future__ import annotations

from typing import cast

from tickets.workflows import WORKFLOWS
from tickets.workflows.common import Workflow


def workflow_of(kind: str) -> type[Workflow]:
    """The workflow of a kind. KeyError when there is none."""
    return cast("type[Workflow]", WORKFLOWS[kind])
