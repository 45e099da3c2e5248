"""The page of one letter as one HTML file that needs nothing else and runs nothing but its own few lines."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from imr.explaining.letter_view import GROUPS, LetterView


def render(view: LetterView) -> str:
    """The HTML of a letter's page; every word of the letter and of its file's name is escaped."""
    style, script = _source("letter.css") + _source("page.css"), _source("letter.js")
    return (
        _pages()
        .get_template("page.html")
        .render(
            view=view,
            groups=GROUPS,
            style=style,
            script=script,
            # Nothing is loaded, and nothing runs but what is in the page from the start.
            policy="; ".join(
                (
                    "default-src 'none'",
                    f"style-src '{_hash(style)}'",
                    f"script-src '{_hash(script)}'",
                    "base-uri 'none'",
                    "form-action 'none'",
                )
            ),
        )
    )


def _hash(source: str) -> str:
    return f"sha256-{b64encode(sha256(source.encode()).digest()).decode()}"


@cache
def _source(name: str) -> str:
    return (files("imr.explaining") / "page" / name).read_text(encoding="utf-8")


@cache
def _pages() -> Environment:
    loader = PackageLoader("imr.explaining", "page")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
