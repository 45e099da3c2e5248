"""Walking the search tool's result pages: all rows for some days, whatever moves while they are being read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple, Protocol

from imr.errors import Code, LetterError, ListingError
from imr.sources.dwc.pages import BY_CASE, BY_TREATMENT, Page, ResultForm, Row, read_page
from imr.sources.dwc.search import Window
from imr.sources.web import Response

ENDPOINT = "/dwc/imr/IMRDecisionSearch.asp"

WALKS = 2
"""How often the pages of some days are walked at most, if the first time not all rows were there."""

SAME_PAGES = 2
"""How often in a row the same page may come again, as it does when as many rows as it holds have come above it."""

_LEFT_OPEN = {
    BY_CASE.name: ("DoIStart", "DoIEnd", "ReqStart", "ReqEnd", "SpecialtyV", "CaseOutcomeV"),
    BY_TREATMENT.name: ("DoIStart", "DoIEnd", "ReqStart", "ReqEnd", "SpecialtyV", "OutcomeV", "SubCategoryV"),
}
"""Fields of the search form that are sent without a value."""


class FormClient(Protocol):
    """Whatever can send a form: `Web`."""

    def post(self, url: str, form: Mapping[str, str]) -> Response:
        """The answer to a form."""


class Listed(NamedTuple):
    """One case as the two forms of results list it; what only one of them lists lacks what the other says."""

    case: Row | None
    items: tuple[Row, ...]

    @property
    def link(self) -> str | None:
        """The letter's address as listed."""
        return next((row.link for row in (self.case, *self.items) if row and row.link), None)

    def says(self, column: str) -> str:
        """What a column says of the case, in either form of results."""
        return next((row.cells[column] for row in (self.case, *self.items[:1]) if row and column in row.cells), "")


def listed_cases(web: FormClient, site: str, window: Window) -> dict[str, Listed]:
    """All cases decided on some days by their numbers, each once, with their items in the order of the results.

    Raises:
        ListingError: `listing_changed`, `source_closed`, or the code under which the tool could not be queried.
    """
    cases = _cases(web, site, window)
    items = _items(web, site, window, cases) if cases else {}
    return {number: Listed(cases.get(number), items.get(number, ())) for number in dict.fromkeys([*cases, *items])}


def _cases(web: FormClient, site: str, window: Window) -> dict[str, Row]:
    """The results by case. A row that slips to the next page between two requests is listed twice, and one that slips
    to the page before is missed: the pages are walked again until all are there.
    """
    found: dict[str, Row] = {}
    total = 0
    for _ in range(WALKS):
        for page in _walk(web, site, window, BY_CASE):
            found |= {row.cells["Case Number"]: row for row in page.rows}
            total = page.total or 0
        if len(found) >= total:
            return found
    raise ListingError(
        Code.LISTING_CHANGED,
        f"the search tool says that {total} cases were decided on {window.name}, and lists {len(found)}",
    )


def _items(web: FormClient, site: str, window: Window, cases: Collection[str]) -> dict[str, tuple[Row, ...]]:
    """The results by treatment, by case.

    A case whose items go over the end of a page may have one twice or lack one if rows slipped meanwhile: unless the
    tool's count says that none did, it is queried alone.
    """
    found: dict[str, tuple[Row, ...]] = {}
    for _ in range(WALKS):
        walked = _walk_items(web, site, window)
        doubtful = walked.split if walked.rows != walked.total else ()
        alone = {number: _walk_items(web, site, window, number).items.get(number, ()) for number in doubtful}
        found |= walked.items | alone
        if found.keys() >= set(cases) and walked.rows >= (walked.total or 0):
            break
    return found


class _Items(NamedTuple):
    """The results by treatment of one walk: items by case, rows read, how many there should be, cases on two pages."""

    items: dict[str, tuple[Row, ...]]
    rows: int
    total: int | None
    split: tuple[str, ...]


def _walk_items(web: FormClient, site: str, window: Window, case_number: str = "") -> _Items:
    """One walk. A case that comes again has the items that it has then."""
    items: dict[str, tuple[Row, ...]] = {}
    split: list[str] = []
    number, rows = "", 0
    current: tuple[Row, ...] = ()
    total: int | None = None
    for page in _walk(web, site, window, BY_TREATMENT, case_number):
        if page.rows and page.rows[0].further:
            split.append(number)
        for row in page.rows:
            if row.further and not current:
                raise ListingError(Code.LISTING_CHANGED, "the search tool lists a further item before any case")
            current = (*current, row) if row.further else (row,)
            number = current[0].cells["Case Number"]
            items[number] = current
        rows, total = rows + len(page.rows), page.total
    return _Items(items, rows, total, tuple(split))


def _walk(web: FormClient, site: str, window: Window, form: ResultForm, case_number: str = "") -> Iterator[Page]:
    """The pages of one form of results, first to last."""
    query = {
        "Fname": form.name,
        **dict.fromkeys(_LEFT_OPEN[form.name], ""),
        "Caseno": case_number,
        "DecStart": _as_queried(window.first),
        "DecEnd": _as_queried(window.last),
    }
    number, before, again = 1, tuple[Row, ...](), 0
    page: Page | None = _page(web, site, query | {"Submit": "Submit"}, form)
    while page is not None:
        again = again + 1 if before and page.rows == before else 0
        if again > SAME_PAGES:
            raise ListingError(Code.LISTING_CHANGED, "the search tool gives the same page of results again and again")
        yield page
        number, before, following = number + 1, page.rows, page.following
        turned = {"newpageno": str(number), "Submit": "Next"}
        page = None if following is None else _page(web, site, {**query, **following, **turned}, form)


def _page(web: FormClient, site: str, fields: Mapping[str, str], form: ResultForm) -> Page:
    try:
        response = web.post(site + ENDPOINT, fields)
    except LetterError as error:
        raise ListingError(error.code, f"the search tool cannot be asked: {error.message}") from error
    return read_page(response.body, form)


def _as_queried(day: dt.date) -> str:
    return f"{day:%m/%d/%Y}"
