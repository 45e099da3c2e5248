"""What a file of ours says, and what people have set on a server since the file was last applied.

What the file said then is remembered. Where the server has something else by now, people have set it: that stays, and
is said, unless the file is to be applied as it is. Everything else follows the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Place = tuple[str, ...]
"""Where a setting stands in an entry of a file; a schedule by its slug."""

Settings = dict[Place, Any]
"""What people may set of an entry: a deployment or an automation."""

NOT_SET = object()


class Record:
    """What a file said when it was last applied to a server, by the names of its entries."""

    def __init__(self, file: Path, server: str) -> None:
        self._file, self._server = file, server
        self._all: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        of_server = self._all.get(server, {})
        self.last = {name: {tuple(place): value for place, value in entry} for name, entry in of_server.items()}

    def keep(self, entries: Mapping[str, Settings]) -> None:
        """Remember what the file says now."""
        self._all[self._server] = {
            name: [[list(place), value] for place, value in settings.items()] for name, settings in entries.items()
        }
        self._file.write_text(json.dumps(self._all, indent=1), encoding="utf-8")


def plain(settings: Settings) -> Settings:
    """Settings as JSON has them: what comes from YAML and what comes from a server can be held against each other."""
    return {place: json.loads(json.dumps(value, default=str)) for place, value in settings.items() if value is not None}


def set_by_people(now: Settings, last: Settings | None, file: Settings) -> Settings:
    """What people have set since the file was `last` applied; where that is unknown, all that differs.

    What they took away is NOT_SET. Where the file has come to the same, there is no difference.
    """
    before = file if last is None else last
    return {
        place: now.get(place, NOT_SET)
        for place in sorted(now.keys() | before.keys() | file.keys())
        if now.get(place, NOT_SET) not in (before.get(place, NOT_SET), file.get(place, NOT_SET))
    }


def difference(what: str, value: object, said: object, file: str, *, shown: bool) -> str:
    """A sentence on a difference that stays. What may hold a credential is not shown."""
    here = "is not set" if value is NOT_SET else f"is {json.dumps(value)}" if shown else "was set"
    there = "does not have it" if said is NOT_SET else f"says {json.dumps(said)}" if shown else "says something else"
    return f"{what} {here} in Prefect and stays so; {file} {there} (--as-in-file takes the file)"
