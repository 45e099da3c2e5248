"""How much a run may differ from what is expected of it, how it is cut, and how it behaves towards others' servers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from imr.errors import Level

T = TypeVar("T")


def setting(default: T, meaning: str) -> T:
    """A default and what it means, which pydantic puts into the schemas of flows: forms show it beside the field."""
    return field(default=default, metadata={"description": meaning})


THREADS = "threads"
"""The engine of the letter steps unless told: the run's own process and its workers."""

ENGINES = rf"^({THREADS}|dask|(tcp|tls|ws|wss)://[^@/?#]+)$"
"""What the engine of the letter steps may be called: the run's own threads, a Dask cluster made for it, or the address
of a Dask scheduler."""


class Gate(StrEnum):
    """The gates that may refuse a commit."""

    ERROR_BUDGET = "error_budget"
    ROW_COUNTS = "row_counts"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class GateLimits:
    """The gates' limits. Shares are between 0 and 1.

    A run fails when more than `failed_files` files and more than `failed_share` of those it tried go to quarantine;
    when a table loses more than `lost_share` of the rows of the files that the run rewrites; when the share of nulls
    of a column moves by more than `null_shift`, or the shares of its values move by more than `value_shift` in all,
    between the letters of this run and the public ones of the same case year. Fewer than `enough_rows` rows prove
    nothing.
    """

    failed_files: int = setting(25, "Files that may go to quarantine whatever their share.")
    failed_share: float = setting(0.25, "Share of the files tried, beyond these, that may go to quarantine (0 to 1).")
    lost_share: float = setting(0.1, "Share of the rows of rewritten files that a table may lose (0 to 1).")
    null_shift: float = setting(
        0.2, "How far the share of nulls of a column may move against public letters of the same case year (0 to 1)."
    )
    value_shift: float = setting(
        0.3, "How far the shares of a column's values may move, in all, against the same (0 to 1)."
    )
    enough_rows: int = setting(500, "Rows below which nothing is held to have moved.")


@dataclass(frozen=True, slots=True)
class Alerts:
    """When a run raises its voice beyond its own report, by events that automations act on.

    When more than `quarantine_share` (0 to 1) of the files that it tried went to quarantine, and for each file that
    went there under a code of the level `quarantined_from` or above, the first `most_files` of them.
    """

    quarantine_share: float = setting(
        0.1, "Share of the files tried in quarantine beyond which an event is sent (0 to 1)."
    )
    quarantined_from: Level = setting(  # noqa: RUF009 - it gives a field
        Level.ERROR, "Least level of an error code for which an event of each file is sent."
    )
    most_files: int = setting(50, "Files of which an event of their own is sent, at most.")


@dataclass(frozen=True, slots=True)
class CrawlPolicy:
    """How a run behaves towards the servers that it reaches.

    `contact` is how the owner of a server reaches whoever runs this (an e-mail or web address); unset, it is taken
    from the environment variable IMR_CONTACT. One host gets at most `requests_per_second` requests a second, over at
    most `at_once` connections. What may pass is tried `attempts` times in all, after `backoff_seconds`, then twice
    that and so on, up to `longest_wait_seconds`; a host that demands a longer pause than that, in Retry-After or
    between any two requests (Crawl-delay of robots.txt), is left alone for the rest of the run. A response has to be
    complete after `timeout_seconds`. Addresses of this machine and of private networks are refused unless
    `allow_private`. A listing by date is repeated for the last `look_back_days`.
    """

    contact: str | None = setting(
        None, "E-mail or web address, sent to every site that is crawled. None: that of the variable IMR_CONTACT."
    )
    requests_per_second: float = setting(1.0, "Requests a second to one host, at most.")
    at_once: int = setting(4, "Connections to one host at the same time, at most.")
    attempts: int = setting(4, "Tries in all for what may pass.")
    backoff_seconds: float = setting(1.0, "Seconds before a second try; twice that before a third, and so on.")
    longest_wait_seconds: float = setting(
        300.0, "Seconds to wait between two tries, at most. A host that demands more is left alone."
    )
    timeout_seconds: float = setting(60.0, "Seconds until a response must be complete.")
    allow_private: bool = setting(False, "Also connect to addresses of this machine and of private networks.")
    look_back_days: int = setting(14, "Days of a dwc: search that are listed again.")

    def __post_init__(self) -> None:
        for name in ("requests_per_second", "at_once", "attempts", "timeout_seconds"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be more than 0")
        for name in ("backoff_seconds", "longest_wait_seconds", "look_back_days"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")


@dataclass(frozen=True, slots=True)
class CommitEvery:
    """How much of a run becomes public at a time, by a commit of its own: a piece ends with whatever comes first.

    After so many `minutes` a piece takes on no more files; it ends once those in hand are done. Where both are null,
    the whole run is one piece.
    """

    letters: int | None = setting(
        50_000, "Files with something to do after which a piece is published. Null: no limit."
    )
    minutes: float | None = setting(60.0, "Minutes after which a piece takes on no more files. Null: no limit.")

    def __post_init__(self) -> None:
        for name, least in (("letters", 1), ("minutes", 0)):
            value = getattr(self, name)
            if value is not None and (value < least or value != value):
                raise ValueError(f"{name} must be more than 0")
