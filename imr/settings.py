"""How much a run may differ from what is expected of it, and how it behaves towards others' servers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from imr.errors import Level


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

    failed_files: int = 25
    failed_share: float = 0.25
    lost_share: float = 0.1
    null_shift: float = 0.2
    value_shift: float = 0.3
    enough_rows: int = 500


@dataclass(frozen=True, slots=True)
class Alerts:
    """When a run raises its voice beyond its own report, by events that automations act on.

    When more than `quarantine_share` (0 to 1) of the files that it tried went to quarantine, and for each file that
    went there under a code of the level `quarantined_from` or above, the first `most_files` of them.
    """

    quarantine_share: float = 0.1
    quarantined_from: Level = Level.ERROR
    most_files: int = 50


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

    contact: str | None = None
    requests_per_second: float = 1.0
    at_once: int = 4
    attempts: int = 4
    backoff_seconds: float = 1.0
    longest_wait_seconds: float = 300.0
    timeout_seconds: float = 60.0
    allow_private: bool = False
    look_back_days: int = 14

    def __post_init__(self) -> None:
        for name in ("requests_per_second", "at_once", "attempts", "timeout_seconds"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be more than 0")
        for name in ("backoff_seconds", "longest_wait_seconds", "look_back_days"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")
