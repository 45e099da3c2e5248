"""What a commit may touch. A lake may come from elsewhere: what its own files say of paths is believed only as far as
the paths are such as a commit writes, and no link leads out of the lake.
"""

from __future__ import annotations

import re
from pathlib import Path

from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout, partition_at

_ID = "[0-9a-f]{64}"
_STAGED = re.compile(r"\w[\w-]*/\w[^/]*")
_ERASED = re.compile(
    rf"(raw/[0-9a-f]{{2}}|quarantine)/{_ID}[^/]*|ocr/[0-9a-f]{{2}}/{_ID}|stage/[a-z_]+/[0-9a-f.-]{{20,}}(\.going)*"
    r"|releases/\.[^/]*\.[0-9a-f]{32}(\.going)*"
    r"|search/[0-9a-f]{32}(\.going)*"
    r"|set_aside/\d{8}T\d{6}\.\d{6}Z(\.going)*"
)
"""What is known by the hash of its content or of its making: nothing else that a link may lead to has such a name."""


def target(lake: LakeLayout, name: str) -> Path:
    """The file of a table by its path below `tables/`.

    Raises:
        LakeError: `lake_damaged`.
    """
    return _checked(lake.tables, lake.tables / name, allowed=partition_at(name) is not None)


def staged(lake: LakeLayout, name: str) -> Path:
    """A prepared file by its path below `journal/`.

    Raises:
        LakeError: `lake_damaged`.
    """
    return _checked(lake.journal, lake.journal / name, allowed=_STAGED.fullmatch(name) is not None)


def erasable(lake: LakeLayout, name: str) -> Path:
    """What a commit may erase outside of the tables, by its path below the lake.

    Raises:
        LakeError: `lake_damaged`.
    """
    return _checked(lake.root / name.partition("/")[0], lake.root / name, allowed=_ERASED.fullmatch(name) is not None)


def _checked(folder: Path, path: Path, *, allowed: bool) -> Path:
    if not allowed or not path.parent.resolve().is_relative_to(folder.resolve()):
        raise LakeError(Code.LAKE_DAMAGED, "the lake names a path that no commit writes: nothing there was touched")
    return path
