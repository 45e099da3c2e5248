from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import pytest

from imr.errors import Code, ListingError
from imr.lake.layout import LakeLayout
from imr.settings import CrawlPolicy
from imr.sources import folders, listing
from imr.sources.buckets import Buckets
from imr.sources.folders import LINKED_FOLDERS, source_file, stamp_of
from imr.sources.kinds import ListingContext, list_sources, missing_sources
from imr.sources.listing import Listing
from imr.sources.web import Web


def list_files(sources: Iterable[str | Path]) -> Listing:
    crawl_policy = CrawlPolicy()
    context = ListingContext(Web(crawl_policy), Buckets(crawl_policy), crawl_policy, LakeLayout(Path("nowhere")))
    return list_sources([str(source) for source in sources], context)


def names(*sources: str | Path) -> list[str]:
    return [file.name for file in list_files(sources).files]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of letters with a folder in it."""
    root = tmp_path / "letters"
    (root / "older").mkdir(parents=True)
    for name in ("a.pdf", "b.TXT", "older/c.txt", "notes.docx", "older/table.CSV", "README"):
        (root / name).write_text(name)
    return root


def test_a_folder_stands_for_the_letters_anywhere_below_it(folder: Path) -> None:
    listing = list_files([folder])
    assert [file.name for file in listing.files] == ["a.pdf", "b.TXT", "c.txt"]
    assert listing.passed_over == {".docx": 1, ".csv": 1, "": 1}


def test_what_a_mac_keeps_beside_each_file_is_passed_over(folder: Path) -> None:
    (folder / "__MACOSX" / "older").mkdir(parents=True)
    for name in ("._a.pdf", "older/._c.txt", "__MACOSX/._a.pdf", "__MACOSX/older/._c.txt", "._.DS_Store"):
        (folder / name).write_bytes(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X")
    listing = list_files([folder])
    assert [file.name for file in listing.files] == ["a.pdf", "b.TXT", "c.txt"]
    assert listing.passed_over["of a Mac"] == 5
    assert names(folder / "._a.pdf") == ["._a.pdf"]  # whoever names it gets it


@pytest.mark.parametrize("name", ["d.pdf.gz", "d.txt.xz", "d.TXT.BZ2"])
def test_letters_that_were_packed_one_by_one_are_letters(folder: Path, name: str) -> None:
    (folder / name).touch()
    assert name in names(folder)


def test_a_file_named_by_itself_may_have_any_suffix(folder: Path) -> None:
    listing = list_files([folder / "notes.docx", folder / "README"])
    assert [file.name for file in listing.files] == ["README", "notes.docx"]
    assert listing.passed_over == {}


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        pytest.param("a*", ["a.pdf"], id="star"),
        pytest.param("**/*.txt", ["c.txt"], id="any-depth"),
        pytest.param("[ab].*", ["a.pdf", "b.TXT"], id="set-of-characters"),
        pytest.param("old*", ["c.txt"], id="a-folder-that-matches-is-searched"),
        pytest.param("*.pd?", [".d.pdf", "a.pdf"], id="hidden-files-are-matched"),
        pytest.param("*.docx", ["notes.docx"], id="a-match-may-have-any-suffix"),
    ],
)
def test_a_glob_stands_for_its_matches(folder: Path, pattern: str, found: list[str]) -> None:
    (folder / ".d.pdf").touch()
    assert names(f"{folder}/{pattern}") == found


def test_a_glob_is_listed_no_further_than_a_run_can_take_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MAX_ENTRIES", 1)
    taken: list[Path] = []
    with pytest.raises(ListingError) as caught:
        taken.extend(folders.paths(f"{folder}/**/*"))
    assert caught.value.code == Code.LISTING_TOO_LARGE
    assert missing_sources([f"{folder}/**/*"]) == []


def test_each_file_is_listed_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    sources: list[str | Path] = [folder, folder / "a.pdf", "a.pdf", "older/../a.pdf", f"{folder}/*.pdf"]
    assert names(*sources) == ["a.pdf", "b.TXT", "c.txt"]


def test_a_source_that_is_not_there_stops_the_listing(folder: Path) -> None:
    with pytest.raises(ListingError, match="source_missing"):
        list_files([folder, folder / "absent"])
    with pytest.raises(ListingError, match="source_missing"):
        list_files([f"{folder}/*.absent"])


def test_missing_sources_are_named(folder: Path) -> None:
    (folder / "loose.pdf").symlink_to(folder / "gone.pdf")
    there = [str(folder), str(folder / "a.pdf"), f"{folder}/*.pdf", str(folder / "loose.pdf")]
    assert missing_sources([*there, str(folder / "absent"), f"{folder}/*.absent"]) == [
        str(folder / "absent"),
        f"{folder}/*.absent",
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("line\nbreak.pdf", id="newline"),
        pytest.param("\"quoted\" 'twice'.pdf", id="quotes"),
        pytest.param("100% #1 ?.pdf", id="marks-of-an-address"),
        pytest.param("[a] *.pdf", id="marks-of-a-glob"),
        pytest.param(" -rf.pdf", id="leading-blank-and-dash"),
        pytest.param("größe-\u202e.pdf", id="letters-beyond-ascii"),
    ],
)
def test_a_hostile_name_is_listed_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("a letter")
    in_folder, by_name = list_files([tmp_path]).files, list_files([tmp_path / name]).files
    assert [*in_folder] == [*by_name]
    assert [file.name for file in in_folder] == [name]


def test_undecodable_bytes_of_a_name_are_replaced_and_the_address_still_leads_there(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.pdf")
    path.write_text("a letter")
    (file,) = list_files([tmp_path]).files
    assert file.name == "caf\ufffd.pdf"
    assert file.uri.isascii()
    assert Path(os.fsdecode(unquote_to_bytes(urlsplit(file.uri).path))) == path


def test_folders_and_loose_links_with_the_name_of_a_letter_are_listed(tmp_path: Path) -> None:
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "folder.pdf" / "inner.txt").write_text("a letter")
    (tmp_path / "loose.pdf").symlink_to(tmp_path / "gone.pdf")
    os.mkfifo(tmp_path / "pipe.txt")
    assert names(tmp_path) == ["folder.pdf", "inner.txt", "loose.pdf", "pipe.txt"]


def test_links_to_folders_are_counted_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("a letter")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.txt").write_text("a letter")
    (tmp_path / "in" / "more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "in" / "circle").symlink_to(tmp_path / "in")
    listing = list_files([tmp_path / "in"])
    assert [file.name for file in listing.files] == ["a.txt"]
    assert listing.passed_over == {LINKED_FOLDERS: 2}
    assert {"more", "circle"} == {name for name in ("more", "circle") if name in caplog.text}


def test_a_link_given_by_its_name_stands_for_what_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "target.pdf").write_text("a letter")
    (tmp_path / "link.pdf").symlink_to(tmp_path / "target.pdf")
    assert names(tmp_path / "link.pdf") == ["target.pdf"]
    assert names(f"{tmp_path}/l*.pdf") == ["link.pdf"]


def test_an_archive_behind_a_link_is_not_opened_for_a_pattern(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("inner.txt", "a letter")
    (tmp_path / "link.zip").symlink_to(tmp_path / "a.zip")
    assert names(f"{tmp_path}/link*") == ["link.zip"]
    assert names(tmp_path / "link.zip") == ["inner.txt"]


def test_nothing_is_known_of_a_loose_link(tmp_path: Path) -> None:
    (tmp_path / "loose.pdf").symlink_to(tmp_path / "gone.pdf")
    assert names(tmp_path / "loose.pdf") == ["loose.pdf"]
    assert source_file(tmp_path / "loose.pdf").stamp == ""


def test_a_link_keeps_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "target.pdf").write_text("a letter")
    (tmp_path / "link.pdf").symlink_to(tmp_path / "target.pdf")
    file = source_file(tmp_path / "link.pdf")
    assert (file.name, file.uri) == ("link.pdf", (tmp_path / "link.pdf").as_uri())


def test_a_stamp_differs_when_the_file_does(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_text("one")
    first = stamp_of(path.stat())
    assert stamp_of(path.stat()) == first
    path.write_text("longer")
    longer = stamp_of(path.stat())
    path.unlink()
    path.write_text("longer")
    assert len({first, longer, stamp_of(path.stat())}) == 3


def test_a_folder_that_cannot_be_listed_stops_the_listing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refusing(path: str) -> object:
        if str(path).endswith("older"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(ListingError, match="source_unreadable"):
        list_files([folder])
