"""The server's answers: pages that are read, and nothing that could be written through."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from imr.errors import LakeError
from imr.explorer import decision, exporting
from imr.explorer.chart import chart
from imr.explorer.generation import Generation
from imr.explorer.guard import Guard
from imr.explorer.live import Live
from imr.explorer.odds import outcomes
from imr.explorer.pages import page, static
from imr.explorer.search import NotUnderstoodError, Search, query_of
from imr.explorer.searching import PER_PAGE, found

_log = logging.getLogger(__name__)

_SECONDS_FOR_THE_FIRST = 5.0
_REPEATED = 50

Answer = Callable[[Request, Generation], Response]


def application(live: Live, names: list[str], secret: str | None = None) -> Starlette:
    """The server of one lake, which answers to some names of its host alone, and if need be to who knows a secret."""

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        live.newest()
        yield
        live.close()

    routes = [
        Route("/", _answered(live, search)),
        Route("/decision/{document_id}/{item:int}", _answered(live, one_decision)),
        Route("/lineage/{document_id}", _answered(live, lineage)),
        Route("/repeated", _answered(live, repeated)),
        Route("/export.{form}", _answered(live, export)),
        Route("/case/{case_number}", case),
        Route("/help", lambda _: HTMLResponse(page("help"))),
        Route("/health", lambda _: PlainTextResponse("ok")),
        Route("/static/{name}", file),
    ]
    middleware = [
        Middleware(Guard, secret=secret),
        Middleware(TrustedHostMiddleware, allowed_hosts=names, www_redirect=False),
    ]
    return Starlette(
        routes=routes,
        middleware=middleware,
        lifespan=running,
        exception_handlers={404: _missing, 405: _missing, 500: _failed},
    )


def _answered(live: Live, answer: Answer) -> Callable[[Request], Response]:
    """An answer from the newest index; while there is none, a page that says so and asks again."""

    def answered(request: Request) -> Response:
        index = live.newest(_SECONDS_FOR_THE_FIRST)
        if index is None:
            return _notice(_waiting(live), 503, again=2)
        try:
            return answer(request, index)
        except NotUnderstoodError as error:
            return _notice("not_understood", 400, why=str(error))
        except BaseException as error:
            # What reads the index raises panics, which are no Exception, where it is damaged.
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            _log.warning("a page could not be made: %s", _kind(error))
            if not live.doubt(index):
                return _notice("failed", 500)
            return _notice("making", 503, again=1)

    return answered


def _kind(error: BaseException) -> str:
    """What went wrong and where, without what it says: that may be words of a letter."""
    what = error.code if isinstance(error, LakeError) else type(error).__name__
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{what} at {Path(last.filename).name}:{last.lineno}"


def _waiting(live: Live) -> str:
    if not live.lake.tables.is_dir():
        return "empty"
    return "making" if live.is_making else "damaged"


def _notice(name: str, status: int, again: int | None = None, **values: Any) -> Response:  # noqa: ANN401 - as of pages
    headers = {"Retry-After": str(again)} if again else {}
    return HTMLResponse(page("notice", what=name, again=again, **values), status, headers)


def _missing(_: Request, error: Exception) -> Response:
    return _notice("missing", getattr(error, "status_code", 404))


def _failed(_: Request, error: Exception) -> Response:
    return _notice("failed", 500)


def search(request: Request, index: Generation) -> Response:
    """The decisions that a search finds, beside their facets and odds."""
    asked = Search.of(request.query_params.multi_items())
    result, odds = found(index, asked), outcomes(index, asked)
    pages = -(-result.total // PER_PAGE)
    if asked.page > max(pages, 1):
        return _notice("no_page", 404, pages=pages, first=asked.but().address)
    return HTMLResponse(
        page(
            "search", search=asked, found=result, odds=odds, chart=chart(odds.years), pages=pages,
            first=(asked.page - 1) * PER_PAGE + 1, manifest=index.manifest,
            most_rows_of_a_sheet=exporting.MOST_ROWS_OF_A_SHEET,
        )
    )  # fmt: skip


def one_decision(request: Request, index: Generation) -> Response:
    """One decision with its letter and its neighbours."""
    shown = decision.shown(index, request.path_params["document_id"], request.path_params["item"])
    if shown is None:
        return _notice("missing", 404)
    return HTMLResponse(
        page("decision", shown=shown, search=Search(), manifest=index.manifest, most_near=decision.MOST_NEAR)
    )


def case(request: Request) -> Response:
    """The search for a case number."""
    return RedirectResponse(f"/{Search(request.path_params['case_number'][:20], earlier=True).address}")


def lineage(request: Request, index: Generation) -> Response:
    """What happened to a letter on its way into the tables."""
    events = decision.events(index.tables, request.path_params["document_id"])
    if not events:
        return _notice("missing", 404)
    return HTMLResponse(page("lineage", events=events, search=Search(), manifest=index.manifest))


def repeated(request: Request, index: Generation) -> Response:
    """The rationales that stand word for word in the most decisions of a search."""
    asked = Search.of(request.query_params.multi_items())
    rows = decision.repeated(index, query_of(index.index, asked), _REPEATED)
    return HTMLResponse(page("repeated", search=asked, rows=rows, manifest=index.manifest))


def export(request: Request, index: Generation) -> Response:
    """All rows of a search as a file."""
    form = request.path_params["form"]
    if form not in exporting.FORMS:
        return _notice("missing", 404)
    form = cast(exporting.Form, form)
    asked = Search.of(request.query_params.multi_items())
    name = f"decisions-{index.manifest.commit_id[:8]}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if form == "xlsx" and found(index, asked).total > exporting.MOST_ROWS_OF_A_SHEET:
        return _notice("too_many", 413)
    folder = TemporaryDirectory(prefix="imr-")
    file = Path(folder.name) / name
    with exporting.rows_of(index, asked) as rows:
        exporting.write(rows, form, file)
    return FileResponse(
        file, headers=headers, media_type=exporting.MEDIA[form], background=BackgroundTask(folder.cleanup)
    )


def file(request: Request) -> Response:
    """A style sheet, script or picture of the pages."""
    found = static(request.path_params["name"])
    if found is None:
        return _notice("missing", 404)
    return Response(found[0], media_type=found[1], headers={"Cache-Control": "private, max-age=31536000, immutable"})
