from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from logistics.choices import Fault, IncidentType, TrackingReason, TrackingStatus
from logistics.policies.detection import Limits, Noticed, ShipmentFacts, movement, next_check, notice
from logistics.policies.tracking import NormalisedEvent, in_order, standing

START = datetime(2026, 11, 20, 8, tzinfo=UTC)
S, R, I = TrackingStatus, TrackingReason, IncidentType  # noqa: E741 (short, as this file is a table of histories)


def scan(hour: float, status: TrackingStatus, reason: TrackingReason = R.NONE, country: str = "DE") -> NormalisedEvent:
    return NormalisedEvent(
        at=START + timedelta(hours=hour),
        offset_minutes=60,
        status=status,
        reason=reason,
        fault=Fault.NOBODY,
        location="Leipzig",
        country=country,
        raw_code="",
        text="",
        external_key=f"{hour}/{status.value}/{reason.value}",
    )


def noticed(
    new: list[NormalisedEvent], known: list[NormalisedEvent] | None = None, *, hours: float = 48, **facts: object
) -> tuple[Noticed, ...]:
    shipment = ShipmentFacts(
        created_at=START,
        events=(*(known or []), *new),
        new_keys=frozenset(event.external_key for event in new),
        **facts,  # type: ignore[arg-type]
    )
    return notice(shipment, now=START + timedelta(hours=hours))


def types(found: tuple[Noticed, ...]) -> list[IncidentType]:
    return [incident.type for incident in found]


HOLD = scan(10, S.CUSTOMS, R.DOCUMENTS_REQUIRED)
CLEARING = scan(8, S.CUSTOMS)
RELEASE = scan(20, S.IN_TRANSIT, R.CUSTOMS_RELEASED)
MOVING = scan(1, S.IN_TRANSIT, country="CN")


def test_ordinary_clearance_is_no_incident() -> None:
    assert noticed([MOVING, CLEARING]) == ()


def test_customs_hold_is_noticed_with_its_evidence() -> None:
    (hold,) = noticed([HOLD], [MOVING, CLEARING])

    assert hold.type == I.CUSTOMS_HOLD
    assert hold.evidence == (HOLD.external_key,)
    assert hold.dedupe_key == f"customs_hold:{HOLD.external_key}"
    assert hold.subject == "Documents required · Leipzig, DE"
    assert (hold.at, hold.reason) == (HOLD.at, R.DOCUMENTS_REQUIRED)


def test_second_hold_scan_of_one_stay_is_the_same_incident() -> None:
    assert noticed([scan(12, S.CUSTOMS, R.DUTIES_DUE)], [HOLD]) == ()


def test_older_hold_scan_that_arrives_late_is_the_same_incident() -> None:
    assert noticed([scan(9, S.CUSTOMS, R.CUSTOMS_HOLD)], [HOLD]) == ()


def test_hold_after_a_release_is_a_new_incident() -> None:
    assert types(noticed([scan(30, S.CUSTOMS, R.CUSTOMS_HOLD)], [HOLD, RELEASE])) == [I.CUSTOMS_HOLD]


def test_hold_by_another_country_is_a_new_incident() -> None:
    export = scan(2, S.CUSTOMS, R.CUSTOMS_HOLD, country="CN")

    assert types(noticed([HOLD], [export])) == [I.CUSTOMS_HOLD]


def test_history_told_all_at_once_opens_nothing_that_is_over() -> None:
    history = [MOVING, HOLD, RELEASE, scan(25, S.ATTEMPT_FAILED, R.ABSENT), scan(30, S.DELIVERED)]

    assert types(noticed(history)) == [I.RELEASED, I.DELIVERED]


def test_release_scan_moves() -> None:
    assert types(noticed([RELEASE], [HOLD])) == [I.RELEASED]


def test_release_scan_older_than_the_hold_moves_nothing() -> None:
    assert noticed([scan(9, S.IN_TRANSIT, R.CUSTOMS_RELEASED)], [HOLD]) == ()


def test_held_parcel_seen_at_the_door_counts_as_released() -> None:
    door = scan(30, S.OUT_FOR_DELIVERY)

    (release,) = noticed([door], [HOLD])

    assert release.type == I.RELEASED
    assert release.evidence == (HOLD.external_key, door.external_key)


def test_inspection_scan_moves_while_customs_has_the_parcel() -> None:
    inspection = scan(12, S.CUSTOMS, R.CUSTOMS_INSPECTION)

    assert types(noticed([inspection], [HOLD])) == [I.INSPECTION_STARTED]
    assert noticed([inspection], [HOLD, RELEASE]) == ()


def test_each_failed_attempt_is_an_incident_of_its_own() -> None:
    first, second = scan(10, S.ATTEMPT_FAILED, R.ABSENT), scan(34, S.ATTEMPT_FAILED, R.ADDRESS)

    assert types(noticed([first])) == [I.ATTEMPT_FAILED]
    assert [incident.evidence for incident in noticed([second], [first])] == [(second.external_key,)]


def test_attempt_told_by_two_carriers_minutes_apart_is_one_incident() -> None:
    told = [scan(10, S.ATTEMPT_FAILED, R.ABSENT), scan(10.2, S.ATTEMPT_FAILED, R.OTHER)]

    assert types(noticed(told)) == [I.ATTEMPT_FAILED]
    assert noticed([told[1]], [told[0]]) == ()


def test_lost_and_damaged_are_noticed_once() -> None:
    lost, damaged = scan(10, S.EXCEPTION, R.LOST), scan(11, S.EXCEPTION, R.DAMAGED)

    assert types(noticed([lost, damaged])) == [I.LOST, I.DAMAGED]
    assert noticed([scan(12, S.EXCEPTION, R.LOST)], [lost]) == ()


def test_damage_is_noticed_even_when_the_parcel_was_delivered() -> None:
    assert types(noticed([scan(10, S.EXCEPTION, R.DAMAGED), scan(20, S.DELIVERED)])) == [I.DAMAGED, I.DELIVERED]


def test_storm_is_a_delay_by_the_carriers_word() -> None:
    (delay,) = noticed([scan(10, S.EXCEPTION, R.WEATHER)])

    assert (delay.type, delay.reason) == (I.DELAYED, R.WEATHER)


def test_return_that_nobody_ordered_is_noticed() -> None:
    returning = scan(10, S.RETURNING)

    assert types(noticed([returning])) == [I.RETURNING]
    assert noticed([returning], return_expected=True) == ()


def test_parcel_back_at_the_shipper_arrived_back() -> None:
    assert types(noticed([scan(20, S.RETURNED)], [scan(10, S.RETURNING)])) == [I.ARRIVED_BACK]


def test_delivery_that_a_later_scan_contradicts_moves_nothing() -> None:
    assert I.DELIVERED not in types(noticed([scan(10, S.DELIVERED), scan(12, S.ATTEMPT_FAILED)]))


def test_parcel_past_its_promised_time_and_grace_is_late_once_per_promise() -> None:
    promised = START + timedelta(days=2)
    limits = Limits(late_grace=timedelta(hours=12))

    assert noticed([], [MOVING], hours=60, promised_at=promised, limits=limits) == ()
    (late,) = noticed([], [MOVING], hours=60.1, promised_at=promised, limits=limits)
    (again,) = noticed([], [MOVING], hours=70, promised_at=promised, limits=limits)
    assert (late.type, late.dedupe_key) == (I.LATE, "late:2026-11-22")
    assert again == late


def test_parcel_that_arrived_is_not_late() -> None:
    promised = START + timedelta(days=1)

    for status in (S.DELIVERED, S.RETURNED, S.RETURNING, S.AVAILABLE_FOR_PICKUP):
        assert I.LATE not in types(noticed([], [MOVING, scan(2, status)], hours=100, promised_at=promised))


def test_parcel_without_scan_for_the_carriers_limit_is_stale_once_per_last_scan() -> None:
    limits = Limits(stale_after=timedelta(days=3), stale_after_customs=timedelta(days=4))

    assert noticed([], [MOVING], hours=73, limits=limits) == ()
    (stale,) = noticed([], [MOVING], hours=73.1, limits=limits)
    assert (stale.type, stale.dedupe_key) == (I.STALE, f"stale:{MOVING.external_key}")
    assert noticed([], [MOVING, CLEARING], hours=100, limits=limits) == ()
    assert types(noticed([], [MOVING, CLEARING], hours=105, limits=limits)) == [I.STALE]


def test_parcel_never_scanned_is_stale_after_its_own_limit() -> None:
    limits = Limits(first_scan_within=timedelta(days=2))

    (stale,) = noticed([], hours=49, limits=limits)

    assert stale.dedupe_key == "stale:never_scanned"
    assert noticed([], hours=49, limits=Limits(first_scan_within=None)) == ()


def test_next_check_is_when_time_alone_can_say_something_new() -> None:
    facts = ShipmentFacts(
        created_at=START,
        events=(MOVING,),
        promised_at=START + timedelta(days=4),
        limits=Limits(stale_after=timedelta(days=3), late_grace=timedelta(days=1)),
    )

    stale_at, late_at = MOVING.at + timedelta(days=3), START + timedelta(days=5)
    assert next_check(facts, now=START) == stale_at
    assert next_check(facts, now=stale_at + timedelta(seconds=1)) == late_at
    assert next_check(facts, now=late_at + timedelta(seconds=1)) is None
    assert next_check(replace(facts, events=(MOVING, scan(2, S.DELIVERED))), now=START) is None


def test_subject_fits_its_column() -> None:
    (hold,) = noticed([replace(HOLD, location="x" * 200)])

    assert len(hold.subject) == 200


def test_scan_tells_which_way_it_moves() -> None:
    assert movement(RELEASE) == I.RELEASED
    assert movement(scan(1, S.DELIVERED)) == I.DELIVERED
    assert movement(scan(1, S.RETURNED)) == I.ARRIVED_BACK
    assert movement(scan(1, S.ATTEMPT_FAILED, R.ABSENT)) == I.ATTEMPT_FAILED
    assert movement(scan(1, S.CUSTOMS, R.CUSTOMS_INSPECTION)) == I.INSPECTION_STARTED
    assert movement(MOVING) is None


_histories = st.lists(
    st.builds(scan, st.integers(0, 40), st.sampled_from(S), st.sampled_from(R), st.sampled_from(["", "DE", "CN"])),
    max_size=8,
).map(in_order)


@given(_histories, st.integers(0, 8), st.integers(0, 500))
def test_noticing_twice_notices_the_same_with_each_key_once(
    history: tuple[NormalisedEvent, ...], known: int, hours: int
) -> None:
    facts = ShipmentFacts(
        created_at=START,
        events=history,
        new_keys=frozenset(event.external_key for event in history[known:]),
        promised_at=START + timedelta(days=3),
    )
    now = START + timedelta(hours=hours)

    found = notice(facts, now=now)

    assert notice(replace(facts, events=tuple(reversed(history))), now=now) == found
    assert len({incident.dedupe_key for incident in found}) == len(found)
    assert [incident.at for incident in found] == sorted(incident.at for incident in found)
    assert all(set(incident.evidence) <= {event.external_key for event in history} for incident in found)


@given(_histories)
def test_without_new_events_only_time_is_noticed(history: tuple[NormalisedEvent, ...]) -> None:
    found = notice(ShipmentFacts(created_at=START, events=history), now=START + timedelta(days=30))

    assert {incident.type for incident in found} <= {I.LATE, I.STALE}
    if standing(history).is_final:
        assert found == ()
