"""Who gets an answer, and what browsers are told of it: no page of another origin has one, whatever its address."""

from __future__ import annotations

import base64
import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

USER = "imr"
"""The name that goes with the secret where a browser asks for both."""

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing is loaded but what the server itself has, and nothing that stands in a letter is run."""

_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Refuses strangers, and puts on every answer what keeps others from using it or keeping what letters say.

    A link from anywhere may be followed: only a page that stands by itself comes of it. Whatever another page asks for
    by itself is refused, one of this machine's other ports included.
    """

    def __init__(self, app: ASGIApp, secret: str | None = None) -> None:
        self._app = app
        self._known = f"Basic {base64.b64encode(f'{USER}:{secret}'.encode()).decode()}" if secret else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it; every answer gets the headers."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = self._refusal(Headers(scope=scope)) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, guarded)

    def _refusal(self, asked: Headers) -> Response | None:
        if _is_of_another_page(asked):
            return PlainTextResponse("Pages of other origins get no answer.", 403)
        if self._known and not secrets.compare_digest(asked.get("authorization", "").encode(), self._known.encode()):
            how = {"WWW-Authenticate": 'Basic realm="IMR decisions", charset="UTF-8"'}
            return PlainTextResponse("Who reads here has to know the secret that imr explore printed.", 401, how)
        return None


def _is_of_another_page(asked: Headers) -> bool:
    """Whether a page of another origin asks, and not a person who follows a link."""
    if "origin" in asked and urlsplit(asked["origin"]).netloc != asked.get("host"):
        return True
    is_a_link = (asked.get("sec-fetch-mode"), asked.get("sec-fetch-dest")) == ("navigate", "document")
    return asked.get("sec-fetch-site", "none") not in ("none", "same-origin") and not is_a_link
