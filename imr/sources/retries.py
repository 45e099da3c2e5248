"""Retrying what may pass: every attempt is kept, with what the server said in it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import TypeVar

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

from imr.errors import Code, InternalError, LakeError, LetterError, raised_at
from imr.records import Attempt, Outcome, ResponseInfo
from imr.settings import CrawlPolicy
from imr.sources.deadlines import Ending

R = TypeVar("R")


def with_retries(call: Callable[[ResponseInfo], R], policy: CrawlPolicy, ending: Ending) -> Outcome[R]:
    """Call until it succeeds, fails for good or has been tried often enough; the call fills in what the server said.

    When the run is over nothing is tried again.

    Raises:
        LakeError: as the call did; that is no fault of the source.
    """
    attempts: list[Attempt] = []
    retrying = Retrying(
        stop=stop_after_attempt(policy.attempts),
        sleep=ending.sleep,
        wait=wait_exponential(policy.backoff_seconds, max=policy.longest_wait_seconds)
        + wait_random(0, policy.backoff_seconds),
        retry=retry_if_exception(
            lambda error: isinstance(error, LetterError) and error.transient and not ending.is_over
        ),
        reraise=True,
    )
    try:
        result = retrying(lambda: _once(call, attempts))
    except LetterError:
        return Outcome(None, tuple(attempts))
    return Outcome(result, tuple(attempts))


def _once(call: Callable[[ResponseInfo], R], attempts: list[Attempt]) -> R:
    response_info, started_at, clock = ResponseInfo(), dt.datetime.now(dt.UTC), time.perf_counter()
    error: LetterError | None = None
    try:
        return call(response_info)
    except LetterError as fault:
        error = fault
        raise
    except LakeError:
        raise
    except Exception as fault:
        error = InternalError(Code.INTERNAL_ERROR, raised_at(fault))
        raise error from fault
    finally:
        duration_ms = round((time.perf_counter() - clock) * 1000)
        attempts.append(Attempt(len(attempts) + 1, started_at, duration_ms, error, response_info))
