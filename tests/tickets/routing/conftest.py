"""Nothing shipped: each test says which promises and rules there are."""

from __future__ import annotations

import pytest

from common.revisions import look_again
from tickets.models import PromisePolicy, Rule


@pytest.fixture(autouse=True)
def _nothing_shipped(db: None) -> None:
    look_again()
    for policy in PromisePolicy.objects.all():
        policy.delete()
    for rule in Rule.objects.all():
        rule.delete()
