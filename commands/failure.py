"""How a run that failed is told, said before or after Prefect and the flows have been loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imr.cli.console import number_of, print_json, say_wrong
from imr.cli.exit_codes import Exit


def say_failure(
    code: str, message: str, kept: str = "", *, as_json: bool, more: Mapping[str, Any] | None = None
) -> Exit:
    """Say in a sentence, or as JSON, that a run failed, and what became of the lake."""
    if as_json:
        print_json({"state": "Failed", "error_code": str(code), "error_message": message, **(more or {})})
    else:
        say_wrong("The run failed", f"{code}: {message}. {kept}".rstrip())
    return Exit.FAILED


def said_of(public: Mapping[str, Any]) -> str:
    """What the commits of a run that did not come to its end have made public, as `public_of` tells it."""
    letters, commits = number_of(public["files_published"], "letter"), number_of(public["commits"], "commit")
    return f"{letters} of it published, by {commits}"
