"""Rule data: patterns and vocabularies kept as TOML beside the step that uses them.

Every pattern entry carries an `example` it must match and a `not` it must not; the tests are made from them.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def load_rules(step: str, name: str) -> dict[str, Any]:
    """The rule file `imr/<step>/rules/<name>.toml`, read once per process."""
    path = resources.files(f"imr.{step}") / "rules" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
