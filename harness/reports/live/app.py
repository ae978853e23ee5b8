"""A small server for the browser of the person who runs it, and for nobody else.

Its one rule: it answers those who ask for this machine by its own name, and only with what they may
read: nothing can be changed through it. A page of another site that has its name point here (DNS
rebinding) is refused by the Host that its browser sends.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from harness.core.errors import HarnessError
from harness.reports.html import waiting_page
from harness.reports.live.progress import RunReader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from starlette.requests import Request

    from harness.reports.live.pages import Pages

HOSTS = ("127.0.0.1", "localhost")

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""The policy of the page itself stands in it; one more can only narrow it."""


def live_app(find: Callable[[], Sequence[Path]], pages: Pages) -> Starlette:
    """The application.

    Args:
        find: The run folders to show, looked up for each request: the newest run may be another
            one by now. Empty where there is none yet.
        pages: Makes the page.
    """
    readers: dict[Path, RunReader] = {}

    def progress() -> dict[str, object]:
        folders = list(find())
        now = datetime.now(tz=UTC)
        told = [readers.setdefault(folder, RunReader(folder)).read(now) for folder in folders]
        return {"page": pages.version(folders), "runs": [asdict(one) for one in told]}

    def page() -> str:
        folders = list(find())
        return pages.text(folders) if folders else waiting_page([])

    async def show_page(_: Request) -> Response:
        try:
            return HTMLResponse(await to_thread.run_sync(page), headers=_HEADERS)
        except HarnessError as error:
            return PlainTextResponse(f"harness: {error}\n", status_code=500, headers=_HEADERS)

    async def show_progress(_: Request) -> Response:
        try:
            return JSONResponse(await to_thread.run_sync(progress), headers=_HEADERS)
        except HarnessError as error:
            return JSONResponse({"error": str(error)}, status_code=500, headers=_HEADERS)

    return Starlette(
        routes=[Route("/", show_page), Route("/progress", show_progress)],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(HOSTS), www_redirect=False)
        ],
    )
