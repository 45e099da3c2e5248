"""The page of one letter as one HTML file that needs nothing else and runs nothing but its own few lines."""

from __future__ import annotations

from functools import cache

from jinja2 import Template

from imr.explaining.letter_view import GROUPS, LetterView
from imr.html import environment, policy, source

_HERE = "imr.explaining"


def render(view: LetterView) -> str:
    """The HTML of a letter's page; every word of the letter and of its file's name is escaped."""
    style, script = source(_HERE, "letter.css") + source(_HERE, "page.css"), source(_HERE, "letter.js")
    return _template().render(view=view, groups=GROUPS, style=style, script=script, policy=policy(style, script))


@cache
def _template() -> Template:
    return environment(_HERE).get_template("page.html")
