"""Django middleware of the whole site."""

from ipaddress import ip_address

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.middleware import security


class SecurityMiddleware(security.SecurityMiddleware):
    """Django's, but without the redirect to HTTPS for whoever speaks to the process itself on loopback.

    TLS is a proxy's work here, and every proxy of ours sets X-Forwarded-Proto; a request without it that comes
    from this very machine is a health check or somebody's shell, and must get its answer.
    """

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        if "HTTP_X_FORWARDED_PROTO" not in request.META and _is_loopback(request.META.get("REMOTE_ADDR", "")):
            return None
        return super().process_request(request)


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
