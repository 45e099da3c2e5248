"""Writes data_lake/DATA_DICTIONARY.md from the declaration of the tables.

python -m docs.make_dictionary
"""

from __future__ import annotations

import sys
from pathlib import Path

from imr.tables.dictionary import data_dictionary

PAGE = Path(__file__).parent.parent / "data_lake" / "DATA_DICTIONARY.md"


def main() -> int:
    """Write the dictionary."""
    PAGE.write_text(data_dictionary(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
