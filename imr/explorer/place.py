"""Where the search index of a lake is kept."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from imr.lake.layout import LakeLayout

_PACKAGE = "datapackage.json"


def index_folder(lake: LakeLayout) -> Path:
    """Beside the tables; of a lake that is not to be written to, as a release is, in the user's folder of caches."""
    if os.access(lake.root, os.W_OK) and not (lake.root / _PACKAGE).exists():
        return lake.search
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "imr" / "search" / hashlib.sha256(os.fsencode(lake.root.absolute())).hexdigest()[:32]
