"""Pages from templates: everything that comes from a letter or an address is escaped."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment

from imr.aggregation.outcomes import FEWEST
from imr.explaining.letter_view import GROUPS
from imr.explorer.facets import FACETS, words_of
from imr.html import environment

_PLACES = {"page.css": "imr.explorer", "page.js": "imr.explorer", "icon.svg": "imr.explorer",
           "letter.css": "imr.explaining", "letter.js": "imr.explaining"}  # fmt: skip
_MEDIA = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def page(name: str, **values: Any) -> str:  # noqa: ANN401 - whatever the page shows
    """One page."""
    return _environment().get_template(f"{name}.html").render(**values)


@cache
def static(name: str) -> tuple[bytes, str] | None:
    """A file that pages are shown with, and its media type; None for any other name."""
    if name not in _PLACES:
        return None
    return (files(_PLACES[name]) / "page" / name).read_bytes(), _MEDIA[name.rpartition(".")[2]]


@cache
def _address(name: str) -> str:
    """The address of such a file, another one when it changes."""
    found = static(name)
    return f"/static/{name}?{hashlib.sha256(found[0]).hexdigest()[:12] if found else ''}"


@cache
def _environment() -> Environment:
    pages = environment("imr.explorer", "imr.explaining")
    pages.globals |= {"facets": FACETS, "groups": GROUPS, "static": _address, "least": FEWEST}
    pages.filters |= {
        "words": words_of,
        "number": "{:,}".format,
        "percent": _percent,
        "shown_date": _date,
        "interval": _interval,
    }
    return pages


def _percent(share: float) -> str:
    return f"{share * 100:.0f}%"


def _interval(ends: tuple[float, float]) -> str:
    return "{:.0f}\N{EN DASH}{:.0f}%".format(*(end * 100 for end in ends))


def _date(iso: str) -> str:
    """A date as it is read in California, from one as the tables have it."""
    year, month, day = iso.split("-") if iso.count("-") == 2 else ("", "", "")
    months = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
    return f"{months[int(month) - 1]} {int(day)}, {year}" if year else iso
