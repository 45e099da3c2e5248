"""Sites that ask for a user name and password: known from the environment, and told to those sites alone."""

from __future__ import annotations

import base64
import logging
from urllib.parse import unquote

import httpx

from imr.sources.addresses import origin

_LOG = logging.getLogger("imr")

VARIABLE = "IMR_HTTP_AUTH"
"""Holds an address `https://USER:PASSWORD@HOST` for each such site, with blanks between them; in a user name or
password, signs that mean something in addresses are written with per cent signs.
"""


def logins(told: str) -> dict[str, str]:
    """The header `Authorization` for each origin that the text of the variable names.

    What is no such address is counted in the log, and not shown.
    """
    found: dict[str, str] = {}
    entries = told.split()
    for entry in entries:
        try:
            url = httpx.URL(entry)
        except (httpx.InvalidURL, ValueError):
            continue
        if url.scheme in ("http", "https") and url.host and url.userinfo:
            said = unquote(url.userinfo.decode("ascii")).encode()
            found[origin(url)] = f"Basic {base64.b64encode(said).decode('ascii')}"
    if len(found) < len(entries):
        _LOG.warning("%s: %d of %d entries are of no use", VARIABLE, len(entries) - len(found), len(entries))
    return found
