"""Arithmetic with working time: exact to the microsecond over DST changes, and never walking minute by minute.

Two decisions hold everywhere:

* *A wall time means the first instant at which the zone's clock shows it or later.* An opening at 02:30 in a night
  whose clock jumps from 02:00 to 03:00 is the jump itself; a closing at 02:30 in a night that has 02:30 twice is the
  first of them. So intervals that touch on paper touch in time, whatever the clock does.
* *An interval belongs to the day on which it begins.* A holiday takes away the shifts that begin on it; the night shift
  of the day before runs to its end.

Open spans are half-open: at the closing instant it is closed. What is given may be in any zone, results are in UTC.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from common.errors import DomainError, InvalidInput

type Span = tuple[datetime, datetime]
type Pause = tuple[datetime, datetime | None]

ZERO = timedelta(0)
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_ERA_SHIFT = 2
_ERA_YEARS = 1 << _ERA_SHIFT
# Years whose local times can be named in UTC and the other way round, whatever the zone.
_FIRST_ERA, _LAST_ERA = (_ERA_YEARS >> _ERA_SHIFT), (9996 >> _ERA_SHIFT) - 1
EMPTY_YEARS = 12
SEARCH_YEARS = 200


class NeverOpen(DomainError):
    """No such moment: the calendar has no open time for ``EMPTY_YEARS`` years, or not enough in ``SEARCH_YEARS``."""

    code = "never_open"

    def __init__(self) -> None:
        super().__init__("This calendar has no open time to count: give it hours, or make it open around the clock.")


class Interval(NamedTuple):
    """Open from a wall time to another; a close at or before the open lies on the next day (00:00–00:00: all day)."""

    opens: time
    closes: time

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"


type DayIntervals = Sequence[Interval]
type DaysOfYear = Callable[[int], Mapping[date, DayIntervals]]


def _no_days(year: int) -> Mapping[date, DayIntervals]:
    return {}


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise InvalidInput("A time without a zone cannot be counted with.")
    return moment.astimezone(UTC)


def first_instant(day: date, wall: time, zone: tzinfo) -> datetime:
    """The first instant (UTC) at which the zone's clock shows this wall time or later.

    In a gap that is the jump, of a time that comes twice the first one.
    """
    local = datetime.combine(day, wall, zone)
    before = zone.utcoffset(local)
    after = zone.utcoffset(local.replace(fold=1))
    assert before is not None
    assert after is not None
    if after <= before:  # usual, or a fold: fold=0 is the first of the two
        return local.astimezone(UTC)
    # In a gap: the jump lies between the readings by the offset after it and by the one before it.
    naive = datetime.combine(day, wall, UTC)
    early, late = naive - after, naive - before
    while late - early > _SECOND:  # zones change on full seconds
        middle = early + (late - early) // 2
        if zone.utcoffset(middle.astimezone(zone)) == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


class _Era:
    """Four years of one calendar, compiled: open spans in UTC with the open time that lies before each.

    ``starts[0]`` is an empty span at the begin, so that each moment has a span at or before it. ``zeros[i]`` is the
    start of span i less what lies before it: a moment inside the span less its zero is the open time up to it.
    ``by_day`` narrows each search to the spans that begin on the moment's UTC day.
    """

    __slots__ = ("before", "begin", "by_day", "end", "ends", "first_day", "starts", "total", "zeros")

    def __init__(self, begin: datetime, end: datetime, spans: Iterable[Span]) -> None:
        self.begin, self.end = begin, end
        self.starts, self.ends = [begin], [begin]
        for opens, closes in sorted(spans):
            start, stop = max(opens, begin), min(closes, end)
            if start >= stop:
                continue
            if start <= self.ends[-1] and len(self.ends) > 1:
                self.ends[-1] = max(self.ends[-1], stop)
            else:
                self.starts.append(start)
                self.ends.append(stop)
        self.before = [ZERO]
        for start, stop in zip(self.starts, self.ends, strict=True):
            self.before.append(self.before[-1] + (stop - start))
        self.total = self.before[-1]
        self.zeros = [start - before for start, before in zip(self.starts, self.before, strict=False)]
        self.first_day = begin.toordinal()
        days = range((end - begin).days + 1)
        self.by_day = [bisect_right(self.starts, begin + day * _DAY) for day in days]

    def done(self, at: datetime) -> timedelta:
        """Open time from the begin of the era to this moment in it."""
        index = bisect_right(self.starts, at) - 1
        return min(at - self.zeros[index], self.before[index + 1])

    def first_with(self, done: timedelta) -> datetime:
        """The first moment that has so much open time before it; more than zero, at most the total."""
        return self.zeros[bisect_left(self.before, done) - 1] + done

    def last_with(self, done: timedelta) -> datetime:
        """The last moment that has so much open time before it and some after it; less than the total."""
        return self.zeros[bisect_right(self.before, done) - 1] + done


class Hours:
    """When somebody works; immutable, compiled four years at a time when first asked about them.

    ``weekly`` gives the intervals by weekday (Monday is 0). ``days_of`` gives, for a year, the days that differ from
    their weekday with the intervals they have (none: closed).
    """

    is_always = False

    def __init__(
        self, zone: tzinfo, weekly: Mapping[int, DayIntervals], *, days_of: DaysOfYear = _no_days, name: str = ""
    ) -> None:
        self.zone = zone
        self.name = name
        self._weekly: tuple[tuple[Interval, ...], ...] = tuple(tuple(weekly.get(day, ())) for day in range(7))
        self._days_of = days_of
        self._eras: dict[int, _Era] = {}

    @staticmethod
    def always() -> Hours:
        """Around the clock."""
        return _ALWAYS

    def intervals_on(self, day: date) -> tuple[Interval, ...]:
        """What is open on paper on a day: the intervals that begin on it, in wall time."""
        own = self._days_of(day.year).get(day)
        return self._weekly[day.weekday()] if own is None else tuple(own)

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The first moment by which ``duration`` of open time has passed since ``start``; ``start`` itself for zero.

        What is done at the closing instant is done then, not at the next opening. Raises NeverOpen, and InvalidInput
        for a negative duration.
        """
        if start.tzinfo is not UTC:
            start = _utc(start)
        # The usual case is written out here and in due(): they are asked hundreds of thousands of times a second.
        era = self._eras.get(start.year >> _ERA_SHIFT) or self._era(start.year >> _ERA_SHIFT)
        before = era.before
        day = start.toordinal() - era.first_day
        index = bisect_right(era.starts, start, era.by_day[day], era.by_day[day + 1])
        done = start - era.zeros[index - 1]
        if done > before[index]:  # noqa: PLR1730 - min() takes a third of the whole call
            done = before[index]
        done += duration
        if duration > ZERO and done <= era.total:
            return era.zeros[bisect_left(before, done, index) - 1] + done
        return self._add_over_eras(start, duration)

    def subtract(self, end: datetime, duration: timedelta) -> datetime:
        """The last moment from which ``duration`` of open time passes until ``end``; ``end`` itself for zero.

        Raises NeverOpen, and InvalidInput for a negative duration.
        """
        end = _utc(end)
        if duration <= ZERO:
            _refuse_negative(duration)
            return end
        number = end.year >> _ERA_SHIFT
        era = self._era(number)
        left = era.done(end) - duration
        limit = _Limit(era)
        while left < ZERO:
            number -= 1
            era = self._era(number)
            limit.count(era)
            left += era.total
        return era.last_with(left)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much open time lies from ``start`` to ``end``; negative when ``end`` is before ``start``."""
        start, end = _utc(start), _utc(end)
        if end < start:
            return -self.between(end, start)
        first, last = start.year >> _ERA_SHIFT, end.year >> _ERA_SHIFT
        whole = sum((self._era(number).total for number in range(first, last)), ZERO)
        return whole + self._era(last).done(end) - self._era(first).done(start)

    def is_open(self, at: datetime) -> bool:
        """Whether it is open at this moment; at the closing instant it is not."""
        at = _utc(at)
        era = self._era(at.year >> _ERA_SHIFT)
        return at < era.ends[bisect_right(era.starts, at) - 1]

    def next_open(self, at: datetime) -> datetime:
        """The first moment from ``at`` on that is open: ``at`` itself when it is. Raises NeverOpen."""
        at = _utc(at)
        number = at.year >> _ERA_SHIFT
        era = self._era(number)
        index = bisect_right(era.starts, at)
        if at < era.ends[index - 1]:
            return at
        limit = _Limit(era)
        while index >= len(era.starts):
            number, index = number + 1, 1
            era = self._era(number)
            limit.count(era)
        return era.starts[index]

    def next_close(self, at: datetime) -> datetime | None:
        """When it closes next: of the span that is open at ``at`` or, when closed, of the one that comes.

        None when it does not close for ``EMPTY_YEARS`` years. Raises NeverOpen.
        """
        opens = self.next_open(at)
        number = opens.year >> _ERA_SHIFT
        era = self._era(number)
        closes = era.ends[bisect_right(era.starts, opens) - 1]
        for _more in range(EMPTY_YEARS // _ERA_YEARS):
            if closes < era.end:
                return closes
            number += 1
            if number > _LAST_ERA:
                return None
            era = self._era(number)
            if len(era.starts) == 1 or era.starts[1] > era.begin:
                return closes
            closes = era.ends[1]
        return None

    def spans(self, start: datetime, end: datetime) -> list[Span]:
        """The open spans from ``start`` to ``end``, cut at both, in order; spans that touch are one."""
        start, end = _utc(start), _utc(end)
        found: list[Span] = []
        if start >= end:
            return found
        for number in range(start.year >> _ERA_SHIFT, (end.year >> _ERA_SHIFT) + 1):
            era = self._era(number)
            for index in range(max(bisect_right(era.starts, start) - 1, 0), bisect_left(era.starts, end)):
                opens, closes = max(era.starts[index], start), min(era.ends[index], end)
                if opens >= closes:
                    continue
                if found and found[-1][1] == opens:
                    opens = found.pop()[0]
                found.append((opens, closes))
        return found

    def due(self, start: datetime, duration: timedelta, pauses: Sequence[Pause] = ()) -> datetime | None:
        """The first moment by which ``duration`` of open time outside the pauses has passed since ``start``.

        Pauses are (from, to), to is None while one lasts; they may overlap. None while a pause lasts that began before
        the time was up. Raises NeverOpen, and InvalidInput for a negative duration or a pause that
        ends before it begins.
        """
        if not pauses:
            return self.add(start, duration)
        if start.tzinfo is not UTC:
            start = _utc(start)
        era = self._eras.get(start.year >> _ERA_SHIFT) or self._era(start.year >> _ERA_SHIFT)
        starts, zeros, before, by_day, first_day = era.starts, era.zeros, era.before, era.by_day, era.first_day
        end = era.end
        day = start.toordinal() - first_day
        index = bisect_right(starts, start, by_day[day], by_day[day + 1])
        due = start - zeros[index - 1]
        if due > before[index]:  # noqa: PLR1730
            due = before[index]
        due += duration
        last = start
        for since, until in pauses:
            # The usual case: in order, apart, after the start, over, of these years; all else is looked at below.
            if until is None or since.tzinfo is not UTC or until.tzinfo is not UTC or not last <= since <= until < end:
                return self._due_of_any(start, duration, pauses)
            last = until
            day = since.toordinal() - first_day
            index = bisect_right(starts, since, by_day[day], by_day[day + 1])
            done = since - zeros[index - 1]
            if done > before[index]:  # noqa: PLR1730
                done = before[index]
            if done >= due:
                continue  # begins when the time is up; those that follow must still be in order
            day = until.toordinal() - first_day
            index = bisect_right(starts, until, by_day[day], by_day[day + 1])
            resumed = until - zeros[index - 1]
            if resumed > before[index]:  # noqa: PLR1730
                resumed = before[index]
            due += resumed - done
        if duration > ZERO and due <= era.total:
            return zeros[bisect_left(before, due) - 1] + due
        return self._due_of_any(start, duration, pauses)

    def _due_of_any(self, start: datetime, duration: timedelta, pauses: Sequence[Pause]) -> datetime | None:
        _refuse_negative(duration)
        left, at = duration, start
        for since, until in _in_order(pauses):
            if until is not None and until <= at:
                continue
            if since > at:
                worked = self.between(at, since)
                if worked >= left:
                    break
                left -= worked
            elif left == ZERO:
                break
            if until is None:
                return None
            at = until
        return self.add(at, left)

    def _add_over_eras(self, start: datetime, duration: timedelta) -> datetime:
        if duration <= ZERO:
            _refuse_negative(duration)
            return start
        number = start.year >> _ERA_SHIFT
        era = self._era(number)
        done = era.done(start) + duration
        limit = _Limit(era)
        while done > era.total:
            done -= era.total
            number += 1
            era = self._era(number)
            limit.count(era)
        return era.first_with(done)

    def _era(self, number: int) -> _Era:
        era = self._eras.get(number)
        if era is None:
            if not _FIRST_ERA <= number <= _LAST_ERA:
                raise NeverOpen
            era = self._eras[number] = self._compile(number)  # two threads may both do it: the results are the same
        return era

    def _compile(self, number: int) -> _Era:
        year = number << _ERA_SHIFT
        # A day before and after: local days of the era begin before it or end after it, and shifts run over midnight.
        day, last = date(year, 1, 1) - 2 * _DAY, date(year + _ERA_YEARS, 1, 1) + _DAY
        own: dict[date, DayIntervals] = {}
        for each in range(year - 1, year + _ERA_YEARS + 1):
            own.update(self._days_of(each))
        spans: list[Span] = []
        while day <= last:
            for opens, closes in own.get(day, self._weekly[day.weekday()]):
                end_day = day if closes > opens else day + _DAY
                spans.append((first_instant(day, opens, self.zone), first_instant(end_day, closes, self.zone)))
            day += _DAY
        return _Era(datetime(year, 1, 1, tzinfo=UTC), datetime(year + _ERA_YEARS, 1, 1, tzinfo=UTC), spans)


class _Limit:
    """How far a search goes: not over ``EMPTY_YEARS`` without open time, not over ``SEARCH_YEARS`` in all."""

    __slots__ = ("_empty", "_searched")

    def __init__(self, first: _Era) -> None:
        self._searched = 0
        self._empty = 0 if first.total else 1

    def count(self, era: _Era) -> None:
        self._searched += _ERA_YEARS
        self._empty = 0 if era.total else self._empty + 1
        if self._searched > SEARCH_YEARS or self._empty * _ERA_YEARS > EMPTY_YEARS:
            raise NeverOpen


class _Always(Hours):
    """Around the clock: nothing to compile."""

    is_always = True

    def __init__(self) -> None:
        super().__init__(UTC, {day: (Interval(time(0), time(0)),) for day in range(7)})

    def add(self, start: datetime, duration: timedelta) -> datetime:
        if duration < ZERO:
            _refuse_negative(duration)
        try:
            return (start if start.tzinfo is UTC else _utc(start)) + duration
        except OverflowError:
            raise NeverOpen from None

    def subtract(self, end: datetime, duration: timedelta) -> datetime:
        _refuse_negative(duration)
        try:
            return _utc(end) - duration
        except OverflowError:
            raise NeverOpen from None

    def between(self, start: datetime, end: datetime) -> timedelta:
        return _utc(end) - _utc(start)

    def is_open(self, at: datetime) -> bool:
        return True

    def next_open(self, at: datetime) -> datetime:
        return _utc(at)

    def next_close(self, at: datetime) -> datetime | None:
        return None

    def spans(self, start: datetime, end: datetime) -> list[Span]:
        start, end = _utc(start), _utc(end)
        return [(start, end)] if start < end else []

    def due(self, start: datetime, duration: timedelta, pauses: Sequence[Pause] = ()) -> datetime | None:
        return self._due_of_any(_utc(start), duration, pauses) if pauses else self.add(start, duration)


def _refuse_negative(duration: timedelta) -> None:
    if duration < ZERO:
        raise InvalidInput("A length of time cannot be negative.")


def _in_order(pauses: Sequence[Pause]) -> list[Pause]:
    ordered: list[Pause] = []
    for since, until in pauses:
        begin, end = _utc(since), None if until is None else _utc(until)
        if end is not None and end < begin:
            raise InvalidInput("A pause cannot end before it begins.")
        ordered.append((begin, end))
    return sorted(ordered, key=lambda pause: pause[0])


_ALWAYS = _Always()
