"""Secrets that were planted in addresses: after a run and a release none is found, wherever something is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from imr.synthetic.compose import compose
from imr.synthetic.render import text_of
from tests.sources.web_server import Asked, Give, Server, serving

SECRETS = [f"planted{number}secret" for number in range(12)]
HTML, PLAIN = {"Content-Type": "text/html"}, {"Content-Type": "text/plain"}
_CODE = "from imr.cli.main import main; main()"


@pytest.fixture
def server() -> Iterator[Server]:
    """A site that gives letters to those with a signature, and whose pages and redirects hold secrets too."""
    letters = [text_of(compose(11, number)).encode() for number in range(3)]

    def signed(asked: Asked) -> Give:
        return Give(letters[0], headers=PLAIN) if SECRETS[0] in asked.path else Give(status=403)

    with serving(Server()) as running:
        secret = iter(SECRETS[1:4])
        running.pages = {
            f"/a.txt?X-Amz-Signature={SECRETS[0]}": signed,
            "/letters/": Give(
                f"<a href='b.txt?sig={next(secret)}'>b</a><a href='http://u:{next(secret)}@127.0.0.1:9/c.txt'>c</a>"
                f"<a href='d.txt'>d</a>".encode(),
                headers=HTML,
            ),
            f"/letters/b.txt?sig={SECRETS[1]}": Give(letters[1], headers=PLAIN),
            "/letters/d.txt": Give(status=302, headers={"Location": f"http://u:{next(secret)}@127.0.0.1:9/d.txt"}),
        }
        yield running


def test_no_secret_of_an_address_is_kept_anywhere(server: Server, tmp_path: Path) -> None:
    s = SECRETS
    host = server.address.removeprefix("http://")
    listed = [
        f"{server.address}/a.txt?X-Amz-Signature={s[0]}",
        f"http://alice:{s[4]}@{host}/e.txt",
        f"ftp://alice:{s[5]}@127.0.0.1:9/f.txt",
        f"ftp://alice:x/{s[6]}@127.0.0.1:9/f.txt",
        f"s3://KEY:{s[7]}@letters/g.txt",
        f"https://127.0.0.1:9/h.txt?sv=1&sig={s[8]}",
        f"http://u:{s[9]}@[bad",
    ]
    (tmp_path / "list.urls").write_text("\n".join(listed))
    sources = [
        str(tmp_path / "list.urls"),
        f"http://alice:{s[10]}@{host}/letters/?X-Goog-Signature={s[11]}",
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "IMR_", "AWS_"))}
    environment = kept | {
        "PREFECT_HOME": str(tmp_path / "home"),
        "IMR_UP": str(tmp_path / "up"),
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ALLOW_HTTP": "true",
    }
    lake = ["--lake", str(tmp_path / "lake")]
    quick = ["--allow-private", "--rate", "1000", "--attempts", "1"]

    def imr(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", _CODE, *words, *lake],
            env=environment, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    done = imr("run", *sources, *quick)
    assert done.returncode == 3, done.stderr  # some files are in quarantine
    assert "FSSPEC_FTP_PASSWORD" in done.stderr
    made = imr("release", "first")
    assert made.returncode == 0, made.stderr
    (tmp_path / "list.urls").unlink()
    said = [word.stdout + word.stderr for word in (done, made)]
    assert [path for path in sorted(tmp_path.rglob("*")) if path.is_file() and holds(path)] == []
    assert not [secret for secret in SECRETS if any(secret in text for text in said)]
    published = pq.read_table(tmp_path / "lake" / "tables" / "documents")["source_uri"].to_pylist()
    assert sorted(published) == [f"{server.address}/a.txt", f"{server.address}/letters/b.txt"]


def holds(path: Path) -> bool:
    """Whether a file holds a secret, as it is or in a table's values."""
    data = path.read_bytes()
    if path.suffix == ".parquet":
        data += repr(pq.ParquetFile(path).read().to_pylist()).encode()
    return any(secret.encode() in data for secret in SECRETS)
