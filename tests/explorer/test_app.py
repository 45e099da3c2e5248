"""The server's answers, asked without a network."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pandas as pd
import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from imr.api.sql import connect
from imr.explorer.app import application
from imr.explorer.generation import Generation
from imr.explorer.guard import POLICY, USER
from imr.explorer.live import Live
from imr.explorer.search import Search
from imr.explorer.searching import found
from imr.explorer.server import serve
from imr.lake.layout import LakeLayout
from tests.explorer.conftest import HOSTILE


@pytest.fixture(scope="module")
def client(lake: LakeLayout, index: Generation) -> Iterator[TestClient]:
    live = Live(lake, index.folder.parent)
    with TestClient(application(live, ["127.0.0.1"]), base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def addresses(index: Generation) -> list[str]:
    hit = found(index, Search("medically necessary")).hits[0]
    return [
        "/", "/?q=knee", "/?q=nothing+of+the+kind", "/?compare=drug_class&outcome=upheld", "/repeated", "/help",
        f"/decision/{hit.first('document_id')}/{hit.first('item')}",
    ]  # fmt: skip


def test_every_page_is_whole_and_guarded(client: TestClient, index: Generation) -> None:
    for address in addresses(index):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in answer.headers
        for tag, attributes in Tags(answer.text).tags:
            assert not any(name.startswith("on") or name == "style" for name in attributes), (address, tag)
            for name in ("href", "src", "action"):
                assert (attributes.get(name) or "/").startswith(("/", "#")), (address, attributes)
            assert tag != "script" or attributes.get("src"), address


def test_what_a_hostile_letter_says_stays_text(client: TestClient, index: Generation) -> None:
    hit = found(index, Search("tables DROP")).hits[0]
    for address in ("/?q=drop+tables", f"/decision/{hit.first('document_id')}/{hit.first('item')}"):
        page = client.get(address).text
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page
        assert not any(tag == "img" for tag, _ in Tags(page).tags)


@pytest.mark.parametrize("text", [HOSTILE, '"><svg onload=alert(1)>', "{{7*7}}", "javascript:alert(1)"])
def test_what_an_address_says_stays_text(client: TestClient, text: str) -> None:
    for name in ("q", "outcome", "year", "sort", "compare", "page"):
        answer = client.get("/", params={name: text})
        assert answer.status_code == (200 if name in ("q", "outcome", "year") else 400)
        assert text not in answer.text or "<" not in text
        assert "49" not in re.findall(r'value="([^"]*)"', answer.text)


@pytest.mark.parametrize(
    ("method", "address", "headers", "status"),
    [
        pytest.param("POST", "/", {}, 405, id="write"),
        pytest.param("DELETE", "/decision/x/1", {}, 405, id="delete"),
        pytest.param("GET", "/", {"host": "evil.example"}, 400, id="other-name"),
        pytest.param("GET", "/", {"host": "127.0.0.1.evil.example:4300"}, 400, id="other-name-like-ours"),
        pytest.param("GET", "/?q=knee", {"origin": "http://127.0.0.1:8000"}, 403, id="page-of-another-port"),
        pytest.param("GET", "/?q=knee", {"origin": "null"}, 403, id="page-without-an-origin"),
        pytest.param("GET", "/", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403, id="part-of-another-page"),
        pytest.param("GET", "/export.csv", {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"}, 403, id="script-of-another-port"),
        pytest.param("GET", "/", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, 403, id="frame"),
        pytest.param("GET", "/decision/../../etc/passwd/1", {}, 404, id="path"),
        pytest.param("GET", "/static/app.py", {}, 404, id="no-such-file"),
        pytest.param("GET", "/export.exe", {}, 404, id="no-such-form"),
        pytest.param("GET", "/decision/nothing/99999999999999999999", {}, 404, id="no-such-item"),
        pytest.param("GET", "/lineage/nothing", {}, 404, id="no-such-letter"),
    ],
)  # fmt: skip
def test_what_is_not_asked_for_so_is_refused(
    client: TestClient, method: str, address: str, headers: dict[str, str], status: int
) -> None:
    answer = client.request(method, address, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize(
    ("query", "why"),
    [
        pytest.param("q=%00", "characters that no text has", id="nul"),
        pytest.param("q=%ff", "characters that no text has", id="no-utf-8"),
        pytest.param("outcome=%ED%A0%80", "characters that no text has", id="lone-surrogate"),
        pytest.param(f"q={'a' * 10_000}", "longer than 1,000 characters", id="long"),
        pytest.param(f"product={'a' * 10_000}", "longer than 1,000 characters", id="long-value"),
        pytest.param("&".join(f"product={n}" for n in range(3000)), "more than 100 values", id="many-values"),
        pytest.param("&".join(["year=2017"] * 3000), "more than 100 values", id="one-value-many-times"),
        pytest.param("q=knee&q=hip", "stands in it twice", id="two-searches"),
        pytest.param("page=1&page=2", "stands in it twice", id="two-pages"),
        pytest.param("page=0", "no whole number from 1 to 500", id="page-0"),
        pytest.param("page=-1", "no whole number", id="page-below-0"),
        pytest.param("page=99999999999999999999999", "no whole number", id="page-too-large"),
        pytest.param("page=%D9%A3", "no whole number", id="page-in-other-digits"),
        pytest.param("same=18446744073709551616", "no whole number", id="number-of-no-text"),
        pytest.param("sort=evil", "none of: relevance, newest, oldest", id="sort"),
        pytest.param("compare=outcome", "none of: year", id="compare"),
        pytest.param("earlier=no", "none of: yes", id="earlier"),
    ],
)
def test_an_address_that_means_nothing_is_told_why(client: TestClient, query: str, why: str) -> None:
    for path in ("/", "/repeated", "/export.csv"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert why in answer.text


@pytest.mark.parametrize(
    "query", ["utm_source=mail", "q=&page=", "q=%zz%", "&&==&", "year=1", "q=%22", "q=-", "year=2017&year=2017"]
)
def test_what_an_address_says_beside_a_search_does_no_harm(client: TestClient, query: str) -> None:
    assert client.get(f"/?{query}").status_code == 200


def test_a_page_beyond_the_last_leads_to_the_first(client: TestClient) -> None:
    answer = client.get("/?q=necessary&page=499")
    assert answer.status_code == 404
    assert 'href="/?q=necessary"' in answer.text


def test_a_link_of_another_page_may_be_followed(client: TestClient) -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/?q=knee", headers=link).status_code == 200


def test_who_comes_from_elsewhere_has_to_know_the_secret(lake: LakeLayout, index: Generation) -> None:
    app = application(Live(lake, index.folder.parent), ["*"], "known")
    with TestClient(app, base_url="http://192.0.2.1:4300") as client:
        assert client.get("/").status_code == 401
        assert client.get("/static/page.css", auth=(USER, "guessed")).status_code == 401
        assert client.get("/?q=knee", auth=(USER, "known")).status_code == 200


@pytest.mark.parametrize(
    ("host", "asks"), [("127.0.0.1", False), ("::1", False), ("localhost", False), ("0.0.0.0", True)]
)
def test_a_secret_is_asked_for_where_others_can_come(
    host: str, asks: bool, lake: LakeLayout, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str | None] = []
    monkeypatch.setattr("uvicorn.Server.run", lambda *_, **__: None)
    serve(lake, host, 0, lambda _, secret: said.append(secret))
    assert [bool(secret) for secret in said] == [asks]


def test_exports_are_the_rows_of_the_table(client: TestClient, lake: LakeLayout) -> None:
    expected = connect(lake).sql(
        "SELECT * EXCLUDE (year) FROM decisions WHERE outcome = 'overturned' ORDER BY decision_date, document_id, decision_number"
    )
    rows = expected.to_arrow_table()
    got = {form: client.get(f"/export.{form}?outcome=overturned") for form in ("csv", "xlsx", "parquet")}
    assert all(answer.status_code == 200 for answer in got.values())
    parquet = pq.read_table(io.BytesIO(got["parquet"].content))
    assert parquet.drop_columns(["search", "commit_id"]).to_pylist() == rows.to_pylist()
    csv = pd.read_csv(io.BytesIO(got["csv"].content))
    assert csv["document_id"].tolist() == rows["document_id"].to_pylist()
    assert csv["rationale"].tolist() == rows["rationale"].to_pylist()
    assert "attachment" in got["csv"].headers["content-disposition"]
    assert got["xlsx"].content.startswith(b"PK")


def test_a_lake_that_is_not_there_yet_is_said(tmp_path_factory: pytest.TempPathFactory) -> None:
    lake = LakeLayout(tmp_path_factory.mktemp("none") / "lake")
    with TestClient(application(Live(lake, lake.search), ["127.0.0.1"]), base_url="http://127.0.0.1") as client:
        answer = client.get("/?q=knee")
    assert answer.status_code == 503
    assert "There are no decisions yet" in answer.text
