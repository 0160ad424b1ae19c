"""Settings, all from the environment. docs/operations.md explains every variable."""

import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from project import environment as env
from project.accounts.allauth_settings import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR") or BASE_DIR / "var")
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _kept_secret() -> str:
    """The key this installation made for itself on its first start."""
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY") or _kept_secret()
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
ORIGINS = env.origins("ORIGINS")
CSRF_TRUSTED_ORIGINS = ORIGINS
SIGN_UP = env.choice("SIGN_UP", "invite", ("open", "invite", "closed"))

INSTALLED_APPS = [
    "project.realtime",  # before daphne: its runserver is ours
    "daphne",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "ninja",
    "project.accounts",
    "project.jobs",
    "notifications",
    "dashboard",
    "chat",
]

MIDDLEWARE = [
    "project.middleware.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "project.accounts.middleware.KeepSignedInMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "project.accounts.middleware.StaffTimesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "project.urls"
ASGI_APPLICATION = "project.asgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notifications.context.bell",
            ],
        },
    },
]

# --- What is kept -----------------------------------------------------------------------------------------------------

DATABASE_URL = env.url("DATABASE_URL", ("postgres", "postgresql", "sqlite"))
if DATABASE_URL.startswith("postgres"):
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
    # Django gives every request a thread of its own, so connections must outlive threads: a pool. The check finds
    # the connections that a restarted server has closed.
    DATABASES["default"] |= {
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A host that vanishes inside a transaction must not keep its locks for the two hours TCP would.
            "connect_timeout": 3,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            "options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=15s",
            **dict(parse_qsl(urlsplit(DATABASE_URL).query)),
            "pool": {
                "min_size": 2,
                "max_size": env.number("DATABASE_POOL", 16, least=2),
                "timeout": 5,
                "reconnect_timeout": 2,
            },
        },
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATABASE_URL.partition("sqlite:///")[2] or str(DATA_DIR / "watchroom.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
            },
            "CONN_MAX_AGE": None,
            "TEST": {"NAME": str(DATA_DIR / "test.sqlite3")},
        }
    }

MEDIA_ROOT = DATA_DIR / "media"

# --- Between processes ------------------------------------------------------------------------------------------------

REDIS_URL = env.url("REDIS_URL", ("redis", "rediss", "unix", "sentinel"))
if REDIS_URL.startswith("sentinel"):
    parts = urlsplit(REDIS_URL)
    if not parts.netloc or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "REDIS_URL with sentinel:// must look like sentinel://host:26379,host:26379/service."
        )
    _redis_host: dict[str, object] = {
        "sentinels": [
            (h.partition(":")[0], int(h.partition(":")[2] or 26379)) for h in parts.netloc.split(",")
        ],
        "master_name": parts.path.strip("/"),
    }
else:
    # redis-py 8 sets a 5 s socket timeout of its own, which would end an idle subscription.
    _redis_host = {"address": REDIS_URL, "socket_timeout": None, "socket_connect_timeout": 2}

CHANNEL_LAYERS: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
CACHES: dict[str, dict[str, object]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
if REDIS_URL:
    CHANNEL_LAYERS["default"] = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [_redis_host], "prefix": "watchroom"},
    }
if REDIS_URL and not REDIS_URL.startswith("sentinel"):
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "watchroom",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }

# --- Work that is done later ------------------------------------------------------------------------------------------

JOBS_IN_SERVER = env.flag("JOBS_IN_SERVER", not REDIS_URL)
JOBS_THREADS = env.number("JOBS_THREADS", 4, least=1)
JOBS_LEASE_SECONDS = env.number("JOBS_LEASE_SECONDS", 60, least=1)

# --- Limits: docs/protocol.md gives each its reason. 0 turns one off ----------------------------------

LIMIT_CONNECTIONS_PER_USER = env.number("LIMIT_CONNECTIONS_PER_USER", 20)
LIMIT_CONNECTIONS_PER_ADDRESS = env.number("LIMIT_CONNECTIONS_PER_ADDRESS", 200)
LIMIT_CONNECTIONS_PER_LINK = env.number("LIMIT_CONNECTIONS_PER_LINK", 50)
LIMIT_CONNECTIONS_PER_PROCESS = env.number("LIMIT_CONNECTIONS_PER_PROCESS", 10_000)
LIMIT_STREAMS_PER_SOCKET = env.number("LIMIT_STREAMS_PER_SOCKET", 200)
LIMIT_STREAMS_PER_REQUEST = env.number("LIMIT_STREAMS_PER_REQUEST", 50)
LIMIT_COMMANDS_PER_SECOND = env.number("LIMIT_COMMANDS_PER_SECOND", 20)
LIMIT_MESSAGES_PER_ROOM = env.number("LIMIT_MESSAGES_PER_ROOM", 10)
LIMIT_UNACKED_BYTES = env.number("LIMIT_UNACKED_BYTES", 256 * 1024)
LIMIT_STREAM_BYTES = env.number("LIMIT_STREAM_BYTES", 4 * 1024 * 1024)

LIMIT_SAMPLES_PER_SECOND = env.number("LIMIT_SAMPLES_PER_SECOND", 10_000)
LIMIT_LABELS = env.number("LIMIT_LABELS", 20)
LIMIT_LABEL_LENGTH = env.number("LIMIT_LABEL_LENGTH", 200)
LIMIT_SERIES_PER_METRIC = env.number("LIMIT_SERIES_PER_METRIC", 1_000)
LIMIT_SERIES_PER_TOKEN = env.number("LIMIT_SERIES_PER_TOKEN", 10_000)

# Where buttons on notifications may POST to: whoever has a token could else reach what only this machine can.
ACTION_HOSTS = env.words("ACTION_HOSTS")

# How late a sample may come and still correct its window, and for how many days windows of each length are kept.
METRICS_OWN = env.flag("METRICS_OWN", True)
METRICS_KEEP_DAYS = {
    "1s": env.number("METRICS_KEEP_1S", 1, least=1),
    "10s": env.number("METRICS_KEEP_10S", 7, least=1),
    "1m": env.number("METRICS_KEEP_1M", 30, least=1),
    "1h": env.number("METRICS_KEEP_1H", 400, least=1),
    "1d": env.number("METRICS_KEEP_1D", 1_826, least=1),
}
METRICS_LATE_SECONDS = env.number(
    "METRICS_LATE_SECONDS", 3_600, least=10, most=METRICS_KEEP_DAYS["1s"] * 86_400, of="METRICS_KEEP_1S"
)

HEARTBEAT_SECONDS = env.number("HEARTBEAT_SECONDS", 25, least=1)
PROCESSES = env.number("PROCESSES", 1, least=1)

# --- The web ----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static-root"
NPM_PACKAGES = {
    "idb": "idb/build",
    "inter": "@fontsource-variable/inter/files",
    "swagger-ui-dist": "swagger-ui-dist",
    "uplot": "uplot/dist",
}
STATICFILES_DIRS = [BASE_DIR / "project" / "static"] + [
    (f"vendor/{name}", BASE_DIR / "node_modules" / path)
    for name, path in NPM_PACKAGES.items()
    if (BASE_DIR / "node_modules" / path).is_dir()
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "project.assets.storage.VersionedStorage"},
}

HTTPS = bool(ORIGINS) and all(origin.startswith("https://") for origin in ORIGINS)
SECURE_SSL_REDIRECT = HTTPS
SILENCED_SYSTEM_CHECKS = ["security.W001"]  # it looks for Django's own class, and ours is a subclass of that
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "connect-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = True
FORMAT_MODULE_PATH = ["project.formats"]

EMAIL_URL = env.url("EMAIL_URL", ("smtp", "smtp+tls", "smtps"))
if EMAIL_URL:
    _mail = urlsplit(EMAIL_URL)
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _mail.hostname or "localhost"
    EMAIL_PORT = _mail.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[_mail.scheme]
    EMAIL_HOST_USER = unquote(_mail.username or "")
    EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
    EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "watchroom@localhost")

VAPID_PRIVATE_KEY = env.text("VAPID_PRIVATE_KEY")
PUSH_PRIVATE = env.flag("PUSH_PRIVATE")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
