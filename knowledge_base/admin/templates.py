"""Templates: their texts side by side, what they may hold, and how they read on a real ticket."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextareaWidget

from common.admin import words
from common.admin.base import DeskAdmin
from knowledge_base.models import MessageTemplate, TemplateAudience, TemplateText
from knowledge_base.policies.placeholders import PLACEHOLDERS, Placeholder
from knowledge_base.policies.template_text import check, compare, sentences
from knowledge_base.services.templates import users_of

EXPECTED_LANGUAGES = ("en", "zh-Hans", "es", "de", "fr", "pt", "ja")
"""The languages our customers write in most; one that a template lacks is shown."""


class TextFormSet(PaginationInlineFormSet):
    """All texts of a template at once: each fits its readers, and one is in the fallback language."""

    def clean(self) -> None:
        super().clean()
        audience = self.instance.audience or TemplateAudience.CUSTOMER
        kept = [form for form in self.forms if form.cleaned_data.get("text") and not form.cleaned_data.get("DELETE")]
        for form in kept:
            for name in ("subject", "text"):
                for sentence in sentences(check(form.cleaned_data.get(name) or "", audience=audience)):
                    form.add_error(name, sentence)
        fallback = self.instance.fallback_language
        if fallback and not any(form.cleaned_data.get("language") == fallback for form in kept):
            raise ValidationError(
                gettext("There is no text in %(language)s, the fallback language. Write it, or choose another one.")
                % {"language": words.language(fallback) or fallback}
            )

    def warnings(self) -> list[str]:
        """What translations leave out, as sentences."""
        texts = {
            form.cleaned_data["language"]: form.cleaned_data for form in self.forms if form.cleaned_data.get("text")
        }
        fallback = texts.get(self.instance.fallback_language)
        if fallback is None:
            return []
        return [
            f"{words.language(language) or language}: {sentence}"
            for language, data in texts.items()
            if not data.get("DELETE")
            for name in ("subject", "text")
            for sentence in sentences(compare(data.get(name) or "", fallback.get(name) or ""))
        ]


class TextInline(StackedInline):
    """One text; they stand side by side where there is room."""

    model = TemplateText
    formset = TextFormSet
    extra = 0
    fields = ("language", "subject", "text")
    verbose_name_plural = _("texts by language")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With their template, whose name stands above each."""
        texts: QuerySet[Any] = super().get_queryset(request).select_related("template")
        return texts

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "text":
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 14, "dir": "auto"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class LacksFilter(admin.SimpleListFilter):
    """Templates that lack a language."""

    title = _("lacks")
    parameter_name = "lacks"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(language, words.language(language)) for language in EXPECTED_LANGUAGES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[MessageTemplate]) -> QuerySet[MessageTemplate]:
        wanted = self.value()
        return queryset.exclude(texts__language__iexact=wanted) if wanted in EXPECTED_LANGUAGES else queryset


@admin.register(MessageTemplate)
class TemplateAdmin(DeskAdmin):
    """Templates. ``preview_route`` is the name of the page that fills a text with a ticket's values, if there is one:
    whoever owns tickets sets it."""

    preview_route: ClassVar[str] = ""

    inlines = (TextInline,)
    list_display = ("shown_name", "key", "audience_name", "languages", "missing", "in_use", "changed")
    list_filter = ("audience", "is_active", LacksFilter)
    search_fields = ("key", "name", "purpose")
    ordering = ("audience", "name")
    fields = (
        ("name", "key"),
        "purpose",
        ("audience", "fallback_language", "is_active"),
        "palette",
        "preview",
    )
    readonly_fields = ("palette", "preview")
    may_delete = True

    class Media:
        css: ClassVar = {"all": ["knowledge_base/templates.css"]}
        js = ("knowledge_base/templates.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("texts")

    def get_readonly_fields(self, request: HttpRequest, obj: MessageTemplate | None = None) -> Any:
        """What the program asks for by its key keeps it, and its readers."""
        fixed = ("key", "audience") if obj is not None and obj.is_shipped else ()
        return (*self.readonly_fields, *fixed)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A template that somebody uses stands in the way of its own deletion, with a sentence each."""
        found, counts, permissions, protected = super().get_deleted_objects(objs, request)
        used = [
            gettext("“%(template)s” is used by %(user)s. Take it out there, or switch the template off.")
            % {"template": one, "user": user}
            for one in objs
            for user in users_of(one.key)
        ]
        return found, counts, permissions, [*protected, *used]

    def delete_model(self, request: HttpRequest, obj: MessageTemplate) -> None:
        if not users_of(obj.key):
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[MessageTemplate]) -> None:
        free = [one.pk for one in queryset if not users_of(one.key)]
        super().delete_queryset(request, queryset.filter(pk__in=free))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        if isinstance(formset, TextFormSet):
            for sentence in formset.warnings()[:10]:
                messages.warning(request, sentence)

    @display(description=_("template"), ordering="name")
    def shown_name(self, one: MessageTemplate) -> str:
        return str(one)

    @display(description=_("who reads it"), ordering="audience")
    def audience_name(self, one: MessageTemplate) -> str:
        return one.get_audience_display()

    @display(description=_("languages"))
    def languages(self, one: MessageTemplate) -> str:
        """By name, those that customers write in most in front."""
        there = {text.language for text in one.texts.all()}
        order = [language for language in EXPECTED_LANGUAGES if language in there]
        return gettext(", ").join(words.language(one) or one for one in [*order, *sorted(there - set(order))])

    @display(description=_("missing"))
    def missing(self, one: MessageTemplate) -> str:
        there = {text.language.lower() for text in one.texts.all()}
        lacking = [language for language in EXPECTED_LANGUAGES if language.lower() not in there]
        return gettext(", ").join(words.language(language) for language in lacking) or "—"

    @display(description=_("in use"), boolean=True, ordering="is_active")
    def in_use(self, one: MessageTemplate) -> bool:
        return one.is_active

    @display(description=_("changed"), ordering="updated_at")
    def changed(self, one: MessageTemplate) -> str:
        return words.moment(one.updated_at)

    @display(description=_("placeholders"))
    def palette(self, one: MessageTemplate | None) -> SafeString:
        audience = one.audience if one is not None and one.pk else ""
        return format_html(
            '<div class="kb-palette">{}</div><p class="kb-help">{}</p>',
            _chips(placeholder for placeholder in PLACEHOLDERS.values() if _fits(placeholder, audience)),
            gettext(
                "A part in square brackets is left out when a value in it is not known, as in Hello[ {customer_name}]. "
                "Write {{ and [[ for the signs themselves."
            ),
        )

    @display(description=_("preview"))
    def preview(self, one: MessageTemplate | None) -> SafeString | str:
        try:
            address = reverse(self.preview_route) if self.preview_route else ""
        except NoReverseMatch:
            address = ""
        if not address:
            return "—"
        return format_html(
            '<div class="kb-preview" data-address="{}" data-audience="{}"><label>{} '
            '<input type="text" class="kb-reference" placeholder="CLR-2041" autocomplete="off"></label> '
            '<select class="kb-language" aria-label="{}"></select> <button type="button" class="kb-show">{}</button>'
            '<p class="kb-problems" role="alert" hidden></p><p class="kb-subject"></p>'
            '<pre class="kb-text" dir="auto"></pre></div>',
            address,
            one.audience if one is not None and one.pk else "",
            gettext("Ticket"),
            gettext("Language"),
            gettext("Show"),
        )


def _fits(placeholder: Placeholder, audience: str) -> bool:
    return not audience or audience in placeholder.audiences


def _chips(placeholders: Iterable[Placeholder]) -> SafeString:
    return format_html_join(
        " ",
        '<button type="button" class="kb-chip" data-name="{}" title="{}">{{{}}}</button>',
        ((one.name, one.label, one.name) for one in placeholders),
    )
