"""The rooms import downwards only, and the core knows nothing of what runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from imr.workers.child import PRELOADED

ROOT = Path(__file__).parent.parent


def test_imports_point_downwards_only() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    if not lint.exists():
        pytest.skip("import-linter is not installed")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_workers_are_forked_from_what_they_need() -> None:
    """Each is born with all that the process it is forked from has imported."""
    unneeded = {"prefect", "duckdb", "pandas", "httpx"}
    code = f"import sys, {', '.join(PRELOADED)}; print(sorted({unneeded} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["imr.steps", "imr.synthetic.landing", "imr.publication.merging"])
@pytest.mark.parametrize("foreign", ["prefect"])
def test_the_core_never_imports_what_runs_it(module: str, foreign: str) -> None:
    code = f"import sys, {module}; print(sorted(n for n in sys.modules if n.partition('.')[0] == {foreign!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
