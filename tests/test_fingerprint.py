"""The version of a step changes with everything that shapes its output, and with nothing else."""

from __future__ import annotations

import ast
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import pytest

from imr import fingerprint
from imr.fingerprint import ENTRY_MODULES, LETTER_STEPS, PACKAGE, StepVersions, step_files, step_versions, versions_of

STEPS = tuple(ENTRY_MODULES)
FILES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*") if path.suffix in (".py", ".toml"))
"""All code and rule data of the package."""

OF_STEP = {step: frozenset(step_files(PACKAGE, step)) for step in STEPS}
OUTSIDE = (
    "lake/journal.py",
    "publication/gates.py",
    "publication/merging.py",
    "upkeep/doctor.py",
    "synthetic/compose.py",
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package that may be changed."""
    return Path(shutil.copytree(PACKAGE, tmp_path_factory.mktemp("code") / "imr"))


def expected(file: Path) -> set[str]:
    """The steps whose version a file is part of: those it shapes itself, and all letter steps after these."""
    itself = {step for step in STEPS if PACKAGE / file in OF_STEP[step]}
    first = min((LETTER_STEPS.index(step) for step in itself & set(LETTER_STEPS)), default=len(LETTER_STEPS))
    return itself & {"fetch"} | set(LETTER_STEPS[first:])


def changed(before: StepVersions, after: StepVersions) -> set[str]:
    return {step for step in STEPS if before.of(step) != after.of(step)}


def test_a_changed_file_changes_the_versions_of_its_steps_and_of_no_other(package: Path) -> None:
    before, wrong = versions_of(package), list[str]()
    for file in filter(expected, FILES):
        path = package / file
        content = path.read_bytes()
        path.write_bytes(content + b"\n# another line\n")
        found = changed(before, versions_of(package))
        path.write_bytes(content)
        if found != expected(file):
            wrong.append(f"{file}: {sorted(found)} for {sorted(expected(file))}")
    assert wrong == []
    for file in FILES:
        if not expected(file):
            (package / file).write_bytes((package / file).read_bytes() + b"\n# another line\n")
    assert versions_of(package) == before


@pytest.mark.parametrize(
    ("file", "first"),
    [
        pytest.param("reading/pdf.py", "ocr_cleanup", id="the extractor"),
        pytest.param("reading/ocr/recognition.py", "ocr_cleanup", id="imported within a function"),
        pytest.param("cleaning/rules/reflow.toml", "ocr_cleanup", id="rules"),
        pytest.param("warnings.py", "ocr_cleanup", id="warnings that the reading gives"),
        pytest.param("tables/letters.py", "ocr_cleanup", id="the declaration of the staged rows"),
        pytest.param("extraction/rules/states.toml", "section_split", id="rules of another room"),
        pytest.param("repairing/repair.py", "section_split", id="the second reading of scans"),
        pytest.param("extraction/decision.py", "extract", id="extraction"),
        pytest.param("publication/batch_steps/extract.py", "extract", id="rows"),
        *(pytest.param(file, None, id=file) for file in OUTSIDE),
    ],
)
def test_what_belongs_to_a_step(file: str, first: str | None) -> None:
    assert expected(Path(file)) - {"fetch"} == set(LETTER_STEPS[LETTER_STEPS.index(first) :] if first else ())


def test_what_is_for_type_checkers_alone_belongs_to_no_step(tmp_path: Path) -> None:
    entry = tmp_path.joinpath(*ENTRY_MODULES["extract"][0].split(".")[1:]).with_suffix(".py")
    entry.parent.mkdir(parents=True)
    entry.write_text("if TYPE_CHECKING:\n    from imr import one\nelse:\n    import imr.two\n", encoding="utf-8")
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").touch()
    assert step_files(tmp_path, "extract") == [entry]


def test_every_rule_file_of_a_letter_is_loaded_by_a_step() -> None:
    """Else a change of it would change no version: rules must be loaded by names that stand in the code."""
    loaded = frozenset().union(*OF_STEP.values())
    beside = {"synthetic", "dwc"}  # DWC's own list is a table beside the letters'
    rules = {path for path in PACKAGE.rglob("rules/*") if not beside & {*path.parts} and path.is_file()}
    assert sorted(rules - loaded) == []


def test_packages_hold_nothing_of_their_own() -> None:
    """A package's own file is part of no version: it may say what lives there and hand on names, nothing else."""
    for path in PACKAGE.rglob("*/__init__.py"):
        nodes = ast.parse(path.read_text(encoding="utf-8")).body
        assert all(isinstance(node, ast.Expr | ast.ImportFrom | ast.Assign) for node in nodes), path
        names = [target.id for node in nodes if isinstance(node, ast.Assign) for target in node.targets]  # type: ignore[attr-defined]
        assert names in ([], ["__all__"]), path


def test_engines_are_part_of_the_first_version_and_so_of_all() -> None:
    one, other = versions_of(PACKAGE, "engine 1"), versions_of(PACKAGE, "engine 2")
    assert changed(one, other) == set(LETTER_STEPS)
    assert step_versions() == step_versions()


def test_threads_that_ask_at_once_do_not_parse_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    working: list[int] = []
    most: list[int] = []

    def slow(_: Path, __: str) -> StepVersions:
        working.append(1)
        most.append(len(working))
        time.sleep(0.01)
        working.pop()
        return StepVersions("", "", "", "")

    monkeypatch.setattr(fingerprint, "versions_of", slow)
    monkeypatch.setattr(fingerprint, "_installed", cache(fingerprint._installed.__wrapped__))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: step_versions(), range(4)))
    assert most == [1]
