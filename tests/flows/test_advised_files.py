"""What is advised with the codes of letters: each befalls a letter, the advice is followed, and the lake has it whole."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections.abc import Callable, Mapping
from functools import partial
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
from tests.flows.falling_ill import clean_or_fail, fetch_or_fail
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
    Code.SOURCE_UNREADABLE: ("txt", lambda _: None),
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

FAILING = (
    Code.TIMED_OUT,
    Code.OUT_OF_MEMORY,
    Code.WORKER_DIED,
    Code.MACHINE_FAILED,
    Code.INVALID_ROWS,
    Code.INTERNAL_ERROR,
    Code.TOO_MANY_PARTS,
)
"""Codes that a letter has while it is read; of these only `too_many_parts` asks for another file."""

LEFT, TAKEN_OUT = Code.UNKNOWN_FORMAT, Code.NOT_A_FILE
TRIED = {f"code: {code}" for code in (*MENDED, *FAILING, LEFT, TAKEN_OUT)}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of letters, and a notice that is none."""
    folder = tmp_path_factory.mktemp("sound") / "in"
    folder.mkdir()
    forms: list[Form] = [*(form for form, _ in MENDED.values()), *("txt" for _ in FAILING)]
    for number, form in enumerate(forms):
        write_letter(folder, compose(SEED, number), form)
    (folder / "notice.txt").write_text("Please move your car.\n" * 40, encoding="utf-8")
    return folder


def fall_ill(folder: Path) -> dict[str, Code]:
    """Harm each letter of a folder in its way; gives the code that each file must get."""
    letters = sorted(path for path in folder.iterdir() if path.name != "notice.txt")
    left = {form: iter([path for path in letters if path.suffix == f".{form}"]) for form in ("pdf", "txt")}
    wanted = {"notice.txt": LEFT, "folder.txt": TAKEN_OUT}
    for code, (form, harm) in MENDED.items():
        harm(path := next(left[form]))
        wanted[path.name] = code
    (folder / "folder.txt").mkdir()
    for code in FAILING:
        path = next(left["txt"])
        if code is Code.TOO_MANY_PARTS:  # another file than the one that will stand in its place
            path.write_text(path.read_text("utf-8") * 2, encoding="utf-8")
        wanted[path.name] = code
    return wanted


def strike(folder: Path, wanted: Mapping[str, Code], patch: pytest.MonkeyPatch) -> None:
    """Have letters fail while they are read, and one not be given."""
    hashes = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in wanted if wanted[name] in FAILING
    }
    chosen = {document_id: str(wanted[name]) for name, document_id in hashes.items()}
    (unreadable,) = (name for name, code in wanted.items() if code is Code.SOURCE_UNREADABLE)
    steps = "imr.publication.batch_steps"
    patch.setattr(f"{steps}.ocr_cleanup.clean_letter", partial(clean_or_fail, chosen))
    patch.setattr(f"{steps}.fetch.fetch", partial(fetch_or_fail, unreadable))


def test_files_in_quarantine_are_published_once_their_advice_was_followed(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, lake, never_harmed = tmp_path / "in", tmp_path / "lake", tmp_path / "never"
    shutil.copytree(sound, folder)
    wanted = fall_ill(folder)
    with monkeypatch.context() as patch:
        strike(folder, wanted, patch)
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
