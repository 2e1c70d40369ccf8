"""Templates filled: in the reader's language, day, time and money."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.policies.reader import Reader, match_language
from common.revisions import TEMPLATES, Kept
from knowledge_base.errors import TemplateUnusable, ValuesMissing
from knowledge_base.models import MessageTemplate, TemplateText
from knowledge_base.policies.placeholders import PLACEHOLDERS
from knowledge_base.policies.template_text import ParsedText, parse

Users = Callable[[str], Iterable[str | Promise]]
"""Tells who uses the template of a key, as words for whoever wants to delete it."""

_USERS: list[Users] = []


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template filled for one reader. ``language`` is that of the text (BCP 47)."""

    subject: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class _Text:
    subject: ParsedText
    text: ParsedText

    @classmethod
    def of(cls, row: TemplateText) -> _Text:
        return cls(parse(row.subject), parse(row.text))


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it is kept: its texts taken apart, by language."""

    key: str
    name: str
    audience: str
    fallback: str
    is_active: bool
    texts: Mapping[str, _Text]
    is_shipped: bool = False

    def language_for(self, wanted: Iterable[str]) -> str:
        """The language in which these readers get it."""
        return match_language([*wanted, self.fallback], self.texts) or next(iter(self.texts), "")

    def names(self, language: str) -> set[str]:
        """The placeholders of the text that readers of this language get."""
        chosen = self.texts[self.language_for([language])]
        return chosen.subject.names | chosen.text.names

    def missing(self, language: str, values: Mapping[str, Any]) -> list[str]:
        """What must be said to readers of this language and is not known."""
        chosen = self.texts[self.language_for([language])]
        return list(dict.fromkeys([*chosen.subject.missing(values), *chosen.text.missing(values)]))

    def render(self, *, language: str, values: Mapping[str, Any], zone: tzinfo) -> Rendered:
        """Fill the text that readers of ``language`` get. Raises ValuesMissing."""
        found = self.language_for([language])
        chosen = self.texts[found]
        if missing := self.missing(found, values):
            raise ValuesMissing(
                _("“%(template)s” cannot be written: %(names)s is not known.")
                % {"template": self.name, "names": ", ".join(label_of(name) for name in missing)},
                data={"template": self.key, "missing": missing},
            )
        reader = Reader.of(found, zone)
        subject = " ".join(chosen.subject.fill(values, reader).split())
        return Rendered(subject, chosen.text.fill(values, reader), found)


def label_of(name: str) -> str:
    """What a placeholder is, in words with its name."""
    known = PLACEHOLDERS.get(name)
    return f"{known.label} ({{{name}}})" if known else f"{{{name}}}"


def _load() -> dict[str, Template]:
    rows = MessageTemplate.objects.prefetch_related("texts")
    return {
        row.key: Template(
            row.key,
            row.name,
            row.audience,
            row.fallback_language,
            row.is_active,
            {text.language: _Text.of(text) for text in row.texts.all()},
            row.is_shipped,
        )
        for row in rows
    }


_templates = Kept(_load, TEMPLATES)


def template(key: str) -> Template:
    """The template of a key. Raises TemplateUnusable when there is none, it is switched off, or has no text."""
    found = _templates.get().get(key)
    if found is None:
        raise TemplateUnusable(_("There is no template “%(key)s”.") % {"key": key}, data={"template": key})
    if not found.is_active or not found.texts:
        raise TemplateUnusable(
            _("The template “%(template)s” is switched off.") % {"template": found.name}, data={"template": key}
        )
    return found


def draft(*, language: str, subject: str, text: str, audience: str) -> Template:
    """A template of one text that is not stored: what somebody writes just now."""
    return Template("", "", audience, language, True, {language: _Text(parse(subject), parse(text))})


def render(*, key: str, language: str, values: Mapping[str, Any], zone: tzinfo) -> Rendered:
    """Fill a template for a reader of ``language`` (BCP 47) in ``zone``. Raises TemplateUnusable, ValuesMissing."""
    return template(key).render(language=language, values=values, zone=zone)


def in_use(audiences: Collection[str]) -> list[Template]:
    """The templates for these readers that are not switched off, by name."""
    found = [one for one in _templates.get().values() if one.is_active and one.texts and one.audience in audiences]
    return sorted(found, key=lambda one: one.name)


def tell_users(users: Users) -> Users:
    """Register who can say by whom a template is used: floors above, whose rows the knowledge base does not know."""
    _USERS.append(users)
    return users


def users_of(key: str) -> list[str]:
    """Who uses a template, as words; empty when it may go."""
    return [str(one) for users in _USERS for one in users(key)]
