"""Who may use what the chat offers to other programs. Gradio's own login guards the window, but not these paths."""

import base64
import binascii
import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

GUARDED = ("/v1", "/gradio_api/mcp")
"""Paths that begin so are guarded."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Guard:
    """ASGI middleware before the paths for other programs.

    With a login, a request needs it as HTTP Basic, or as Bearer with `USER:PASSWORD` as the key, which is what clients
    that know nothing but a key can send. A page of some other site that runs in a person's browser is refused in any
    case (the Model Context Protocol demands it of servers on one's own computer).

    Args:
        app: what is guarded.
        login: `USER:PASSWORD`; without one, whoever reaches the port may ask.
        local: the server listens on this computer alone, so that a browser's request can only come from a page on it.
    """

    def __init__(self, app: ASGIApp, login: str | None = None, local: bool = True) -> None:
        self.app, self.login, self.local = app, login, local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(GUARDED):
            headers = Headers(scope=scope)
            refusal = self._foreign(headers) or self._unknown(headers)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _foreign(self, headers: Headers) -> JSONResponse | None:
        origin = headers.get("origin")
        if origin is None:
            return None
        site = urlsplit(origin)
        if site.hostname in LOOPBACK if self.local else site.netloc == headers.get("host"):
            return None
        text = f"a page of {origin} may not ask here; only programs, and pages of this server, may"
        return JSONResponse(error_body(text, "permission_error", "foreign_origin"), 403)

    def _unknown(self, headers: Headers) -> JSONResponse | None:
        if self.login is None or hmac.compare_digest(_given(headers).encode(), self.login.encode()):
            return None
        text = "this server asks for a login; send USER:PASSWORD as HTTP Basic, or as the API key (Bearer)"
        body = error_body(text, "authentication_error", "invalid_api_key")
        return JSONResponse(body, 401, {"WWW-Authenticate": 'Basic realm="Sightscript", charset="UTF-8"'})


def _given(headers: Headers) -> str:
    """`USER:PASSWORD` as the request has it, or an empty text."""
    kind, _, text = headers.get("authorization", "").strip().partition(" ")
    if kind.lower() == "bearer":
        return text.strip()
    if kind.lower() == "basic":
        try:
            return base64.b64decode(text.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            return ""
    return ""


def error_body(message: str, type: str, code: str | None = None, param: str | None = None) -> dict[str, object]:
    """An error as OpenAI's clients read it."""
    return {"error": {"message": message, "type": type, "param": param, "code": code}}
