"""What the rule's form sends, as ``save_rule`` wants it. Whatever comes in, it is a sentence at worst."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from tickets.choices import RuleTrigger
from tickets.models import Rule
from tickets.services.rules.wording import description_of_rule, name_of_rule

MOST_CHARACTERS = 100_000
"""Of conditions or actions as JSON; the largest rule that is allowed takes half of it."""
UNITS = {"minutes": 60, "hours": 3_600, "days": 86_400}
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_WHOLE = re.compile(r"-?[0-9]{1,9}")


def read_json(text: str) -> Any:
    """JSON that a script of ours wrote. Raises InvalidInput with a sentence for anything else."""
    if len(text) > MOST_CHARACTERS:
        raise InvalidInput(_("This is too long; make two rules."))
    try:
        found = json.loads(text, parse_constant=_no_number)
        written = json.dumps(found, ensure_ascii=False)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(_("This could not be read. Load the page again and make your change once more.")) from error
    if _UNSTORABLE.search(written):
        raise InvalidInput(_("There are characters in it that cannot be stored."))
    return found


def read_rule(post: QueryDict, *, rule: Rule | None = None) -> dict[str, Any]:
    """A rule's data from the form. Raises InvalidInput with sentences by field for what cannot even be read."""
    sentences: dict[str, list[str]] = {}
    data: dict[str, Any] = {
        "name": _text(post.get("name", "")),
        "description": _text(post.get("description", "")),
        "order": _number(post.get("order", "")),
        "cap_per_hour": _number(post.get("cap_per_hour", "")),
        "stops": post.get("stops") == "on",
        "trigger": _text(post.get("trigger", "")),
    }
    if rule is not None and rule.shipped_key:
        # The form shows a shipped rule's texts in the reader's language; left alone, they stay as they were shipped.
        for name, shown in (("name", name_of_rule(rule)), ("description", description_of_rule(rule))):
            data[name] = getattr(rule, name) if data[name] == shown else data[name]
    data |= _trigger(post, data["trigger"])
    for name, empty in (("conditions", "{}"), ("actions", "[]")):
        try:
            data[name] = read_json(post.get(name, "") or empty)
        except InvalidInput as error:
            sentences[name] = [str(error)]
    if sentences:
        raise InvalidInput(" ".join(one for lines in sentences.values() for one in lines), data=sentences)
    return data


def read_days(post: Mapping[str, Any], usual: int) -> int:
    """For how many days to try a rule; the service refuses what is out of bounds."""
    number = _number(str(post.get("days", usual)))
    return number if number is not None else 0


def _trigger(post: QueryDict, trigger: str) -> dict[str, Any]:
    if trigger == RuleTrigger.EVENT:
        return {"events": [_text(one) for one in post.getlist("events")]}
    if trigger == RuleTrigger.TIME:
        amount, unit = _number(post.get("delay", "")), UNITS.get(post.get("delay_unit", ""), 3_600)
        return {
            "anchor": _text(post.get("anchor", "")),
            "delay": None if amount is None else _span(amount * unit),
            "hours_of": _text(post.get("hours_of", "")),
            "calendar": _number(post.get("calendar", "")),
        }
    if trigger == RuleTrigger.SCHEDULE:
        return {
            "weekdays": [-1 if (day := _number(one)) is None else day for one in post.getlist("weekdays")],
            "at_times": [_text(one) for one in post.getlist("at_times") if one.strip()],
            "time_zone": _text(post.get("time_zone", "")),
        }
    return {}


def _span(seconds: int) -> timedelta:
    """A length of time; one beyond all bounds becomes the shortest that the service refuses."""
    return timedelta(seconds=max(min(seconds, 400 * 86_400), -1))


def _text(text: str) -> str:
    return _UNSTORABLE.sub("", text).strip().replace("\r\n", "\n")


def _number(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text.strip()) else None


def _no_number(name: str) -> Any:
    raise ValueError(name)
