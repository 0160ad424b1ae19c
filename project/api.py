"""The HTTP API: the commands of the registry, and the reads of each app."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from project.accounts.api_auth import BearerAuth, SessionAuth
from project.realtime.database import UNREACHABLE
from project.realtime.errors import CommandError


class Api(NinjaAPI):
    """The API with its errors in the form of the wire contract."""

    _description: OpenAPISchema | None = None

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description, made once: that takes a second, and nothing in it depends on who asks."""
        if self._description is None:
            self._description = super().get_openapi_schema(**options)
        return self._description

    def refuse(self, request: HttpRequest, error: CommandError) -> HttpResponse:
        """The response that says this."""
        response = self.create_response(request, {"ok": False, "error": error.payload()}, status=error.status)
        if error.retry_after is not None:
            response["Retry-After"] = str(max(1, round(error.retry_after)))
        return response


api = Api(
    title="Watchroom",
    version="1",
    description="Rooms, messages and streams. Sign in with a session, or send `Authorization: Bearer <token>`.",
    auth=[BearerAuth(), SessionAuth()],
    docs_url=None,
    openapi_url="/openapi.json",
)


@api.exception_handler(CommandError)
def _refused(request: HttpRequest, error: CommandError) -> HttpResponse:
    return api.refuse(request, error)


@api.exception_handler(AuthenticationError)
def _unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return api.refuse(request, CommandError("unauthenticated", "Sign in, or send a token that is valid."))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = {".".join(str(part) for part in e["loc"][1:]) or "body": str(e["msg"]) for e in error.errors}
    return api.refuse(request, CommandError("invalid", "Some fields are not right.", fields=fields))


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return api.refuse(request, CommandError("too_large", "This is more than anything here takes."))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    code = {400: "invalid", 403: "forbidden", 404: "not_found", 405: "invalid"}.get(
        error.status_code, "internal"
    )
    return api.refuse(request, CommandError(code, str(error)))


def _unavailable(request: HttpRequest, error: Any) -> HttpResponse:
    return api.refuse(
        request, CommandError("unavailable", "The database cannot be reached. Try again.", retry_after=1)
    )


for _kind in UNREACHABLE:
    api.add_exception_handler(_kind, _unavailable)

api.add_router("", "project.realtime.api.router")
api.add_router("", "chat.api.router")
api.add_router("", "dashboard.api.router")
api.add_router("", "dashboard.sharing.api.router")
api.add_router("", "dashboard.rules.api.router")
api.add_router("", "notifications.api.router")
api.add_router("", "notifications.api_notify.router")
