from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from logistics.choices import Fault, TrackingReason, TrackingStatus
from logistics.policies.tracking import FINAL, NormalisedEvent, in_order, standing

START = datetime(2026, 11, 20, 8, tzinfo=UTC)


def event(
    status: TrackingStatus, hour: float, reason: TrackingReason = TrackingReason.NONE, key: str = ""
) -> NormalisedEvent:
    return NormalisedEvent(
        at=START + timedelta(hours=hour),
        offset_minutes=0,
        status=status,
        reason=reason,
        fault=Fault.NOBODY,
        location="",
        country="",
        raw_code=status.value,
        text="",
        external_key=key or f"{status.value}@{hour}",
    )


def test_nothing_known_is_unknown() -> None:
    assert standing([]).status == TrackingStatus.UNKNOWN


def test_older_event_that_arrives_late_does_not_move_the_status_back() -> None:
    known = [event(TrackingStatus.IN_TRANSIT, 1), event(TrackingStatus.OUT_FOR_DELIVERY, 5)]

    assert standing([*known, event(TrackingStatus.CUSTOMS, 3)]).status == TrackingStatus.OUT_FOR_DELIVERY


def test_delivered_stays_when_the_label_or_the_pickup_is_told_later() -> None:
    later = [
        event(TrackingStatus.INFO_RECEIVED, 9),
        event(TrackingStatus.PICKED_UP, 10),
        event(TrackingStatus.EXPIRED, 11),
    ]

    assert standing([event(TrackingStatus.DELIVERED, 5), *later]).status == TrackingStatus.DELIVERED


def test_later_scan_contradicts_a_delivery() -> None:
    events = [event(TrackingStatus.DELIVERED, 5), event(TrackingStatus.ATTEMPT_FAILED, 8)]

    assert standing(events).status == TrackingStatus.ATTEMPT_FAILED


def test_delivery_wins_over_another_scan_of_the_same_minute() -> None:
    events = [event(TrackingStatus.DELIVERED, 5), event(TrackingStatus.OUT_FOR_DELIVERY, 5)]

    assert standing(events).status == TrackingStatus.DELIVERED


def test_unmapped_code_leaves_the_last_known_status() -> None:
    events = [event(TrackingStatus.CUSTOMS, 1), event(TrackingStatus.UNKNOWN, 2)]

    assert standing(events).status == TrackingStatus.CUSTOMS


_events = st.lists(
    st.builds(event, st.sampled_from(TrackingStatus), st.integers(0, 6), st.sampled_from(TrackingReason)), max_size=8
)


@given(_events, st.randoms(use_true_random=False))
def test_standing_does_not_depend_on_the_order_of_arrival(events: list[NormalisedEvent], random: object) -> None:
    events = list(in_order(events))
    shuffled = events.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert standing(shuffled) == standing(events)
    assert in_order(shuffled) == tuple(events)


@given(_events)
def test_telling_everything_twice_changes_nothing(events: list[NormalisedEvent]) -> None:
    assert in_order([*in_order(events), *in_order(events)]) == in_order(events)


@given(_events, st.sampled_from(TrackingStatus))
def test_event_older_than_the_standing_one_never_changes_it(
    events: list[NormalisedEvent], late: TrackingStatus
) -> None:
    before = standing(events)
    if before.event is None or before.status in {TrackingStatus.UNKNOWN, TrackingStatus.INFO_RECEIVED}:
        return

    older = event(late, -1, key="older")

    if (
        before.event.status in FINAL
        or late not in FINAL
        or before.status
        not in {
            TrackingStatus.PICKED_UP,
            TrackingStatus.EXPIRED,
        }
    ):
        assert standing([*events, older]) == before
