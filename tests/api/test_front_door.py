"""`import imr` is quick and brings nothing along; every public name is there, typed and explained."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib.metadata import version

import pytest

import imr


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


@pytest.mark.parametrize("code", ["import imr", "import imr; imr.read_letter; imr.Lake; imr.Letter; imr.__version__"])
def test_nothing_that_runs_letters_is_imported(code: str) -> None:
    modules = python(f"import sys; {code}; print(*{{name.partition('.')[0] for name in sys.modules}})").stdout.split()
    assert set(modules) & {"prefect", "flows", "tasks", "commands", "typer"} == set()


def test_the_import_alone_imports_no_library() -> None:
    modules = set(
        python("import sys; before = {*sys.modules}; import imr; print(*{*sys.modules} - before)").stdout.split()
    )
    assert "imr" in modules
    assert [name for name in modules if name.startswith("imr.")] == []
    assert {name.partition(".")[0] for name in modules} - sys.stdlib_module_names == {"imr"}


def test_a_letter_is_read_without_the_libraries_of_tables(landing: object) -> None:
    code = f"import sys, imr; imr.read_letter({str(landing)!r} + '/CM14-0900001.pdf'); print(*sys.modules)"
    assert set(python(code).stdout.split()) & {"pyarrow", "pandas", "duckdb"} == set()


@pytest.mark.parametrize("name", imr.__all__)
def test_a_public_name_is_there_and_explained(name: str) -> None:
    value = getattr(imr, name)
    assert name in dir(imr)
    if name != "__version__":
        assert inspect.getdoc(value)
        assert value.__name__ == name


def test_any_other_name_is_none() -> None:
    with pytest.raises(AttributeError, match="module 'imr' has no attribute 'Laek'"):
        _ = imr.Laek  # type: ignore[attr-defined]


def test_the_version_is_that_which_is_installed() -> None:
    assert imr.__version__ == version("imr-letters")


def test_the_names_are_those_that_type_checkers_see() -> None:
    source = inspect.getsource(imr)
    seen = source.partition("if TYPE_CHECKING:")[2].partition("__all__")[0]
    assert [name for name in imr.__all__ if name not in seen.replace(",", " ").split()] == []
