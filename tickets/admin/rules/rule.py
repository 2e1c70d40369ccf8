"""The list of rules with its switches, and the addresses of everything about a rule."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.admin import words
from common.admin.base import DeskAdmin
from common.errors import DomainError, PermissionRefused
from tickets.admin import access
from tickets.admin.rules.editor import editor_view
from tickets.admin.rules.trying import backtest_view, conditions_view, sentence_view
from tickets.admin.rules.versions import version_lines
from tickets.models import Rule, RuleRun, RuleSwitch, RuleVersion
from tickets.services.rules import saving
from tickets.services.rules.compiling import problems_of
from tickets.services.rules.tried import was_tried
from tickets.services.rules.wording import name_of_rule, say


@admin.register(Rule)
class RuleAdmin(DeskAdmin):
    """Rules are changed by their services alone; the pages are our own."""

    search_fields = ("name", "description")
    ordering = ("order", "id")
    list_per_page = 200
    actions = None
    change_list_template = "admin/tickets/rules/list.html"

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            found: URLPattern = path(route, self.admin_site.admin_view(view), name=f"tickets_rule_{name}")
            return found

        return [
            page("switch-all/", self.switch_all, "switch_all"),
            page("conditions/", self.conditions, "conditions"),
            page("sentence/", self.sentence, "sentence"),
            page("backtest/", self.backtest, "backtest"),
            page("<int:object_id>/sentence/", self.sentence, "sentence"),
            page("<int:object_id>/backtest/", self.backtest, "backtest"),
            page("<int:object_id>/switch/", self.switch, "switch"),
            page("<int:object_id>/restore/", self.restore, "restore"),
            page("<int:object_id>/remove/", self.remove, "remove"),
            *super().get_urls(),
        ]

    # ------------------------------------------------------------------ the list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        latest = RuleRun.objects.filter(rule=OuterRef("pk")).order_by("-at").values("at")[:1]
        rules: QuerySet[Any] = super().get_queryset(request).annotate(last_run=Subquery(latest))
        return rules

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """All rules in their order, each in words, with its switch."""
        switch = RuleSwitch.objects.select_related("changed_by").first()
        response = super().changelist_view(
            request,
            {
                **(extra_context or {}),
                "is_on": switch is None or switch.is_on,
                "switched": _switched(switch),
                "may_switch_all": request.user.has_perm("tickets.switch_rules"),
                "may_change": request.user.has_perm("tickets.change_rule"),
                "may_add": request.user.has_perm("tickets.add_rule"),
                "is_fullwidth": "1",
            },
        )
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            context["lines"] = _lines(list(context["cl"].result_list))
        return response

    # ------------------------------------------------------------------ one rule

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A new rule."""
        access.refuse_unless(request, "tickets.add_rule")
        return editor_view(self, request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The rule's page."""
        access.refuse_unless(request, "tickets.view_rule")
        return editor_view(self, request, _rule(object_id))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The rule's versions."""
        access.refuse_unless(request, "tickets.view_rule")
        rule = _rule(object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Versions of “%(rule)s”") % {"rule": name_of_rule(rule)},
            "opts": self.opts,
            "is_fullwidth": "1",
            "rule": rule,
            "lines": version_lines(rule),
            "may_change": request.user.has_perm("tickets.change_rule"),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/tickets/rules/versions.html", context)

    def sentence(self, request: HttpRequest, object_id: int | None = None) -> HttpResponse:
        _refuse_readers(request, object_id)
        return sentence_view(request, None if object_id is None else _rule(object_id))

    def conditions(self, request: HttpRequest) -> HttpResponse:
        access.refuse_unless(request, "tickets.view_promisepolicy")
        return conditions_view(request)

    def backtest(self, request: HttpRequest, object_id: int | None = None) -> HttpResponse:
        _refuse_readers(request, object_id)
        return backtest_view(request, None if object_id is None else _rule(object_id))

    # ------------------------------------------------------------------ acts

    def switch(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Switch a rule on or off. One that nobody has tried is asked about first."""
        access.refuse_unless(request, "tickets.change_rule")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        rule, is_on = _rule(object_id), request.POST.get("on") == "1"
        fallback = reverse("admin:tickets_rule_changelist")
        if is_on and not rule.is_active and request.POST.get("sure") != "1" and not was_tried(rule):
            return self._ask(request, rule, access.back(request, fallback))
        try:
            saved = saving.switch_rule(rule_id=rule.pk, is_on=is_on, actor=access.actor(request), now=timezone.now())
        except DomainError as error:
            access.say(request, error)
            return HttpResponseRedirect(reverse("admin:tickets_rule_change", args=[rule.pk]))
        for warning in saved.warnings:
            messages.warning(request, warning)
        said = _("“%(rule)s” is switched on.") if is_on else _("“%(rule)s” is switched off.")
        messages.success(request, said % {"rule": name_of_rule(rule)})
        return HttpResponseRedirect(access.back(request, fallback))

    def _ask(self, request: HttpRequest, rule: Rule, address: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Switch on a rule that nobody has tried?"),
            "opts": self.opts,
            "is_fullwidth": "1",
            "rule": rule,
            "said": say([rule])[0],
            "return_to": address,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/tickets/rules/ask.html", context)

    def switch_all(self, request: HttpRequest) -> HttpResponse:
        """The one switch for all rules."""
        access.refuse_unless(request, "tickets.switch_rules")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        is_on = request.POST.get("on") == "1"
        saving.switch_all(is_on=is_on, actor=access.actor(request), now=timezone.now())
        if is_on:
            messages.success(request, _("Rules work again. What happened meanwhile is not caught up."))
        else:
            messages.warning(request, _("No rule works now, until somebody switches them on again."))
        return HttpResponseRedirect(reverse("admin:tickets_rule_changelist"))

    def restore(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Bring an earlier version back; it becomes the newest."""
        access.refuse_unless(request, "tickets.change_rule")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        rule = _rule(object_id)
        number, version = _digits(request.POST.get("number", "")), _digits(request.POST.get("version", ""))
        try:
            saving.restore_version(
                rule_id=rule.pk, number=number, version=version, actor=access.actor(request), now=timezone.now()
            )
        except RuleVersion.DoesNotExist as error:
            raise Http404 from error
        except DomainError as error:
            access.say(request, error)
            return HttpResponseRedirect(reverse("admin:tickets_rule_history", args=[rule.pk]))
        messages.success(request, _("The rule reads as in version %(number)d again.") % {"number": number})
        return HttpResponseRedirect(reverse("admin:tickets_rule_change", args=[rule.pk]))

    def remove(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Delete a rule that never ran."""
        access.refuse_unless(request, "tickets.delete_rule")
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        rule = _rule(object_id)
        try:
            saving.delete_rule(rule_id=rule.pk, actor=access.actor(request))
        except PermissionRefused as error:
            raise PermissionDenied from error
        except DomainError as error:
            access.say(request, error)
            return HttpResponseRedirect(reverse("admin:tickets_rule_change", args=[rule.pk]))
        messages.success(request, _("“%(rule)s” is deleted.") % {"rule": name_of_rule(rule)})
        return HttpResponseRedirect(reverse("admin:tickets_rule_changelist"))


def _rule(object_id: str | int) -> Rule:
    number = _digits(str(object_id))
    rule = Rule.objects.select_related("updated_by").filter(pk=number).first() if number else None
    if rule is None:
        raise Http404
    return rule


def _digits(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _refuse_readers(request: HttpRequest, object_id: int | None) -> None:
    """Drafts are read for whoever may write rules."""
    access.refuse_unless(request, "tickets.add_rule" if object_id is None else "tickets.change_rule")


def _switched(switch: RuleSwitch | None) -> str:
    if switch is None or switch.changed_at is None:
        return ""
    said = {"who": switch.changed_by or _("Somebody"), "when": words.moment(switch.changed_at)}
    if switch.is_on:
        return _("switched on by %(who)s, %(when)s") % said
    return _("switched off by %(who)s, %(when)s") % said


def _lines(rules: list[Rule]) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {
            "rule": rule,
            "name": name_of_rule(rule),
            "said": said,
            "left_out": [one.sentence for one in problems_of(rule)],
            "last_run": words.age(rule.last_run, now) if rule.last_run else "",  # type: ignore[attr-defined]
            "last_exact": words.moment(rule.last_run) if rule.last_run else "",  # type: ignore[attr-defined]
        }
        for rule, said in zip(rules, say(rules), strict=True)
    ]
