"""An imitation of the DWC's search tool on this machine: its forms, its pages of results, its letters, its troubles."""

from __future__ import annotations

import datetime as dt
import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal, NamedTuple

from flask import Flask, Response, g, render_template_string, request
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.dwc_site import templates
from tests.dwc_site.docket import DocketCase, Item

LANDING = "/dwc/IMR/IMR-Decisions/IMR_Decisions.asp"
ENDPOINT = "/dwc/imr/IMRDecisionSearch.asp"
ROWS_A_PAGE = 25
FIELDS = ["Caseno", "DoIStart", "DoIEnd", "ReqStart", "ReqEnd", "DecStart", "DecEnd", "SpecialtyV"]
TITLES = {
    "Case": ["Case Number", "Case Outcome", "Decision Date", "Date of Injury", "Received Date",
             "IMRO Reviewer Specialty"],
    "Tx": ["Case Number", "Decision Date", "Date of Injury", "Received Date", "IMRO Reviewer Specialty",
           "Request Category", "SubCategory/Drug", "Request Decision"],
}  # fmt: skip

Trouble = Literal["500", "503", "slow", "truncated"]
SLOW = 0.2  # seconds


class Asked(NamedTuple):
    """One request: when it came, its path, the form it sent, the answer's status, the trouble it met."""

    at: float
    path: str
    form: Mapping[str, str]
    status: int
    trouble: Trouble | None


class ResultRow(NamedTuple):
    """One row of results."""

    case: DocketCase
    item: Item | None = None
    further: bool = False


class DwcSite:
    """The site. What a test may set: `cases`, the titles of its results, whether it is `closed`; `troubles`, by the
    number of the request that meets them; `slips`, how many rows come (or, below 0, go) above the results before each
    page that is not a first one.
    """

    def __init__(self, cases: list[DocketCase]) -> None:
        self.cases = list(cases)
        self.titles = {form: list(titles) for form, titles in TITLES.items()}
        self.closed = False
        self.troubles: dict[int, Trouble] = {}
        self.slips: list[int] = []
        self.asked: list[Asked] = []
        self.address = ""
        self._moved = self._answered = 0
        self._lock = threading.Lock()
        self._pdfs: dict[str, bytes] = {}

    def searches(self) -> list[Mapping[str, str]]:
        """The forms that were sent, in order."""
        return [asked.form for asked in self.asked if asked.form]

    def letters_given(self) -> list[str]:
        """The letters that were given whole, by their paths, in order."""
        given = (asked for asked in self.asked if asked.status == 200 and asked.trouble != "truncated")
        return [asked.path for asked in given if asked.path.endswith(".pdf")]

    def app(self) -> Flask:
        """The site as a WSGI application."""
        app = Flask(__name__)
        app.add_url_rule("/robots.txt", "robots", lambda: Response("User-agent: *\nDisallow: /private/\n"))
        app.add_url_rule(LANDING, "landing", self._landing)
        app.add_url_rule(ENDPOINT, "search", self._search, methods=["GET", "POST"])
        app.add_url_rule("/dwc/imr/Decisions/<int:year>/<name>.pdf", "letter", self._letter)
        app.before_request(self._trouble)
        app.after_request(self._note)
        return app

    def _trouble(self) -> Response | None:
        """What happens to this request instead of, or before, an answer."""
        g.came_at = time.monotonic()
        if request.path == "/robots.txt":
            return None
        with self._lock:
            self._answered += 1
            trouble = g.trouble = self.troubles.get(self._answered)
        if trouble == "slow":
            time.sleep(SLOW)
        if trouble == "500":
            return Response("Microsoft VBScript runtime error", 500)
        if trouble == "503":
            return Response("Service Unavailable", 503, {"Retry-After": "1"})
        if trouble == "truncated":
            kind = "application/pdf" if request.path.endswith(".pdf") else "text/html"
            return Response(iter([b"the beginning, and no more"]), 200, {"Content-Length": "100000"}, mimetype=kind)
        return Response(templates.CLOSED) if self.closed else None

    def _note(self, response: Response) -> Response:
        form = {name: value for name, value in request.form.items() if value}
        asked = Asked(g.came_at, request.path, form, response.status_code, g.get("trouble"))
        with self._lock:
            self.asked.append(asked)
        return response

    def _landing(self) -> str:
        return render_template_string(templates.SEARCH, endpoint=ENDPOINT, fields=FIELDS)

    def _search(self) -> Response | str:
        asked = dict(request.form) or {"Fname": "Tx", "Caseno": request.args.get("caseno", "")}
        form, page = asked["Fname"], int(asked.pop("newpageno", 1))
        asked.pop("Submit", None)
        rows = self._rows(form, [case for case in self.cases if _matches(case, asked)])
        start = (page - 1) * ROWS_A_PAGE - self._slip(page)
        return render_template_string(
            templates.BY_CASE if form == "Case" else templates.BY_TREATMENT,
            titles=self.titles[form],
            rows=rows[start : start + ROWS_A_PAGE],
            total=len(rows),
            next=page + 1 if start + ROWS_A_PAGE < len(rows) else None,
            asked=asked,
            endpoint=ENDPOINT,
        )

    def _slip(self, page: int) -> int:
        """By how many rows the results have moved down since the first page was given."""
        with self._lock:
            self._moved = 0 if page == 1 else self._moved + (self.slips.pop(0) if self.slips else 0)
            return self._moved

    @staticmethod
    def _rows(form: str, cases: list[DocketCase]) -> list[ResultRow]:
        if form == "Case":
            return [ResultRow(case) for case in cases]
        return [ResultRow(case, item, place > 0) for case in cases for place, item in enumerate(case.items)]

    def _letter(self, year: int, name: str) -> Response:
        case = next((case for case in self.cases if (case.decided.year, case.number) == (year, name)), None)
        if case is None:
            return Response("Not found", 404)
        with self._lock:
            data = self._pdfs.setdefault(case.path, b"") or case.pdf()
            self._pdfs[case.path] = data
        response = Response(data, mimetype="application/pdf")
        response.set_etag(hashlib.sha256(data).hexdigest()[:16])
        return response.make_conditional(request)


def _matches(case: DocketCase, asked: Mapping[str, str]) -> bool:
    first, last = (
        dt.datetime.strptime(asked[name], "%m/%d/%Y").date() if asked.get(name) else None
        for name in ("DecStart", "DecEnd")
    )
    return (
        (not first or first <= case.decided)
        and (not last or case.decided <= last)
        and asked.get("Caseno", "") in ("", case.number)
    )


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(site: DwcSite) -> Iterator[DwcSite]:
    """The site at an address of this machine, for the length of the block."""
    server = make_server("127.0.0.1", 0, site.app(), threaded=True, request_handler=_Quiet)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
