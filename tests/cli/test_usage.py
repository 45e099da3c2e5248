"""Wrong places, names and options: one sentence, exit code 2, and nothing is made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from imr.cli.console import visible
from imr.cli.main import app

_NEED_A_LAKE = [
    "status",
    "lineage FILE",
    "query SELECT",
    "tables",
    "report",
    "evaluate LABELS",
    "explain CASE",
    "explore",
    "doctor",
    "remove FILE --reason why",
    "migrate",
    "release",
    "releases",
    "quarantine list",
    "quarantine show FILE",
    "quarantine replay",
    "reprocess",
]
_NOT_USED_SO = [
    "nonsense",
    "--nonsense",
    "status --nonsense",
    "run --batch-size x",
    "run --batch-size 0",
    "run --accept nothing",
    "run --max-failed-share 2",
    "run --new-within-days x",
    "remove",
    "remove FILE",
    "query",
    "explain",
    "lineage",
    "diff",
    "evaluate",
    "synthetic",
    "synthetic FOLDER --form docx",
    "degrade FOLDER",
    "quarantine nonsense",
    "quarantine list --code nonsense",
    "quarantine list --since yesterday",
    "reprocess --from-step fetch",
    "up --port 70000",
]
_LARGE = {"prefect", "pyarrow", "numpy", "duckdb", "httpx", "obstore", "fsspec", "pypdfium2", "lxml", "jinja2"}
_WORST_NAMES = {
    "markup": "a[red]b",
    "end of markup": "a[/red]b",
    "end of anything": "[/]",
    "a link in markup": "[link=http://x.example]a",
    "emoji": ":warning:",
    "blanks": " a  b ",
    "quotes": 'it\'s "so"',
    "braces": "{0}{name}",
    "per cent": "100%s%(a)s%zz",
    "hash": "a#b",
    "dollar": "$HOME",
    "backslash": "a\\nb",
    "asterisk": "a*b",
    "question mark": "a?b",
    "brackets of a glob": "g[1]z",
    "open bracket": "a[",
    "dash": "-",
    "beyond ASCII": "Gutachten-\u00fc\u4e2d",
    "from right to left": "a\u202egpj.txt",
    "escape": "a\x1b[31mb\x1b]0;owned\x07",
    "C1 escape": "a\x9b31mb",
    "newline": "a\nb",
    "not UTF-8": os.fsdecode(b"a\xff\xfeb"),
    "250 bytes": "x" * 250,
    "4000 bytes": "y/" * 2000,
}


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def _one_sentence(result: Result, code: int = 2) -> str:
    assert (result.exit_code, result.stdout) == (code, "")
    said = result.stderr
    assert said.endswith("\n")
    assert said.count("\n") <= 3  # a name may have one of its own, and be said twice
    assert visible(said) == said
    return said


@pytest.mark.parametrize("place", ["TYPO", "file", "file/below", "letters"])
@pytest.mark.parametrize("command", _NEED_A_LAKE)
def test_a_lake_that_is_none_is_said(command: str, place: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "letters").mkdir()
    said = _one_sentence(_run(*command.split(), "--lake", tmp_path / place))
    assert f"no lake is at {tmp_path / place}" in said
    assert not (tmp_path / "TYPO").exists()


@pytest.mark.parametrize("place", ["file", "file/below", "file/much/below"])
def test_a_lake_that_cannot_be_made_is_said(place: str, landing: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert f"{tmp_path / 'file'} is no folder" in _one_sentence(_run("run", landing, "--lake", tmp_path / place), 1)


def test_a_lake_that_may_not_be_written_is_said(landing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    assert "may not be written" in _one_sentence(_run("run", landing, "--lake", tmp_path / "lake"), 1)


def test_folders_without_letters_make_no_lake_and_what_they_hold_is_counted(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    for name in ("a.docx", "b.docx", "letter", ".hidden.pdf", "._a.pdf", "c.<img src=x>"):
        (folder / name).write_bytes(b"%PDF-1.7")
    said = _one_sentence(_run("run", folder, "--lake", tmp_path / "lake"))
    assert said.endswith("passed over: no suffix 1, .docx 2, hidden 1, of a Mac 1, other 1\n")
    assert not (tmp_path / "lake").exists()


def test_an_empty_folder_makes_no_lake(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = _one_sentence(_run("run", tmp_path / "empty", "--lake", tmp_path / "lake"))
    assert said.endswith("holds no .pdf and no .txt file\n")
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("arguments", _NOT_USED_SO)
def test_wrong_usage_is_said_with_where_help_is(arguments: str) -> None:
    assert _one_sentence(_run(*arguments.split())).rstrip().endswith("--help")


def test_what_is_wrong_is_said_before_anything_large_is_loaded(tmp_path: Path) -> None:
    """Half a second is most of what importing takes: of libraries, none is needed to see that a place is wrong."""
    nowhere = ["--lake", str(tmp_path / "nowhere")]
    wrong = [
        *([*command.split(), *nowhere] for command in _NEED_A_LAKE),
        *(usage.split() for usage in _NOT_USED_SO),
        *(["run", place, *nowhere] for place in (str(tmp_path / "none"), "gopher://x", "https://[x", "dwc://?x=1")),
        ["run", str(tmp_path), *nowhere],
        ["--version"],
        ["--help"],
    ]
    code = (
        "import json, sys; from typer.testing import CliRunner; from imr.cli.main import app; "
        "codes = [CliRunner().invoke(app, each).exit_code for each in json.loads(sys.argv[1])]; "
        f"print(json.dumps([codes, sorted(sys.modules.keys() & {_LARGE!r})]))"
    )
    done = subprocess.run([sys.executable, "-c", code, json.dumps(wrong)], capture_output=True, text=True, check=True)
    codes, loaded = json.loads(done.stdout)
    assert codes == [2] * (len(wrong) - 2) + [0, 0]
    assert loaded == []


@pytest.mark.parametrize("name", _WORST_NAMES.values(), ids=_WORST_NAMES)
class TestWorstNames:
    def test_as_a_source(self, name: str, tmp_path: Path) -> None:
        said = _one_sentence(_run("run", "--lake", tmp_path / "lake", "--", f"{tmp_path}/none/{name}"))
        assert visible(name) in said
        assert not (tmp_path / "lake").exists()

    def test_as_an_address(self, name: str, tmp_path: Path) -> None:
        said = _one_sentence(_run("run", "--lake", tmp_path / "lake", "--", f"gopher://{name}"))
        assert visible(name) in said

    def test_as_a_lake(self, name: str, tmp_path: Path) -> None:
        assert visible(str(Path(name))) in _one_sentence(_run("status", "--lake", f"{tmp_path}/{name}"))

    def test_as_a_file_of_a_lake(self, name: str, tmp_path: Path) -> None:
        (tmp_path / "tables").mkdir()
        for command in (["lineage"], ["explain"], ["remove", "--reason", "why", "--yes"]):
            done = _run(*command, "--lake", tmp_path, "--", name)
            assert (done.exit_code, visible(done.stdout)) == (1, done.stdout)
            assert visible(name) in done.stdout


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("command", ["", "run", "status", "quarantine", "quarantine list"])
def test_help_has_two_names(command: str, option: str) -> None:
    done = _run(*command.split(), option)
    assert (done.exit_code, "Usage" in done.stdout) == (0, True)


def test_the_version_is_told() -> None:
    done = _run("--version")
    assert (done.exit_code, done.stdout.startswith("imr ")) == (0, True)
