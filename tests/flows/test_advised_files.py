"""What is advised with the codes of letters: each befalls a letter, the advice is followed, and the lake has it whole."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from imr.errors import Code
from imr.lake.layout import LakeLayout
from imr.settings import GateLimits
from imr.synthetic.compose import compose
from imr.synthetic.writing import Form, write_letter
from imr.tables.declaration import AGGREGATES, LETTER_TABLES
from imr.upkeep.doctor import examine
from imr.upkeep.removal import remove
from tests.flows.helpers import row_set, rows, run
from tests.flows.test_letters import locked_pdf
from tests.reading.test_ocr import bomb
from tests.reading.test_pdf import printed
from tests.splitting.letters import DECISION, ITEM, letter

Harm = Callable[[Path], None]
SEED = 23
ANY = GateLimits(failed_files=100)


def _bytes(data: bytes) -> Harm:
    def harm(path: Path) -> None:
        path.write_bytes(data)

    return harm


def _text(text: str) -> Harm:
    return _bytes(text.encode("utf-8"))


def _dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def _changed(change: Callable[[Path], bytes]) -> Harm:
    def harm(path: Path) -> None:
        path.write_bytes(change(path))

    return harm


MENDED: Mapping[Code, tuple[Form, Harm]] = {
    Code.SOURCE_MISSING: ("txt", _dangling),
    Code.EMPTY_FILE: ("txt", _bytes(b"")),
    Code.FILE_TOO_LARGE: ("txt", _changed(lambda path: path.read_bytes() * 3000)),
    Code.UNSUPPORTED_MEDIA_TYPE: ("txt", _bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(64) + b"\x01")),
    Code.ARCHIVE_DAMAGED: ("txt", _changed(lambda path: gzip.compress(path.read_bytes())[:-300])),
    Code.ARCHIVE_UNSAFE: ("txt", _bytes(gzip.compress(bytes(40_000_000)))),
    Code.PDF_DAMAGED: ("pdf", _changed(lambda path: path.read_bytes()[:-900])),
    Code.PDF_PASSWORD: ("pdf", _changed(locked_pdf)),
    Code.TOO_MANY_PAGES: ("pdf", _bytes(printed(*["1"] * 501))),
    Code.NO_TEXT: ("pdf", _bytes(printed("", ""))),
    Code.IMAGE_TOO_LARGE: ("pdf", _bytes(bomb((612, 792), (100_000, 100_000)))),
    Code.SECTIONS_MISSING: ("txt", _text(letter(without=(DECISION,)))),
    Code.NO_DECISIONS: ("txt", _text(letter())),
    Code.SEVERAL_LETTERS: ("txt", _text(f"{letter(ITEM)}\n{letter(ITEM)}")),
}
"""Codes whose advice is to bring the file whole, alone, unlocked or in another form: how a letter comes to have them."""

LEFT, TAKEN_OUT = Code.UNKNOWN_FORMAT, Code.NOT_A_FILE
TRIED = {f"code: {code}" for code in (*MENDED, LEFT, TAKEN_OUT)}


FORMS: Mapping[Code, Form] = {code: form for code, (form, _) in MENDED.items()}
"""The letters, each named by what befalls it."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of letters, and a notice that is none."""
    folder = tmp_path_factory.mktemp("sound") / "in"
    folder.mkdir()
    for number, (code, form) in enumerate(FORMS.items()):
        write_letter(folder, compose(SEED, number), form).rename(folder / f"{code}.{form}")
    (folder / "notice.txt").write_text("Please move your car.\n" * 40, encoding="utf-8")
    return folder


def fall_ill(folder: Path) -> dict[str, Code]:
    """Harm each letter of a folder in its way; gives the code that each file must get."""
    for code, (form, harm) in MENDED.items():
        harm(folder / f"{code}.{form}")
    (folder / "folder.txt").mkdir()
    return {f"{code}.{form}": code for code, form in FORMS.items()} | {"notice.txt": LEFT, "folder.txt": TAKEN_OUT}


def test_files_in_quarantine_are_published_once_their_advice_was_followed(sound: Path, tmp_path: Path) -> None:
    folder, lake, never_harmed = tmp_path / "in", tmp_path / "lake", tmp_path / "never"
    shutil.copytree(sound, folder)
    wanted = fall_ill(folder)
    _, summary = run(lake, folder, limits=ANY)
    assert {entry.source_name: Code(entry.error_code) for entry in summary.quarantined} == wanted
    shutil.rmtree(folder)
    shutil.copytree(sound, folder)  # whole, alone, unlocked, as text, with permission: whatever was advised
    remove(LakeLayout(lake), ["folder.txt"], "it is no letter")  # as is advised for what never was a file
    for root in (lake, never_harmed):
        run(root, folder, limits=ANY)
    for table in (*LETTER_TABLES, *AGGREGATES):
        assert set(row_set(lake, table.name)) ^ set(row_set(never_harmed, table.name)) == set(), table.name
    for root in (lake, never_harmed):
        assert [(row["source_name"], row["error_code"]) for row in rows(root, "quarantine")] == [("notice.txt", LEFT)]
        assert examine(LakeLayout(root), deep=True).findings == ()
