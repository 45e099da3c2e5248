"""What the pages have from the code is as the code is now; `make docs` writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs import make_codes, make_layers
from imr import errors
from imr.errors import Code
from imr.warnings import WarningCode
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "quarantine-and-warnings.md").read_text(encoding="utf-8")
RUN = "run: make docs"


def test_the_page_of_codes_is_that_of_the_code() -> None:
    assert make_codes.page(PAGE) == PAGE, RUN


@pytest.mark.parametrize("code", [*Code, *WarningCode])
def test_every_code_says_what_it_means_and_what_to_do(code: str) -> None:
    (row,) = [line.split(" | ") for line in PAGE.splitlines() if line.startswith(f"| `{code}` |")]
    assert all(len(cell.split()) > 2 for cell in row[1:3])


def test_every_error_code_stands_under_a_class_of_errors() -> None:
    families = make_codes.families()
    assert [code for codes in families.values() for code in codes] == list(Code)
    assert all(issubclass(kind, errors.ImrError) and kind.__doc__ for kind in families)


def test_a_code_without_words_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = make_codes.WORDS.read_text(encoding="utf-8")
    changed = tmp_path / "codes.toml"
    changed.write_text(said.replace("[no_text]", "[no_txt]"), encoding="utf-8")
    monkeypatch.setattr(make_codes, "WORDS", changed)
    with pytest.raises(SystemExit, match="no_text, no_txt"):
        make_codes.words()


def test_the_picture_of_the_imports_is_that_of_the_code() -> None:
    assert make_layers.PICTURE.read_text(encoding="utf-8") == make_layers.picture(), RUN


def test_no_import_points_upwards() -> None:
    assert make_layers.upward(make_layers.imports(), make_layers.floors()) == []


def test_an_import_that_points_upwards_is_seen() -> None:
    graph = {"lake": frozenset({"sources"}), "sources": frozenset({"tables"})}
    layers = [["sources"], ["lake"], ["tables"]]
    assert make_layers.upward(graph, layers) == [("lake", "sources")]
    assert 'class="arrow up"' in make_layers.svg(make_layers.rows(layers, graph), [("lake", "sources")])


def test_an_arrow_that_others_imply_is_left_out() -> None:
    graph = {"a": frozenset({"b", "c"}), "b": frozenset({"c"})}
    assert make_layers.reduced(graph) == [("a", "b"), ("b", "c")]
