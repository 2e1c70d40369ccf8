"""All settings, from the environment. docs/howto/run.md lists the variables; a wrong one is refused at start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import django_stubs_ext
from django.utils.translation import gettext_lazy as _

from config import admin_site
from config.environment import ROOT, Environment, WrongSetting
from config.safety import content_security_policy

django_stubs_ext.monkeypatch()  # lets fields and admin classes name their types at run time, as type checkers want

env = Environment(dotenv=ROOT / ".env")

BASE_DIR = ROOT
VAR_DIR = Path(env.text("CLEARWAY_VAR_DIR") or ROOT / "var")

# ---------------------------------------------------------------- identity of this site
DEBUG = env.flag("CLEARWAY_DEBUG")
HTTPS = env.flag("CLEARWAY_HTTPS")
SECRET_KEY = env.secret("CLEARWAY_SECRET_KEY", file=VAR_DIR / "secret-key")
# Newest first: what was encrypted with an older key is still read, what is written uses the first.
ENCRYPTION_KEYS = env.secrets("CLEARWAY_ENCRYPTION_KEYS", file=VAR_DIR / "encryption-key")
ALLOWED_HOSTS = env.words("CLEARWAY_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
PORT = env.number("CLEARWAY_PORT", 8000, minimum=1, maximum=65534)
PUBLIC_URL = env.address(
    "CLEARWAY_PUBLIC_URL", f"http://127.0.0.1:{PORT}", schemes=frozenset({"http", "https"})
)  # links in messages to customers start with it
WEB_WORKERS = env.number("CLEARWAY_WEB_WORKERS", min(os.cpu_count() or 1, 4), minimum=1, maximum=64)
WEB_THREADS = env.number("CLEARWAY_WEB_THREADS", 4, minimum=1, maximum=256)  # each may hold a database connection
STREAMS_PORT = env.number("CLEARWAY_STREAMS_PORT", PORT + 1, minimum=1, maximum=65535)
# Where browsers find the event streams; empty: the page's own host at STREAMS_PORT.
STREAMS_URL = env.address("CLEARWAY_STREAMS_URL", "", schemes=frozenset({"http", "https"}))
if HTTPS and not PUBLIC_URL.startswith("https://"):
    raise WrongSetting("CLEARWAY_PUBLIC_URL must start with https:// when CLEARWAY_HTTPS is 1.")

INSTALLED_APPS = [
    "config.apps.SiteConfig",
    "config.desk_site.DeskSiteConfig",  # Unfold
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_fsm",
    "django_q",
    "axes",
    "csp",
    "common.apps.CommonConfig",
    "knowledge_base.apps.KnowledgeBaseConfig",
    "logistics.apps.LogisticsConfig",
    "tickets.apps.TicketsConfig",
    "channels_integrations.apps.ChannelsIntegrationsConfig",
]

MIDDLEWARE = [
    "common.api.requests.RequestIdMiddleware",  # first: whatever is written down of a request has its name
    "channels_integrations.webhooks.WebhookMiddleware",  # a webhook needs nothing of what follows
    "django.middleware.security.SecurityMiddleware",
    "config.safety.SafetyHeadersMiddleware",
    "common.api.line.ApiLineMiddleware",  # the API goes on behind API_MIDDLEWARE
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.people.SessionsEndMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.people.OwnLanguageMiddleware",
    "common.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
API_MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

UNFOLD = admin_site.UNFOLD
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.safety.streams_address",
            ],
        },
    },
]

# ---------------------------------------------------------------- database
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database("DATABASE_URL") or {"ENGINE": "common.embedded_postgres", "NAME": "clearway"},
}
# A pool (OPTIONS={"pool": …}) breaks the queue's fork; kept connections with a health check do the same service.
DATABASES["default"].update(CONN_MAX_AGE=300, CONN_HEALTH_CHECKS=True)
EMBEDDED_POSTGRES_DIR = VAR_DIR / "postgres"

# ---------------------------------------------------------------- queue
REDIS_URL = env.address("REDIS_URL", "", schemes=frozenset({"redis", "rediss", "unix"}))
WORKERS = env.number("CLEARWAY_WORKERS", 2, minimum=1, maximum=64)
Q_CLUSTER: dict[str, Any] = {
    "name": "clearway",
    "workers": WORKERS,
    "recycle": 5000,
    "timeout": 300,
    "retry": 360,  # longer than the timeout, or a slow task is handed out twice
    "max_attempts": 5,  # the library's default is to retry for ever
    "ack_failures": True,
    "save_limit": -1,  # successes are not kept: pruning them costs a count per task
    "poll": 0.2,
    "queue_limit": 50,
    "bulk": 1,
    "catch_up": False,
    "scheduler": False,  # periodic work belongs to the clock process
    "label": _("Tasks"),
}
if REDIS_URL:
    Q_CLUSTER["redis"] = REDIS_URL
else:
    Q_CLUSTER["orm"] = "default"

# ---------------------------------------------------------------- people
AUTH_USER_MODEL = "common.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "common.auth.EmployeeBackend"]
# E-mail addresses are unique in any case (a constraint over Lower), which this check cannot see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_AGE = 12 * 60 * 60  # without use
SESSION_RENEW_SECONDS = 15 * 60
SESSION_LONGEST_SECONDS = 7 * 24 * 60 * 60  # in spite of use
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "clearway_session"
CSRF_COOKIE_NAME = "clearway_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = env.words("CLEARWAY_TRUSTED_ORIGINS", [PUBLIC_URL] if HTTPS else [])
AXES_FAILURE_LIMIT = env.number("CLEARWAY_LOGIN_ATTEMPTS", 6, minimum=1, maximum=1000)
AXES_COOLOFF_TIME = 0.25  # hours
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "config.safety.name_tried"
AXES_CLIENT_IP_CALLABLE = "common.visits.client_network"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "config.throttle.locked_out"
AXES_HANDLER = "config.throttle.SignInGuard"
# Over all names: an office behind one address mistypes more often than a person, a list of names is tried far more.
SIGN_IN_FAILURES_PER_ADDRESS = env.number("CLEARWAY_LOGIN_ATTEMPTS_PER_ADDRESS", 50, minimum=1, maximum=100_000)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]
AXES_VERBOSE = False

# ---------------------------------------------------------------- language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
# Our words go before those of libraries that happen to be the same: a task that is queued is no message that is.
LOCALE_PATHS = [
    ROOT / app / "locale"
    for app in ("config", "common", "knowledge_base", "logistics", "tickets", "channels_integrations")
]
LANGUAGE_COOKIE_NAME = "clearway_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["config.formats"]

# ---------------------------------------------------------------- files
STATIC_URL = "/static/"
_static_root = env.text("CLEARWAY_STATIC_ROOT")
STATIC_ROOT = _static_root or None
# Collected files get names with their hash; without CLEARWAY_STATIC_ROOT they are served from where they lie.
WHITENOISE_USE_FINDERS = not _static_root
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_URL = "/media/"
MEDIA_ROOT = env.text("CLEARWAY_MEDIA_ROOT") or str(VAR_DIR / "media")
CHAIN_EXPORT_DIR = Path(env.text("CLEARWAY_CHAIN_EXPORT_DIR") or VAR_DIR / "chain-heads")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _static_root
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
MAX_ATTACHMENT_BYTES = env.number("CLEARWAY_MAX_ATTACHMENT_BYTES", 20 * 2**20, minimum=1024, maximum=2**30)
MAX_REQUEST_BYTES = MAX_ATTACHMENT_BYTES + 5 * 2**20  # one attachment and a form around it
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 30

# ---------------------------------------------------------------- safety
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # probes speak plain HTTP to the process
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.flag("CLEARWAY_BEHIND_PROXY", HTTPS)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = content_security_policy(
    hosts=ALLOWED_HOSTS, streams_port=STREAMS_PORT, streams_url=STREAMS_URL, upgrade=HTTPS
)
METRICS_TOKEN = env.text("METRICS_TOKEN")
# Requests of ours never go to private addresses, but for the hosts named here.
OUTBOUND_ALLOWED_HOSTS = [host.lower() for host in env.words("CLEARWAY_OUTBOUND_ALLOWED_HOSTS", [])]
ALLOW_PRIVATE_ADDRESSES = env.flag("CLEARWAY_ALLOW_PRIVATE_ADDRESSES")  # for demonstrations on one machine

# ---------------------------------------------------------------- API
API_REQUESTS_PER_MINUTE = env.number("CLEARWAY_API_REQUESTS_PER_MINUTE", 600, minimum=1, maximum=10_000_000)
API_STAFF_REQUESTS_PER_MINUTE = env.number(
    "CLEARWAY_API_STAFF_REQUESTS_PER_MINUTE", 3_000, minimum=1, maximum=10_000_000
)
# Views of the API say all else themselves (common/api/views.py); what is not one of them is closed.
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.api.bodies.JsonParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["common.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "common.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "common.api.errors.answer_to",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Clearway",
    "VERSION": "1",
    "DESCRIPTION": (
        "The exception desk's API for partners and integrations. Send your key as `Authorization: Bearer cw_live_…`. "
        "Moments are RFC 3339 in UTC. Lists go on at `next`. Every write takes an `Idempotency-Key`. Refusals are "
        "`application/problem+json` with a stable `code`; /api/docs/errors explains each."
    ),
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": PUBLIC_URL}],
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "SORT_OPERATION_PARAMETERS": False,
    "PREPROCESSING_HOOKS": ["common.api.schema.only_ours"],
    "POSTPROCESSING_HOOKS": [
        "common.api.schema.finish",
        "channels_integrations.api.webhook_schema.add_webhooks",
        "common.api.compact.compact",
    ],
}

# ---------------------------------------------------------------- logs
LOG_LEVEL = env.text("CLEARWAY_LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    raise WrongSetting("CLEARWAY_LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL.")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.LineFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        name: {"level": LOG_LEVEL}
        for name in ("config", "common", "knowledge_base", "logistics", "tickets", "channels_integrations")
    }
    | {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "propagate": True},
        "django-q": {"handlers": [], "level": "WARNING", "propagate": True},
        "axes": {"level": "WARNING"},
    },
}
