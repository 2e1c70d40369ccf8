"""What stands in the way of a promise, and of taking one away."""

from __future__ import annotations

from collections.abc import Sequence

from tickets.models import Clock, PromisePolicy
from tickets.policies.promise_order import covers


def in_the_way_of(policy: PromisePolicy, others: Sequence[PromisePolicy] | None = None) -> PromisePolicy | None:
    """The active promise of the same target that takes every ticket before this one; None when it can win.

    ``others`` are the policies to look at, all of its target when not given.
    """
    if others is None:
        others = list(PromisePolicy.objects.filter(target=policy.target, is_active=True))
    place = _place(policy)
    for other in sorted(others, key=_place):
        if other.pk == policy.pk or other.target != policy.target or not other.is_active:
            continue
        if _place(other) > place:
            return None
        if covers(other.conditions or {}, policy.conditions or {}):
            return other
    return None


def is_in_use(policy: PromisePolicy) -> bool:
    """Whether anything was ever promised by it. Such a policy stays: it says what was promised."""
    return Clock.objects.filter(policy=policy).exists()


def _place(policy: PromisePolicy) -> tuple[int, float]:
    return policy.order, float("inf") if policy._state.adding else policy.pk  # noqa: SLF001 - a new one comes last
