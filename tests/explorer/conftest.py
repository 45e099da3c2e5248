"""One lake and its index for all tests of the explorer that only read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from imr.explorer.generation import Generation, open_current
from imr.explorer.making import refresh
from imr.lake.layout import LakeLayout
from tests.chromium import chromium
from tests.explorer.lakes import letters, publish
from tests.explorer.serving import served

HOSTILE = '<script>document.title="broken"</script><img src=x onerror="alert(1)">'
FORMULA = '=HYPERLINK("http://example.com","x")'
AGAIN = "CM24-9999999"
BIDI = "\u202eevil\u202c [31m'; DROP TABLE decisions; --"


def hostile(text: str) -> str:
    """A letter whose words are orders to browsers, spreadsheets, databases and terminals."""
    return text.replace("medically necessary", f"medically necessary {HOSTILE} {BIDI}", 1)


def contradictory(text: str) -> str:
    """A letter whose outcome says the opposite of its reasons."""
    return text.replace("is not medically necessary", "is medically necessary")


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> LakeLayout:
    """A lake of forty letters, one of them hostile, one doubtful, one said again for another case; not to be changed."""
    folder = tmp_path_factory.mktemp("explored")
    texts = letters(7, 40)
    first = next(iter(texts))
    texts[first] = hostile(texts[first])
    last = max(name for name, text in texts.items() if "is not medically necessary" in text)
    texts[last] = contradictory(texts[last])
    middle = sorted(texts)[len(texts) // 2].removesuffix(".txt")
    texts[f"{AGAIN}.txt"] = texts[f"{middle}.txt"].replace(middle, AGAIN)
    found = LakeLayout(folder / "lake")
    publish(found, texts, folder / "letters")
    return found


@pytest.fixture(scope="session")
def index(lake: LakeLayout, tmp_path_factory: pytest.TempPathFactory) -> Generation:
    """Its index."""
    folder = Path(tmp_path_factory.mktemp("index"))
    refresh(lake, folder)
    found = open_current(folder)
    assert found is not None
    return found


@pytest.fixture(scope="package")
def address(lake: LakeLayout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the lake, started as people start it."""
    folder = tmp_path_factory.mktemp("served") / "lake"
    shutil.copytree(lake.root, folder)
    with served(LakeLayout(folder)) as server:
        yield server.address


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium(tmp_path_factory.mktemp("profile")) as chrome:
        chrome.implicitly_wait(5)
        yield chrome
