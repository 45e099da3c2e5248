"""How the project asks to be cited: what the Citation File Format must have, in keeping with the package."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml

_TOP = Path(__file__).parents[2]


def test_the_citation_is_of_this_package() -> None:
    cited = yaml.safe_load((_TOP / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((_TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()
    assert (cited["cff-version"], cited["type"]) == ("1.2.0", "software")
    assert (cited["version"], cited["license"]) == (project["version"], project["license"])
    assert cited["authors"]
