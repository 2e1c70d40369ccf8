"""Signing in and out, choosing a password, one's language and zone."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse, reverse_lazy
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from common.models import User
from common.visits import client_network, count
from tickets.portal.partner.forms import AccountForm, ForgottenForm, SignInForm
from tickets.portal.partner.pages import LANGUAGES, page, with_headers
from tickets.portal.partner.reader import Reader, for_partner
from tickets.services.partner_people import contact_of, send_password_link

_WINDOW_SECONDS = 600
_LINKS_PER_ADDRESS = 20
_LINKS_PER_NAME = 3


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class SignIn(LoginView):
    """The door. Wrong passwords are counted as they are at the desk's."""

    form_class = SignInForm
    redirect_authenticated_user = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever is in already goes on."""
        if isinstance(request.user, User) and contact_of(request.user) is not None and request.method == "GET":
            return with_headers(HttpResponseRedirect(self.get_success_url()))
        return with_headers(super().dispatch(request, *args, **kwargs))

    def get_default_redirect_url(self) -> str:
        """The partner's queue."""
        return reverse("partner_queue")

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """Where they wanted to go, when that is a partner's page."""
        wanted: str = super().get_redirect_url()
        return wanted if wanted.startswith(reverse("partner_queue")) and ".." not in wanted else ""

    def render_to_response(self, context: dict[str, Any], **named: Any) -> Any:
        form: AuthenticationForm = context["form"]
        return page(self.request, "sign_in", {"form": form, "next": context.get("next", "")})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    logout(request)
    return with_headers(HttpResponseRedirect(f"{reverse('partner_sign_in')}?out=1"))


@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponseBase:
    """Ask for a link to choose a new password. The answer is the same whether or not anybody has the address."""
    form = ForgottenForm(request.POST or None)
    if request.method != "POST":
        return page(request, "forgotten", {"form": form, "is_sent": "sent" in request.GET})
    if not form.is_valid():
        return page(request, "forgotten", {"form": form}, status=400)
    now, email = timezone.now(), form.cleaned_data["email"]
    of_address = count(f"partner link {client_network(request)}", seconds=_WINDOW_SECONDS, now=now)
    of_name = count(f"partner link to {email.lower()}"[:200], seconds=_WINDOW_SECONDS, now=now)
    if of_address > _LINKS_PER_ADDRESS:
        response = page(request, "too_many", {}, status=429)
        response.headers["Retry-After"] = str(_WINDOW_SECONDS)
        return response
    if of_name <= _LINKS_PER_NAME:
        send_password_link(email=email, now=now)
    return with_headers(HttpResponseRedirect(f"{reverse('partner_forgotten')}?sent=1"))


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class Welcome(PasswordResetConfirmView):
    """Choose a password by a link from a mail: once, and only while the contact may sign in."""

    success_url = reverse_lazy("partner_sign_in")

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return with_headers(super().dispatch(*args, **kwargs))

    def get_user(self, uidb64: str) -> Any:
        """The person of the link; nobody who has no access here."""
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and contact_of(user) is not None else None

    def get_success_url(self) -> str:
        return f"{self.success_url}?chosen=1"

    def render_to_response(self, context: dict[str, Any], **named: Any) -> Any:
        """The form in the person's own language; a link that is none any more says so."""
        form = context.get("form")
        person = self.user
        if form is None or person is None or not context.get("validlink"):
            return page(self.request, "link_over", {}, status=404)
        status = 400 if form.is_bound else 200
        if settings.LANGUAGE_COOKIE_NAME in self.request.COOKIES:
            return page(self.request, "welcome", {"form": form, "person": person}, status=status)
        with translation.override(person.language):
            return page(self.request, "welcome", {"form": form, "person": person}, status=status)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_partner
def account(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    """One's language, zone and password."""
    act = request.POST.get("act", "") if request.method == "POST" else ""
    own = AccountForm(request.POST if act == "own" else None, instance=reader.user)
    password = PasswordChangeForm(reader.user, request.POST if act == "password" else None)
    password.fields["old_password"].widget.attrs.pop("autofocus", None)  # the page begins at its top
    if act == "own" and own.is_valid():
        own.save()
        response = HttpResponseRedirect(f"{reverse('partner_account')}?saved=1")
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
        return response
    if act == "password" and password.is_valid():
        update_session_auth_hash(request, password.save())
        return HttpResponseRedirect(f"{reverse('partner_account')}?changed=1")
    status = 400 if act else 200
    return page(request, "account", {"own": own, "password": password}, status=status)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Show the pages in another language from now on: in this browser and, signed in, everywhere."""
    code = request.POST.get("language", "")
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    where = wanted if is_ours and wanted.startswith("/partner/") and ".." not in wanted else reverse("partner_queue")
    response = HttpResponseRedirect(where)
    if code in LANGUAGES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
        if isinstance(request.user, User) and contact_of(request.user) is not None:
            User.objects.filter(pk=request.user.pk).update(language=code)
    return response
