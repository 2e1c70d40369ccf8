"""Conditions: one JSON tree over typed fields, with one meaning in Python, in SQL and in words.

    {"all": [{"field": "ticket.kind", "op": "is", "value": "clearance"},
             {"any": [{"field": "ticket.priority", "op": "at_least", "value": 2},
                      {"field": "ticket.tier", "op": "is", "value": "vip"}]},
             {"none": [{"field": "ticket.tags", "op": "contains", "value": "test"}]}]}

In rules about events also ``{"changed": "state", "from": ["reported"], "to": ["under_review"]}``. An empty tree always
holds. ``check`` says what is wrong with a tree from outside; the others take one that was checked.
"""

from tickets.policies.conditions.checking import MAX_DEPTH, MAX_NODES, Problem, check
from tickets.policies.conditions.expression import Expression, expression
from tickets.policies.conditions.matching import Leaf, changes_between, explain, matches
from tickets.policies.conditions.tree import Names, Tree, fields_in, references_in, zones_in
from tickets.policies.conditions.wording import leaf_sentence, leaf_value_words, sentence, value_words

__all__ = [
    "MAX_DEPTH",
    "MAX_NODES",
    "Expression",
    "Leaf",
    "Names",
    "Problem",
    "Tree",
    "changes_between",
    "check",
    "explain",
    "expression",
    "fields_in",
    "leaf_sentence",
    "leaf_value_words",
    "matches",
    "references_in",
    "sentence",
    "value_words",
    "zones_in",
]
