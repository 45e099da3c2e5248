from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from imr.errors import Code, SourceError, UnreadableError
from imr.lake.raw_store import RawStore
from imr.sources import fetching
from imr.sources.fetching import fetch
from imr.sources.folders import source_file, stamp_of

LETTER = b"Case Number: CM16-9000001\n"
NOBODY = 65534


@pytest.fixture
def raw_store(tmp_path: Path) -> RawStore:
    return RawStore(tmp_path / "raw")


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.txt"
    path.write_bytes(LETTER)
    return path


@contextmanager
def unprivileged() -> Iterator[None]:
    """As a user who may not read everything: root may."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    ("data", "suffix"),
    [
        pytest.param(LETTER, ".txt", id="text"),
        pytest.param(b"%PDF-1.4\n\x00", ".pdf", id="pdf"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x10JFIF", ".bin", id="picture"),
        pytest.param(b"", ".txt", id="empty"),
    ],
)
def test_bytes_are_kept_unchanged_whatever_they_are(
    letter: Path, raw_store: RawStore, data: bytes, suffix: str
) -> None:
    letter.write_bytes(data)
    fetched = fetch(letter.as_uri(), raw_store)
    assert fetched[:4] == (hashlib.sha256(data).hexdigest(), suffix, len(data), stamp_of(letter.stat()))
    assert raw_store.path(fetched.document_id, suffix).read_bytes() == data


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(b"line\nbreak.pdf", id="newline"),
        pytest.param(b"\"quoted\" 'twice'.pdf", id="quotes"),
        pytest.param(b"100% #1 ?.pdf", id="marks-of-an-address"),
        pytest.param("größe \u202e.pdf".encode(), id="letters-beyond-ascii"),
        pytest.param(b"caf\xe9.pdf", id="undecodable"),
    ],
)
def test_a_hostile_name_leads_to_its_file(tmp_path: Path, raw_store: RawStore, name: bytes) -> None:
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(LETTER)
    assert fetch(source_file(path).uri, raw_store).byte_size == len(LETTER)


def test_the_same_bytes_under_two_names_are_kept_once(letter: Path, raw_store: RawStore) -> None:
    copy = letter.with_name("copy.txt")
    copy.write_bytes(LETTER)
    assert fetch(letter.as_uri(), raw_store).document_id == fetch(copy.as_uri(), raw_store).document_id
    assert len([path for path in raw_store.root.rglob("*") if path.is_file()]) == 1


def _gone(path: Path) -> None:
    path.unlink()


def _loose_link(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.with_name("gone.txt"))


def _link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def _circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _locked(path: Path) -> None:
    path.chmod(0)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        pytest.param(_gone, Code.SOURCE_MISSING, id="gone"),
        pytest.param(_loose_link, Code.SOURCE_MISSING, id="loose-link"),
        pytest.param(_link, Code.NOT_A_FILE, id="link"),
        pytest.param(_circle, Code.SOURCE_UNREADABLE, id="link-to-itself"),
        pytest.param(_folder, Code.NOT_A_FILE, id="folder"),
        pytest.param(_pipe, Code.NOT_A_FILE, id="pipe"),
        pytest.param(_locked, Code.SOURCE_UNREADABLE, id="locked"),
    ],
)
def test_what_gives_no_bytes_is_refused_under_its_code(
    letter: Path, raw_store: RawStore, spoil: Callable[[Path], None], code: Code
) -> None:
    for folder in letter.parents:
        if Path(tempfile.gettempdir()) in folder.parents:
            folder.chmod(0o755)  # so that only the file itself can be in the way
    spoil(letter)
    with unprivileged(), pytest.raises(SourceError) as caught:
        fetch(letter.as_uri(), raw_store)
    assert (caught.value.code, caught.value.transient) == (code, False)
    assert not raw_store.root.exists()


def test_a_file_in_the_place_of_a_folder_makes_the_source_missing(letter: Path, raw_store: RawStore) -> None:
    with pytest.raises(SourceError) as caught:
        fetch((letter / "inner.txt").as_uri(), raw_store)
    assert caught.value.code == Code.SOURCE_MISSING


@pytest.mark.parametrize(
    ("number", "transient"),
    [
        pytest.param(errno.EIO, True, id="device-fault"),
        pytest.param(errno.ESTALE, True, id="stale-handle"),
        pytest.param(errno.ETIMEDOUT, True, id="network-share-that-sleeps"),
        pytest.param(errno.EACCES, False, id="no-right"),
        pytest.param(errno.ENAMETOOLONG, False, id="name-too-long"),
    ],
)
def test_only_what_may_pass_is_tried_again_at_once(
    letter: Path, raw_store: RawStore, monkeypatch: pytest.MonkeyPatch, number: int, transient: bool
) -> None:
    def failing(*_: object) -> int:
        raise OSError(number, "no luck")

    monkeypatch.setattr(os, "open", failing)
    with pytest.raises(SourceError) as caught:
        fetch(letter.as_uri(), raw_store)
    assert (caught.value.code, caught.value.transient) == (Code.SOURCE_UNREADABLE, transient)
    assert errno.errorcode[number] in caught.value.message


def test_a_file_larger_than_any_letter_is_not_kept(
    letter: Path, raw_store: RawStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MAX_BYTES", len(LETTER) - 1)
    with pytest.raises(UnreadableError) as caught:
        fetch(letter.as_uri(), raw_store)
    assert caught.value.code == Code.FILE_TOO_LARGE
    assert not raw_store.root.exists()


def test_a_file_that_changes_while_it_is_read_has_no_stamp(
    letter: Path, raw_store: RawStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fstat = os.fstat

    def growing(descriptor: int) -> os.stat_result:
        status = fstat(descriptor)
        with letter.open("ab") as file:
            file.write(b"more")
        return status

    monkeypatch.setattr(os, "fstat", growing)
    assert fetch(letter.as_uri(), raw_store).stamp == ""
