"""HTML pages: letters' words are escaped, and a page loads and runs nothing that it does not have from the start."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def environment(*packages: str) -> Environment:
    """Templates in the folder `page` of some packages. A name that a page is not given is an error."""
    return Environment(
        loader=ChoiceLoader([PackageLoader(package, "page") for package in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def source(package: str, name: str) -> str:
    """A file of that folder, as it stands."""
    return (files(package) / "page" / name).read_text(encoding="utf-8")


def policy(style: str, script: str | None = None) -> str:
    """The content security policy of a page with this style and, where it has one, this script."""
    allowed = {"style-src": style} | ({"script-src": script} if script is not None else {})
    parts = [f"{what} '{_hash(text)}'" for what, text in allowed.items()]
    return "; ".join(("default-src 'none'", *parts, "base-uri 'none'", "form-action 'none'"))


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
