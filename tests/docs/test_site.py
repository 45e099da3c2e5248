"""The site builds without a warning, has every page in its menu, and loads nothing from elsewhere; the README is a page."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import imr
from tests.docs.pages import ROOT

INCLUDED = ("docs", "mkdocs.yml", "CONTRIBUTING.md", "CHANGELOG.md", "deploy/README.md", "data_lake/DATA_DICTIONARY.md")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the site is made from."""
    copy = tmp_path_factory.mktemp("project")
    for name in INCLUDED:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, copy / name)
    return copy


def build(project: Path) -> subprocess.CompletedProcess[str]:
    if importlib.util.find_spec("zensical") is None:
        pytest.skip("the site's generator is not installed: pip install -c constraints.txt -e '.[docs]'")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_the_site_builds_without_a_warning(project: Path) -> None:
    done = build(project)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = {
        path.relative_to(project / "build/site").parent.as_posix() for path in project.rglob("build/site/**/index.html")
    }
    sources = {
        path.relative_to(project / "docs").with_suffix("").as_posix() for path in (project / "docs").rglob("*.md")
    }
    assert pages == {"." if source == "index" else source for source in sources}


def test_no_list_is_set_as_a_paragraph(project: Path) -> None:
    """Markdown's dialects differ in where a list begins: GitHub shows one where the site shows a paragraph."""
    assert build(project).returncode == 0
    pages = {path.parent.name: path.read_text(encoding="utf-8") for path in project.rglob("build/site/**/index.html")}
    broken = re.compile(r"<p>(?:(?!</p>).)*?\n\s*(?:\d+\.|[-*]) ", re.DOTALL)
    assert {name: found[0] for name, text in pages.items() if (found := broken.search(text))} == {}


def test_the_site_loads_nothing_from_elsewhere(project: Path) -> None:
    assert build(project).returncode == 0
    for page in (project / "build/site").rglob("*.html"):
        loaded = re.findall(r'<(?:script|img|iframe)[^>]*\ssrc="([^"]+)"', page.read_text(encoding="utf-8"))
        loaded += re.findall(
            r'<link[^>]*rel="(?:stylesheet|preconnect)"[^>]*href="([^"]+)"', page.read_text(encoding="utf-8")
        )
        assert [address for address in loaded if re.match(r"(?:https?:)?//", address)] == [], page.name


@pytest.mark.parametrize("link", ["nowhere.md", "sources.md#nowhere"])
def test_a_broken_link_fails_the_build(project: Path, tmp_path: Path, link: str) -> None:
    copy = shutil.copytree(project, tmp_path / "copy")
    page = copy / "docs" / "scans.md"
    page.write_text(f"{page.read_text(encoding='utf-8')}\n[broken]({link})\n", encoding="utf-8")
    assert build(copy).returncode != 0


def test_every_page_is_in_the_menu() -> None:
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    assert sorted(re.findall(r"([\w/-]+\.md)$", menu, re.MULTILINE)) == sorted(pages)


def test_the_readme_is_a_page() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 140


def test_every_public_name_of_the_package_is_documented() -> None:
    page = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
    names = [name for name in getattr(imr, "__all__", []) if not name.startswith("__")]
    assert [name for name in names if f"imr.{name}" not in page] == []
