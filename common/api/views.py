"""Base classes of all views of `/api/v1/`; `common.api` says how to write one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import permissions, serializers
from rest_framework.exceptions import Throttled
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api import limits
from common.api.authentication import KeyAuthentication
from common.api.bodies import LARGEST_JSON, FilesParser, JsonParser
from common.api.caller import Caller
from common.api.errors import answer_to, refusal
from common.api.fields import thin, thin_all, wanted_fields
from common.api.idempotency import answer_once, idempotency_key
from common.api.pages import page_of
from common.api.schema import ApiSchema
from common.api.versions import with_etag
from common.errors import InvalidInput, PermissionRefused

PARTNERS, STAFF = "partners", "staff"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LIST_PARAMETERS = frozenset({"cursor", "limit", "ordering", "fields"})


class ApiRequest(Request):
    """A request whose key was read: ``auth`` is its holder."""

    auth: Caller


class OnlyJson(BaseContentNegotiation):
    """Answers are JSON whatever is accepted (RFC 9110, 12.5.1 lets a server do so); a view may answer otherwise."""

    def select_parser(self, request: Request, parsers: Sequence[BaseParser]) -> BaseParser | None:  # type: ignore[override]
        """The parser of the body's media type; None: unsupported."""
        given = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == given), None)

    def select_renderer(  # type: ignore[override]
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The view's only renderer."""
        return renderers[0], renderers[0].media_type or ""


class MayCall(permissions.BasePermission):
    """The key has the method's scope, its holder is of the kind the view is for, and a person has the permission."""

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method not in view.scopes:
            return True  # 405 follows
        caller: Any = request.auth
        if (PARTNERS if caller.is_partner else STAFF) not in view.open_to:
            raise PermissionRefused(_("This address is not for keys like yours."))
        scope = view.scopes[method]
        if scope not in caller.scopes:
            raise PermissionRefused(_("Your key lacks the scope “%(scope)s”.") % {"scope": str(scope)})
        permission = view.permissions.get(method)
        if permission and not caller.is_partner and not caller.may(permission):
            raise PermissionRefused(_("The person whom your key acts for may not do this."))
        return True


class ApiView(APIView):
    """One address. ``scopes`` names for each method the scope that it asks for; a method without one does not exist.

    ``open_to`` says whose keys are let in, ``permissions`` what the person behind a staff key must be permitted.
    """

    scopes: ClassVar[Mapping[str, str]] = {}
    open_to: ClassVar[frozenset[str]] = frozenset({PARTNERS, STAFF})
    permissions: ClassVar[Mapping[str, str]] = {}
    parameters: ClassVar[frozenset[str]] = frozenset({"fields"})
    """Query parameters that are known; others are refused."""
    largest_body: ClassVar[int] = LARGEST_JSON
    takes_files: ClassVar[bool] = False

    authentication_classes = (KeyAuthentication,)
    permission_classes = (MayCall,)
    parser_classes = (JsonParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OnlyJson
    metadata_class = None
    schema = ApiSchema()
    request: ApiRequest

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        cls.http_method_names = [method.lower() for method in cls.scopes] + ["head"] * ("GET" in cls.scopes)
        if cls.takes_files:
            cls.parser_classes = (JsonParser, FilesParser)  # type: ignore[assignment]

    # ------------------------------------------------------------ what happens to each request
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read the key, count the request, look at its size, run the method once, and dress its answer."""
        self.args, self.kwargs = args, kwargs
        self.now: datetime = timezone.now()
        self.allowance: limits.Allowance | None = None
        self.headers: dict[str, str] = {}
        self.request = self.initialize_request(request, *args, **kwargs)  # type: ignore[assignment]
        with timezone.override(UTC):
            try:
                response: HttpResponseBase = self._answer(request)
            except Exception as error:  # noqa: BLE001 - whatever it is, the caller is told in the same form
                response = self.handle_exception(error)
                if isinstance(error, PermissionRefused | Throttled):
                    response.headers.setdefault("Cache-Control", "no-store")
        if isinstance(response, Response):
            response = self.finalize_response(self.request, response, *args, **kwargs)
            with timezone.override(UTC):
                response.render()
        self._dress(response)
        return response

    def _answer(self, request: HttpRequest) -> Any:
        self.format_kwarg = None
        renderer, media_type = self.perform_content_negotiation(self.request)
        self.request.accepted_renderer, self.request.accepted_media_type = renderer, media_type
        self._check_body(request)
        self.perform_authentication(self.request)
        request.api_caller = self.request.auth  # type: ignore[attr-defined] # for the log line of the request
        if "HTTP_ACCEPT_LANGUAGE" not in request.META:
            translation.activate(self._language(self.request.auth.language))
        self.allowance = limits.spend(self.request.auth, now=self.now)
        if self.allowance.remaining < 0:
            raise Throttled(wait=self.allowance.reset_seconds)
        self.check_permissions(self.request)
        method = str(self.request.method)
        if method.lower() not in self.http_method_names:
            return self.http_method_not_allowed(self.request)
        handler: Callable[..., Any] = getattr(self, method.lower())
        self._check_parameters()
        if method in WRITES and (key := idempotency_key(self.request)):
            return answer_once(
                self.request,
                self.request.auth,
                key,
                run=lambda: self._finished(handler(self.request, *self.args, **self.kwargs)),
                now=self.now,
            )
        return handler(self.request, *self.args, **self.kwargs)

    def _finished(self, response: Response) -> HttpResponse:
        finished = self.finalize_response(self.request, response, *self.args, **self.kwargs)
        assert isinstance(finished, HttpResponse), "a stream cannot be answered twice"
        return finished

    def _check_body(self, request: HttpRequest) -> None:
        """Refuse what is too large before anything of it is read."""
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        is_form = self.request.content_type.startswith("multipart/")
        if length > (settings.MAX_REQUEST_BYTES if is_form and self.takes_files else self.largest_body):
            raise RequestDataTooBig
        if length and not is_form and request.method in WRITES:
            _ = request.body  # kept: what is hashed for an Idempotency-Key is what was sent

    def _check_parameters(self) -> None:
        unknown = sorted(set(self.request.query_params) - self.known_parameters())
        if unknown:
            raise InvalidInput(data={name[:60]: [_("There is no such parameter.")] for name in unknown[:20]})

    def _dress(self, response: HttpResponseBase) -> None:
        if self.allowance is not None:
            for name, value in self.allowance.headers.items():
                response.headers[name] = value
        handler = getattr(self, str(self.request.method).lower(), None)
        for name, value in getattr(handler, "deprecation_headers", {}).items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ("Authorization",))

    @staticmethod
    def _language(wanted: str) -> str:
        try:
            return translation.get_supported_language_variant(wanted.lower())
        except LookupError:
            return str(settings.LANGUAGE_CODE)

    def get_exception_handler(self) -> Callable[[Exception, Any], Response]:
        """Problems, whatever the settings say."""
        return answer_to

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> Any:
        raise PermissionRefused(message or "")

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """405 with the methods that there are; also before anything is known of the caller's rights."""
        self.headers["Allow"] = ", ".join(self.allowed_methods)
        return super().http_method_not_allowed(request, *args, **kwargs)

    # ------------------------------------------------------------ what views use
    def known_parameters(self) -> frozenset[str]:
        """Names of query parameters that this address knows."""
        return self.parameters

    def scoped(self, request: ApiRequest) -> QuerySet[Any]:
        """The rows that the caller may see: the only way to rows in every view of them."""
        raise NotImplementedError

    def row_of(self, row: Any) -> dict[str, Any]:
        """A row as it is answered: plain values, moments by ``moment``."""
        raise NotImplementedError

    def one(self, request: ApiRequest, *, lock: bool = False, **by: Any) -> Any:
        """The row among those the caller may see. Raises Http404, for a foreign row as for none."""
        rows = self.scoped(request)
        if lock:
            rows = rows.select_for_update(of=("self",))
        found = rows.filter(**by).first()
        if found is None:
            raise Http404
        return found

    def read(self, serializer_class: type[serializers.BaseSerializer[Any]], data: Any = None) -> dict[str, Any]:
        """What was sent, as values. Raises ValidationError by field."""
        serializer = serializer_class(
            data=self.request.data if data is None else data, context={"request": self.request, "view": self}
        )
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(serializer.validated_data)
        return values

    def answered(self, row: dict[str, Any], *, etag: str = "", status: int = 200) -> Response:
        """A row with the fields that were asked for, and its ETag."""
        body = thin(row, wanted_fields(self.request.query_params.get("fields"), row.keys()))
        return with_etag(self.request, body, etag, status=status) if etag else Response(body, status=status)

    def created(self, row: dict[str, Any], location: str, *, etag: str = "") -> Response:
        """201 with the row and where it is found from now on."""
        headers = {"Location": location} | ({"ETag": etag} if etag else {})
        body = thin(row, wanted_fields(self.request.query_params.get("fields"), row.keys()))
        return Response(body, status=201, headers=headers)


class ListView(ApiView):
    """Rows by cursor. ``row`` is a row's schema, ``orderings`` maps what callers may write to columns.

    The first ordering is the default. All columns of one point the same way, are never NULL, and the last is unique.
    """

    row: ClassVar[type[serializers.BaseSerializer[Any]]]
    orderings: ClassVar[Mapping[str, Sequence[str]]] = {"-id": ("-id",)}
    filters: ClassVar[type[Any] | None] = None

    def known_parameters(self) -> frozenset[str]:
        if self.request.method not in {"GET", "HEAD"}:
            return self.parameters
        filters = self.filters_for(self.request)
        names = frozenset(filters.base_filters) if filters else frozenset()
        return self.parameters | LIST_PARAMETERS | names

    def filters_for(self, request: ApiRequest) -> type[Any] | None:
        """The filters that this caller has: fewer for whoever sees less of a row."""
        return self.filters

    def orderings_for(self, request: ApiRequest) -> Mapping[str, Sequence[str]]:
        """The same names, with the columns by which this caller's rows are read along an index."""
        return self.orderings

    def page(self, request: ApiRequest, queryset: QuerySet[Any] | None = None) -> Response:
        """A page of the rows that the caller may see, filtered, ordered and thinned as the request asks."""
        orderings = self.orderings_for(request)
        chosen = request.query_params.get("ordering") or next(iter(orderings))
        if chosen not in orderings:
            known = ", ".join(orderings)
            raise InvalidInput(data={"ordering": [_("Known are: %(names)s.") % {"names": known}]})
        thinned = request.query_params.get("fields")
        known_fields = getattr(self.row(), "fields", {}).keys() if thinned is not None else ()
        wanted = wanted_fields(thinned, known_fields)
        rows = self.filtered(request, self.scoped(request) if queryset is None else queryset)
        body = page_of(rows, request, ordering=orderings[chosen], row=self.row_of)
        body["results"] = thin_all(body["results"], wanted)
        return Response(body)

    def filtered(self, request: ApiRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the request's filters leave. Raises InvalidInput for values that cannot be."""
        filters = self.filters_for(request)
        if filters is None:
            return queryset
        asked = request.query_params
        if not any(name in asked or one.extra.get("required") for name, one in filters.base_filters.items()):
            return queryset
        found = filters(request.query_params, queryset=queryset, request=request)
        if not found.is_valid():
            raise InvalidInput(data={name: [str(one) for one in said] for name, said in found.errors.items()})
        narrowed: QuerySet[Any] = found.qs
        return narrowed


def moment(value: datetime | None) -> str | None:
    """A moment as answers have it: RFC 3339 in UTC, such as 2026-11-24T09:00:00.5Z."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


# A form of another site cannot do anything here: without a key there is nothing to do, and nothing stands here.
@csrf_exempt
def not_there(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Whatever else is asked for under `/api/v1/`: a problem like every other, no redirect that would lose a body."""
    return refusal("not_found")
