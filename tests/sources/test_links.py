from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imr.errors import Code, ImrError, ListingError
from imr.lake.layout import LakeLayout
from imr.sources import links
from imr.sources.buckets import Buckets
from imr.sources.kinds import ListingContext, list_sources, missing_sources
from imr.sources.web import Web
from tests.sources.test_web import QUICK
from tests.sources.web_server import Give, Server, serving

HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as running:
        yield running


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[ListingContext]:
    with Web(QUICK) as web:
        yield ListingContext(web, Buckets(QUICK), QUICK, LakeLayout(tmp_path / "lake"))


def uris(asking: ListingContext, *addresses: str) -> list[str]:
    return [file.uri for file in list_sources(addresses, asking).files]


def page(*hrefs: str, base: str = "") -> Give:
    body = "".join(f'<a href="{link}">x</a>' for link in hrefs)
    return Give(f"<html><head>{base}</head><body>{body}</body></html>".encode(), headers=HTML)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        pytest.param("a.urls", "https://a.example/1.pdf\nhttp://b.example/2\n", 2, id="lines"),
        pytest.param("a.csv", 'case,address\n1,https://a.example/1.pdf\n2,"https://a.example/2,3.pdf"\n', 2, id="csv"),
        pytest.param("a.urls", "\ufeffhttps://a.example/1.pdf\r\n\r\n# none\r\n", 1, id="of-another-system"),
        pytest.param("a.urls", "https://a.example/1.pdf\nhttps://a.example/1.pdf#page=2\n", 1, id="twice"),
        pytest.param("a.urls", "http://[bad\nhttps://a.example/1.pdf\nhttp://[bad/2.pdf\n", 1, id="no-address"),
        pytest.param("a.csv", 'x,"https://a.example/1.pdf\nhttps://a.example/2.pdf\n', 2, id="a-quote-left-open"),
        pytest.param("a.csv", f"{'x' * 200_000},\nhttps://a.example/2.pdf\n", 1, id="a-line-without-end"),
        pytest.param("a.urls", "\0https://a\nhttps://a.example/2.pdf\0\n", 1, id="nul"),
        pytest.param("a.urls", "s3://bucket/1.pdf\nfile:///etc/hostname\ngopher://a.example/1\n", 1, id="schemes"),
    ],
)
def test_a_list_of_addresses(asking: ListingContext, tmp_path: Path, name: str, content: str, found: int) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8", newline="")
    assert len(uris(asking, str(tmp_path / name))) == found
    (tmp_path / "list.txt").write_text(content, encoding="utf-8", newline="")
    assert uris(asking, f"urls:{tmp_path / 'list.txt'}") == uris(asking, str(tmp_path / name))


def test_a_source_that_is_no_address_is_unknown(asking: ListingContext) -> None:
    for address in ("http://[bad", "s3://[bad", "ftp://u:secret@[bad"):
        with pytest.raises(ListingError, match="is no address") as caught:
            list_sources([address], asking)
        assert caught.value.code == Code.UNKNOWN_SOURCE
        assert "secret" not in str(caught.value)


def test_pages_beyond_those_that_are_read_are_counted(
    server: Server, asking: ListingContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MAX_PAGES", 3)
    server.pages["/letters/"] = page("a.pdf", *(f"{n}/" for n in range(6)), "0/", "5/")
    server.pages |= {f"/letters/{n}/": page(f"{n}.pdf", "../1/", "../5/") for n in range(6)}
    listing = list_sources([f"{server.address}/letters/"], asking)
    assert [file.name for file in listing.files] == ["0.pdf", "1.pdf", "a.pdf"]
    assert listing.passed_over == {"index pages beyond 3": 4}


def test_a_page_too_large_to_be_parsed_is_refused(
    server: Server, asking: ListingContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MAX_PAGE_BYTES", 100)
    server.pages["/letters/"] = page(*("a.pdf" for _ in range(50)))
    with pytest.raises(ListingError) as caught:
        list_sources([f"{server.address}/letters/"], asking)
    assert caught.value.code == Code.LISTING_TOO_LARGE


def test_lines_without_an_address_are_counted(asking: ListingContext, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("case,address\n1,https://a.example/x%20y.pdf\n2,none\n")
    listing = list_sources([str(tmp_path / "a.csv")], asking)
    assert listing.passed_over == {"no address": 2}
    assert [file.name for file in listing.files] == ["x y.pdf"]


def test_a_page_stands_for_the_letters_it_links_to(server: Server, asking: ListingContext) -> None:
    links = ["a.pdf", "b.TXT?x=1", "/c.pdf#page=2", "a.pdf", "about.html", "mailto:x@example.org", "http://[bad/d.pdf"]
    server.pages["/letters/"] = page(*links, "https://other.example/e.pdf")
    address = server.address
    assert uris(asking, f"{address}/letters/") == sorted(
        [f"{address}/letters/a.pdf", f"{address}/letters/b.TXT?x=1", f"{address}/c.pdf", "https://other.example/e.pdf"]
    )
    assert server.paths() == ["/letters/"]


def test_folders_below_a_page_are_read_too_and_none_above(server: Server, asking: ListingContext) -> None:
    server.pages |= {
        "/letters/": page("2016/", "2017/", "2017/", "../", "/", "?C=N;O=D", "/other/", "2017/?C=M"),
        "/letters/2016/": page("a.pdf", "../", "../2017/"),
        "/letters/2017/": page("b.pdf", "2/"),
        "/letters/2017/2/": page("c.pdf"),
    }
    found = uris(asking, f"{server.address}/letters/")
    assert [uri.rpartition("/")[2] for uri in found] == ["a.pdf", "c.pdf", "b.pdf"]
    assert sorted(server.paths()) == ["/letters/", "/letters/2016/", "/letters/2017/", "/letters/2017/2/"]


def test_a_page_may_name_its_own_base(server: Server, asking: ListingContext) -> None:
    server.pages["/list"] = page("a.pdf", base='<base href="/files/">')
    assert uris(asking, f"{server.address}/list") == [f"{server.address}/files/a.pdf"]


def test_an_address_of_a_letter_stands_for_itself_and_is_not_asked_for(server: Server, asking: ListingContext) -> None:
    assert uris(asking, f"{server.address}/a.pdf") == [f"{server.address}/a.pdf"]
    assert not server.asked


def test_an_address_that_is_no_page_is_a_letter(server: Server, asking: ListingContext) -> None:
    server.pages["/get?id=1"] = Give(b"%PDF", headers={"Content-Type": "application/pdf"})
    assert uris(asking, f"{server.address}/get?id=1") == [f"{server.address}/get?id=1"]


def _no_letters(server: Server, _: Path) -> str:
    server.pages["/"] = page("about.html")
    return f"{server.address}/"


def _not_there(server: Server, _: Path) -> str:
    return f"{server.address}/absent/"


def _folder_not_there(server: Server, _: Path) -> str:
    server.pages["/"] = page("a.pdf", "folder/")
    return f"{server.address}/"


def _empty_list(_: Server, folder: Path) -> str:
    (folder / "a.urls").write_text("none\n")
    return str(folder / "a.urls")


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        pytest.param(_no_letters, Code.LISTING_EMPTY, id="page-without-letters"),
        pytest.param(_not_there, Code.SOURCE_GONE, id="page-not-there"),
        pytest.param(_folder_not_there, Code.SOURCE_GONE, id="folder-not-there"),
        pytest.param(_empty_list, Code.LISTING_EMPTY, id="empty-list"),
        pytest.param(lambda *_: "gopher://example.org/", Code.UNKNOWN_SOURCE, id="unknown-scheme"),
        pytest.param(lambda *_: "http://127.0.0.1.invalid/", Code.SOURCE_MISSING, id="unknown-host"),
    ],
)
def test_what_cannot_be_listed_fails_the_listing(
    server: Server, asking: ListingContext, tmp_path: Path, prepare: object, code: Code
) -> None:
    with pytest.raises(ListingError) as caught:
        uris(asking, prepare(server, tmp_path))  # type: ignore[operator]
    assert caught.value.code == code


def test_an_unknown_address_is_told_which_kinds_there_are(asking: ListingContext) -> None:
    with pytest.raises(ImrError, match=r"letters/.*records\.zip.*s3://.*dwc://"):
        uris(asking, "gopher://example.org/")


def test_only_what_should_be_on_this_machine_can_be_missing(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").touch()
    there = [f"{tmp_path}/a.parquet#text", "s3://bucket/x", "https://example.org/", "dwc://?decided=2017-01-01"]
    absent = [f"{tmp_path}/b.parquet#text", f"urls:{tmp_path}/b.txt"]
    assert missing_sources([*there, *absent]) == absent
    with pytest.raises(ListingError):
        missing_sources(["gopher://example.org/"])
