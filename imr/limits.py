"""How much a run may differ from what is expected of it before it is refused."""

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
