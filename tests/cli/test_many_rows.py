"""A table of many rows is the same text as one of few, only sooner."""

from __future__ import annotations

import pytest

from imr.cli import console

_ROWS = [["CM17-0000001.pdf", 1, None], ["\u4e2d\u6587.pdf", 0.00012, "a\x1bb"], ["", 12, "longer than its heading"]]


@pytest.mark.parametrize("title", ["", "3 files in quarantine"])
def test_many_rows_look_as_few_do(
    title: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    for many in (500, 0):
        monkeypatch.setattr(console, "_MANY", many)
        console.print_table(title, ["file", "count", "why"], _ROWS)
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]
    assert "CM17-0000001.pdf" in shown[0]
