"""What conditions can be about: every field with its type, its words, its SQL and its value in Python.

Fields read history: the ticket's facts at a moment, the message and the event of that moment, and the moment itself. In
SQL ``f`` is the row of facts, ``m`` the message, ``e`` the event, ``t`` the ticket (for what never changes) and ``k``
the key with the moment ``k.at``; see ``tickets.services.rules.statement``.
"""

from tickets.policies.fields.field import ABSENT, Field, Moment, local_hour, local_weekday
from tickets.policies.fields.registry import CHANGEABLE, FIELDS, GROUP_LABELS, PROMISE_FIELDS, facts_values, fields_for

__all__ = [
    "ABSENT",
    "CHANGEABLE",
    "FIELDS",
    "GROUP_LABELS",
    "PROMISE_FIELDS",
    "Field",
    "Moment",
    "facts_values",
    "fields_for",
    "local_hour",
    "local_weekday",
]
