"""What every view does, seen at a small API: lists, versions, rates, refusals, names of requests."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from common.api import limits
from common.models import Heartbeat, VisitCount
from logistics.models import Partner
from tests.common.api.conftest import Ask
from tests.common.api.probe import Beats

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.common.api.probe")]
START = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def beats(db: None) -> list[str]:
    """Seven, of which some at the same moment; and one that nobody sees."""
    names = [f"b{number}" for number in range(7)]
    for number, name in enumerate(names):
        Heartbeat.objects.create(name=name, at=START + timedelta(hours=number // 2))
    Heartbeat.objects.create(name="hidden", at=START)
    return names


def test_pages_follow_each_other_without_gap_or_double(ask: Ask, beats: list[str]) -> None:
    for ordering, expected in (("-at", beats[::-1]), ("name", beats)):
        path, seen = f"beats/?limit=3&ordering={ordering}", []
        while path:
            page = ask("GET", path).json()
            seen.append([row["name"] for row in page["results"]])
            path = (page["next"] or "").partition("/api/v1/")[2]

        assert [len(rows) for rows in seen] == [3, 3, 1]
        assert [name for rows in seen for name in rows] == expected


def test_a_cursor_is_good_for_its_own_ordering_only(ask: Ask, beats: list[str]) -> None:
    cursor = ask("GET", "beats/?limit=1").json()["next"].partition("cursor=")[2]

    for path in (f"beats/?cursor={cursor}&ordering=name", f"beats/?cursor={cursor[:-2]}xx", "beats/?cursor=W10"):
        answer = ask("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")


def test_filters_and_fields_narrow_what_is_answered(ask: Ask, beats: list[str]) -> None:
    answer = ask("GET", "beats/?since=2026-11-24T12:00:00Z&fields=name")
    early = ask("GET", "beats/?early=true&name=b6")

    assert answer.json() == {"results": [{"name": "b6"}], "next": None}
    assert early.json()["results"] == []


def test_a_row_that_must_not_be_seen_is_answered_like_none(ask: Ask, beats: list[str]) -> None:
    hidden, none = ask("GET", "beats/hidden/"), ask("GET", "beats/nothing/")

    assert hidden.status_code == none.status_code == 404
    assert hidden.json() | {"request_id": ""} == none.json() | {"request_id": ""}


def test_an_etag_saves_an_answer_and_guards_a_write(ask: Ask, beats: list[str]) -> None:
    etag = ask("GET", "beats/b0/").headers["ETag"]
    body = {"name": "b0", "at": "2026-12-01T00:00:00Z"}

    again = ask("GET", "beats/b0/", **{"if-none-match": f'"other", {etag}'})
    weak = ask("PUT", "beats/b0/", body, **{"if-match": f"W/{etag}"})
    done = ask("PUT", "beats/b0/", body, **{"if-match": etag})
    late = ask("PUT", "beats/b0/", body | {"at": "2026-12-02T00:00:00Z"}, **{"if-match": etag})

    assert (again.status_code, again.content) == (304, b"")
    assert (weak.status_code, weak.json()["code"]) == (412, "precondition_failed")
    assert done.status_code == 200
    assert done.headers["ETag"] != etag
    assert late.status_code == 412
    assert Heartbeat.objects.get(name="b0").at == datetime(2026, 12, 1, tzinfo=UTC)


def test_bulk_answers_each_item_and_undoes_the_refused(ask: Ask, staff_key: str) -> None:
    good, bad = {"name": "one", "at": "2026-11-24T09:00:00Z"}, {"name": "refused", "at": "2026-11-24T09:00:00Z"}

    answer = ask("POST", "beats/many/", {"items": [good, bad, {"name": "x"}]}, with_key=staff_key)

    body = answer.json()
    assert answer.status_code == 200
    assert [one["status"] for one in body["results"]] == [201, 400, 400]
    assert body["results"][0] == {"index": 0, "status": 201, "id": "one"}
    assert body["results"][2]["error"]["errors"] == {"at": ["This field is required."]}
    assert (body["accepted"], body["refused"]) == (1, 2)
    assert not Heartbeat.objects.filter(name="refused").exists()


@pytest.mark.parametrize("body", [{}, {"items": []}, {"items": [1] * 4}, {"items": {}}, {"items": [1], "more": 1}])
def test_bulk_bodies_have_a_list_of_bearable_length(ask: Ask, staff_key: str, body: Any) -> None:
    assert ask("POST", "beats/many/", body, with_key=staff_key).status_code == 400


def test_addresses_say_since_when_they_are_old_and_when_they_end(ask: Ask, staff_key: str) -> None:
    answer = ask("POST", "beats/many/", {"items": [1]}, with_key=staff_key)

    assert answer.headers["Deprecation"] == "@1793491200"
    assert answer.headers["Sunset"] == "Mon, 01 Nov 2027 00:00:00 GMT"
    assert answer.headers["Link"] == '</api/docs/#beats>; rel="deprecation"; type="text/html"'


def test_what_a_key_may_not_do_is_403_and_undone(ask: Ask, staff_key: str, beats: list[str]) -> None:
    not_for_partners = ask("POST", "beats/many/", {"items": [1]})
    without_permission = ask("DELETE", "beats/b0/", with_key=staff_key)

    assert (not_for_partners.status_code, without_permission.status_code) == (403, 403)
    assert Heartbeat.objects.filter(name="b0").exists()


def test_unknown_addresses_and_methods_are_problems_too(ask: Ask) -> None:
    nowhere, wrong = ask("POST", "nowhere"), ask("PATCH", "beats/", {})

    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert ask("OPTIONS", "beats/").status_code == 405
    assert ask("TRACE", "beats/").status_code == 405
    assert ask("HEAD", "beats/").content == b""
    assert wrong.headers["Allow"] == "GET, POST, HEAD"


def test_a_rule_that_does_not_hold_says_so_with_its_code(ask: Ask) -> None:
    answer = ask("POST", "beats/", {"name": "refused", "at": "2026-11-24T09:00:00Z"})

    assert answer.status_code == 409
    body = answer.json()
    assert body.pop("request_id") == answer.headers["X-Request-Id"]
    assert body == {
        "type": "/api/docs/errors#no_beat",
        "title": "The request cannot be met.",
        "status": 409,
        "detail": "It does not beat.",
        "code": "no_beat",
    }


def test_what_breaks_on_our_side_tells_nothing_but_its_name(ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    answer = ask("POST", "beats/", {"name": "broken", "at": "2026-11-24T09:00:00Z"}, **{"x-request-id": "abc-1"})

    assert answer.status_code == 500
    assert b"secret of the machine" not in answer.content
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"] == "abc-1"
    assert "the secret of the machine" in caplog.text


def test_a_database_that_is_away_is_503_and_worth_another_try(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(self: Any, request: Any) -> Any:
        raise OperationalError("no route to 10.0.0.5")

    monkeypatch.setattr(Beats, "scoped", gone)

    answer = ask("GET", "beats/")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert b"10.0.0.5" not in answer.content


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "a\nb", "<script>", "é"])
def test_a_name_of_a_request_that_is_no_word_is_replaced(ask: Ask, given: str) -> None:
    name = ask("GET", "beats/", **{"x-request-id": given}).headers["X-Request-Id"]

    assert name != given
    assert len(name) == 32


def test_sentences_are_in_the_language_that_is_accepted_else_the_holders(ask: Ask, partner: Partner) -> None:
    Partner.objects.filter(pk=partner.pk).update(language="zh-Hans")

    own = ask("GET", "beats/")
    asked = ask("GET", "beats/", **{"accept-language": "en"})

    assert own.headers["Content-Language"] == "zh-hans"
    assert asked.headers["Content-Language"] == "en"


def test_requests_beyond_the_rate_are_429_until_the_minute_is_over(ask: Ask, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3

    answers = [ask("GET", "beats/") for _number in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one.headers["RateLimit-Remaining"] for one in answers] == ["2", "1", "0", "0"]
    assert answers[3].json()["code"] == "rate_limited"
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    VisitCount.objects.update(ends_at=timezone.now())
    assert ask("GET", "beats/").status_code == 200


def test_processes_take_requests_from_one_counter_some_at_a_time(
    ask: Ask, settings: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 500
    assert ask("GET", "beats/").headers["RateLimit-Remaining"] == "499"
    with django_assert_num_queries(2):  # the key and the rows; four more requests were taken already
        assert ask("GET", "beats/").headers["RateLimit-Remaining"] == "498"

    limits._shares.clear()  # another process

    assert ask("GET", "beats/").headers["RateLimit-Remaining"] == "494"


def test_each_request_leaves_one_line_without_its_query_or_key(
    ask: Ask, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="common.api.requests"):
        ask("GET", "beats/?name=Marisol")

    assert [record.getMessage().split(" ms")[0].rsplit(" ", 1)[0] for record in caplog.records] == [
        "GET /api/v1/beats/ 200"
    ]
    assert "Marisol" not in caplog.text
    assert key.rpartition("_")[2] not in caplog.text
