"""What a refused run had found is kept whole until it is let go of."""

from __future__ import annotations

from pathlib import Path

import pytest

from imr.errors import Code, LakeError
from imr.lake.layout import LakeLayout
from imr.publication.refused import forget_refused, keep_refused, last_refused, refused_files
from tests.publication.quarantined import entry


def test_it_is_kept_as_it_was_until_it_is_let_go_of(tmp_path: Path) -> None:
    lake, files = LakeLayout(tmp_path), [entry(Code.NO_TEXT), entry(Code.PDF_DAMAGED, "\u00fc[1].pdf")]
    assert last_refused(lake) is None
    keep_refused(lake, "r1", "error_budget: 2 of 2", files)
    kept = last_refused(lake)
    assert kept is not None
    assert (kept.run_id, kept.why, list(kept.files)) == ("r1", "error_budget: 2 of 2", files)
    forget_refused(lake)
    forget_refused(lake)
    assert last_refused(lake) is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("a.pdf", 1), ("a", 1), ("0" * 8, 2), ("file:///a.pdf", 1), ("b.pdf", 0), ("[1].pdf", 0)],
)
def test_its_files_are_found_by_whatever_files_are_called(tmp_path: Path, wanted: str, found: int) -> None:
    keep_refused(LakeLayout(tmp_path), "r1", "why", [entry(Code.NO_TEXT), entry(Code.NO_TEXT, "\u00fc[1].pdf")])
    kept = last_refused(LakeLayout(tmp_path))
    assert kept is not None
    assert len(refused_files(kept, wanted)) == found


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"files": [{}]}', b"\xff"])
def test_one_that_cannot_be_read_is_said(tmp_path: Path, content: bytes) -> None:
    lake = LakeLayout(tmp_path)
    lake.refused.write_bytes(content)
    with pytest.raises(LakeError, match="delete it"):
        last_refused(lake)
