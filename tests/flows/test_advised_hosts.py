"""What is advised with the codes of hosts: each befalls a letter, the advice is followed, and the lake has it whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from imr.errors import Code
from imr.lake.layout import LakeLayout
from imr.settings import GateLimits
from imr.synthetic.compose import compose
from imr.synthetic.render import text_of
from imr.tables.declaration import AGGREGATES, LETTER_TABLES
from imr.upkeep.doctor import examine
from tests.flows.helpers import row_set, rows, run
from tests.sources.test_web import QUICK, crawl_policy, secured
from tests.sources.web_server import Give, Server, serving

SEED = 31
ANY = GateLimits(failed_files=100)
PLAIN = {"Content-Type": "text/plain"}
ANSWERS = {
    Code.SOURCE_GONE: Give(status=404),
    Code.SOURCE_REFUSED: Give(status=403),
    Code.SOURCE_BUSY: Give(status=503),
    Code.SOURCE_BROKEN: Give(b"the beginning", headers=PLAIN, length=10_000),
}
"""By code: what a server answers until it is asked again, or with credentials, or at the right address."""

CLOSED = 20
"""Files of a host that gives none: more than make it be left alone."""

TRIED = {f"code: {code}" for code in (*ANSWERS, Code.SOURCE_CLOSED, Code.TLS_FAILED, Code.ADDRESS_NOT_ALLOWED)}


def _letter(number: int) -> Give:
    return Give(text_of(compose(SEED, number)).encode(), headers=PLAIN)


@pytest.fixture
def hosts() -> Iterator[tuple[Server, Server, Server]]:
    """One that is troubled, one that is closed, and one behind a certificate."""
    with serving(Server()) as troubled, serving(Server("127.0.0.2")) as closed, serving(Server()) as behind:
        yield troubled, closed, behind


def test_what_a_host_did_not_give_is_published_as_advised(
    hosts: tuple[Server, Server, Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubled, closed, behind = hosts
    troubled.pages |= {f"/{number}.txt": answer for number, answer in enumerate(ANSWERS.values())}
    closed.pages |= {f"/{number}.txt": Give(status=503) for number in range(CLOSED)}
    behind.pages["/tls.txt"] = _letter(90)
    authority = trustme.CA()
    certified = secured(behind, authority.issue_cert("localhost"))
    addresses = [f"{server.address}{path}" for server in (troubled, closed) for path in server.pages]
    lake, never_harmed, sources = tmp_path / "lake", tmp_path / "never", tmp_path / "letters.csv"
    sources.write_text("\n".join([*addresses, f"{certified}/tls.txt"]), encoding="utf-8")
    run(lake, sources, crawl_policy=crawl_policy(allow_private=False), limits=ANY)
    assert {row["error_code"] for row in rows(lake, "quarantine")} == {Code.ADDRESS_NOT_ALLOWED}
    run(lake, sources, crawl_policy=QUICK, limits=ANY)
    found = {row["error_code"] for row in rows(lake, "quarantine")}
    assert found == {*ANSWERS, Code.SOURCE_CLOSED, Code.TLS_FAILED}
    troubled.pages |= {f"/{number}.txt": _letter(number) for number in range(len(ANSWERS))}
    closed.pages |= {f"/{number}.txt": _letter(50 + number) for number in range(CLOSED)}
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    for root in (lake, never_harmed):
        run(root, sources, crawl_policy=QUICK, limits=ANY)
    for table in (*LETTER_TABLES, *AGGREGATES):
        assert set(row_set(lake, table.name)) ^ set(row_set(never_harmed, table.name)) == set(), table.name
    assert rows(lake, "quarantine") == []
    assert examine(LakeLayout(lake), deep=True).findings == ()
