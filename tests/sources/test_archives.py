from __future__ import annotations

import io
import os
import stat
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.errors import Code, LetterError
from imr.lake.raw_store import RawStore
from imr.sources import archives, forward
from imr.sources.archives import list_archive
from imr.sources.fetching import fetch, seconds_to_read

LETTERS = {"CM16-9000001.txt": b"first", "older/CM16-9000002.pdf": b"%PDF-second", "CM16-9000003.txt": b"third"}


def write_zip(path: Path, files: dict[str, bytes], **options: int) -> Path:
    with zipfile.ZipFile(path, "w", **options) as archive:  # type: ignore[arg-type]
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def write_tar(path: Path, files: dict[str, bytes]) -> Path:
    packing = {".gz": "gz", ".tgz": "gz", ".bz2": "bz2", ".xz": "xz"}.get(path.suffix, "")
    with tarfile.open(path, f"w:{packing}") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def write(path: Path, files: dict[str, bytes]) -> Path:
    return write_zip(path, files) if path.suffix == ".zip" else write_tar(path, files)


def codes(path: Path, raw: Path) -> dict[str, str]:
    """What becomes of each member, by its name: `ok` or a code; the archive itself under its own name."""
    found = {}
    for file in list_archive(path, Counter()):
        try:
            fetch(file.uri, RawStore(raw))
        except LetterError as error:
            found[file.name] = str(error.code)
        else:
            found[file.name] = "ok"
    return found


ANY = pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz", "a.tar.bz2", "a.tar.xz"])


@ANY
def test_members_are_files_of_their_own(tmp_path: Path, name: str) -> None:
    path = write(
        tmp_path / name,
        {**LETTERS, "notes.docx": b"x", "__MACOSX/._CM16-9000001.txt": b"x", "older/._CM16-9000002.pdf": b"x"},
    )
    passed_over: Counter[str] = Counter()
    files = list(list_archive(path, passed_over))
    assert [file.name for file in files] == ["CM16-9000001.txt", "CM16-9000002.pdf", "CM16-9000003.txt"]
    assert passed_over == {".docx": 1, "of a Mac": 2}
    raw = RawStore(tmp_path / "raw")
    for file, (inner, data) in zip(files, LETTERS.items(), strict=True):
        assert file.uri.endswith(f"{path.as_uri()}#{inner}")
        fetched = fetch(file.uri, raw)
        assert raw.path(fetched.document_id, fetched.suffix).read_bytes() == data
        assert fetched.stamp == file.stamp != ""
    assert {path.name for path in tmp_path.iterdir()} == {name, "raw"}


@ANY
@pytest.mark.parametrize("order", [[2, 0, 1], [0, 0, 2], [1, 2, 1]])
def test_members_may_be_asked_for_in_any_order(tmp_path: Path, name: str, order: list[int]) -> None:
    files = list(list_archive(write(tmp_path / name, LETTERS), Counter()))
    sizes = [len(data) for data in LETTERS.values()]
    raw = RawStore(tmp_path / "raw")
    assert [fetch(files[number].uri, raw).byte_size for number in order] == [sizes[number] for number in order]


@ANY
@pytest.mark.parametrize(
    ("member", "code"),
    [
        pytest.param("../CM16-9000009.txt", "archive_unsafe", id="up"),
        pytest.param("a/../../CM16-9000009.txt", "archive_unsafe", id="up-from-below"),
        pytest.param("/etc/CM16-9000009.txt", "archive_unsafe", id="absolute"),
        pytest.param("..\\CM16-9000009.txt", "archive_unsafe", id="up-with-backslashes"),
        pytest.param("C:\\CM16-9000009.txt", "archive_unsafe", id="drive"),
        pytest.param("inner.zip", "archive_unsafe", id="archive-in-archive"),
        pytest.param("inner.tar.gz", "archive_unsafe", id="tar-in-archive"),
        pytest.param("größe 100%#1.txt", "ok", id="marks-of-an-address"),
    ],
)
def test_a_member_at_fault_is_refused_alone(tmp_path: Path, name: str, member: str, code: str) -> None:
    found = codes(write(tmp_path / name, {member: b"x", "CM16-9000001.txt": b"good"}), tmp_path / "raw")
    assert list(found.values()) == [code, "ok"]
    assert {path.name for path in tmp_path.iterdir()} == {name, "raw"}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO])
def test_a_link_in_a_zip_is_refused(tmp_path: Path, kind: int) -> None:
    info = zipfile.ZipInfo("CM16-9000009.txt")
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/hostname")
        archive.writestr("CM16-9000001.txt", "good")
    assert list(codes(tmp_path / "a.zip", tmp_path / "raw").values()) == ["archive_unsafe", "ok"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_a_link_in_a_tar_is_refused(tmp_path: Path, kind: bytes) -> None:
    path = write_tar(tmp_path / "a.tar", {"CM16-9000001.txt": b"good"})
    with tarfile.open(path, "a") as archive:
        info = tarfile.TarInfo("CM16-9000009.txt")
        info.type, info.linkname = kind, "CM16-9000001.txt"
        archive.addfile(info)
    assert list(codes(path, tmp_path / "raw").values()) == ["ok", "archive_unsafe"]


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("CM16-9000001.txt", "one")
        archive.writestr("CM16-9000001.txt", "two")
    assert codes(tmp_path / "a.zip", tmp_path / "raw") == {"CM16-9000001.txt": "archive_unsafe"}


def test_a_member_that_is_a_bomb_is_refused_where_the_archive_is_not(tmp_path: Path) -> None:
    noise = {f"{number}.txt": os.urandom(50_000) for number in range(2)}
    path = write_zip(tmp_path / "a.zip", {"bomb.txt": bytes(10_000_000), **noise}, compression=zipfile.ZIP_DEFLATED)
    assert codes(path, tmp_path / "raw") == {"bomb.txt": "archive_unsafe", "0.txt": "ok", "1.txt": "ok"}


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.tar.gz", "bomb.tar.bz2"])
def test_an_archive_that_is_a_bomb_is_refused_whole(tmp_path: Path, name: str) -> None:
    files = {"good.txt": b"good", **{f"{number}.txt": bytes(10_000_000) for number in range(5)}}
    path = tmp_path / name
    if name.endswith(".zip"):
        write_zip(path, files, compression=zipfile.ZIP_DEFLATED)
    else:
        write_tar(path, files)
    assert codes(path, tmp_path / "raw") == {name: "archive_unsafe"}


def test_a_header_without_end_is_not_read_to_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 10_000)
    info = tarfile.TarInfo("a.txt")
    info.pax_headers = {"comment": os.urandom(20_000).hex()}
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info)
    assert codes(tmp_path / "a.tar", tmp_path / "raw") == {"a.tar": "archive_unsafe"}


def test_members_that_overlap_make_the_archive_unsafe(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {f"{number}.txt": os.urandom(2000) for number in range(3)})
    data = bytearray(path.read_bytes())
    for start in (at for at in range(len(data)) if data[at : at + 4] == b"PK\x01\x02"):
        data[start + 20 : start + 24] = (2500).to_bytes(4, "little")  # the packed size
    path.write_bytes(data)
    assert codes(path, tmp_path / "raw") == {"a.zip": "archive_unsafe"}


@ANY
def test_a_member_larger_than_any_letter_is_refused(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_BYTES", 1000)
    files = {"large.txt": os.urandom(1001), "just.txt": os.urandom(1000)}
    assert codes(write(tmp_path / name, files), tmp_path / "raw") == {"large.txt": "file_too_large", "just.txt": "ok"}


def _cut(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


@pytest.mark.parametrize(
    ("name", "spoil", "found"),
    [
        pytest.param("a.zip", lambda _: b"", {"a.zip": "archive_damaged"}, id="empty-zip"),
        pytest.param("a.zip", _cut, {"a.zip": "archive_damaged"}, id="cut-zip"),
        pytest.param("a.zip", lambda _: b"no archive", {"a.zip": "archive_damaged"}, id="no-zip"),
        pytest.param("a.tar", lambda _: b"no archive" * 99, {"a.tar": "archive_damaged"}, id="no-tar"),
        pytest.param("a.tar.gz", lambda _: b"no archive", {"a.tar.gz": "archive_damaged"}, id="no-gzip"),
        pytest.param(
            "a.zip",
            lambda data: data.replace(b"second", b"sEcond", 1),
            {"1.txt": "ok", "2.txt": "archive_damaged", "3.txt": "ok"},
            id="flipped-bytes-in-zip",
        ),
    ],
)
def test_damage_is_told(tmp_path: Path, name: str, spoil: Callable[[bytes], bytes], found: dict[str, str]) -> None:
    path = write(tmp_path / name, {"1.txt": b"first", "2.txt": b"second", "3.txt": b"third"})
    path.write_bytes(spoil(path.read_bytes()))
    assert codes(path, tmp_path / "raw") == found


def test_what_stands_before_the_damage_is_read(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "a.tar.gz", {f"{number}.txt": os.urandom(40_000) for number in range(10)})
    path.write_bytes(_cut(path.read_bytes()))
    found = codes(path, tmp_path / "raw")
    assert found["a.tar.gz"] == "archive_damaged"
    assert [found[f"{number}.txt"] for number in range(5)] == ["ok"] * 5


def test_a_member_that_is_gone_is_missing(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", LETTERS)
    first, *_ = list_archive(path, Counter())
    write_zip(path, {"other.txt": b"x"})
    with pytest.raises(LetterError) as caught:
        fetch(first.uri, RawStore(tmp_path / "raw"))
    assert caught.value.code == Code.SOURCE_MISSING
    path.unlink()
    with pytest.raises(LetterError) as caught:
        fetch(first.uri, RawStore(tmp_path / "raw"))
    assert caught.value.code == Code.SOURCE_MISSING


def test_a_tar_is_gone_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_tar(tmp_path / "a.tar.gz", {f"{number}.txt": b"x" * number for number in range(50)})
    files = list(list_archive(path, Counter()))
    begun: list[Path] = []
    members = archives._tar_members

    def counting(path: Path) -> object:
        begun.append(path)
        return members(path)

    monkeypatch.setattr(archives, "_tar_members", counting)
    for file in files:
        fetch(file.uri, RawStore(tmp_path / "raw"))
    assert len(begun) == 1


@given(st.lists(st.integers(0, 9), max_size=20))
def test_looking_ahead_finds_what_looking_everywhere_does(asked: list[int]) -> None:
    place = forward.Forward(lambda: ((str(number), str(number).encode) for number in range(10)))
    assert [place.read(str(number)) for number in asked] == [str(number).encode() for number in asked]
    with pytest.raises(LetterError):
        place.read("10")


def test_what_is_read_from_front_to_back_has_more_time(tmp_path: Path) -> None:
    tar = write_tar(tmp_path / "a.tar", {"a.txt": bytes(1_000_000)})
    zipped = write_zip(tmp_path / "a.zip", {"a.txt": b"x"})
    uris = [file.uri for path in (tar, zipped) for file in list_archive(path, Counter())]
    assert 0.1 < seconds_to_read(uris) < 1
    assert seconds_to_read(uris[1:]) == 0
