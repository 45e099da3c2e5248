"""No flipped bit is read as another value unseen; the long run is `tests.reliability.flipped_bits`."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from imr.lake.layout import LakeLayout
from imr.upkeep.releases import make_release
from tests.flows.helpers import run
from tests.reliability.flipped_bits import SAMPLES, UNSEEN, fate_of, flips, kind_of

SHORT = 240


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory, prefect_harness: None) -> LakeLayout:
    """Some samples, published, with a release."""
    folder = tmp_path_factory.mktemp("flipped")
    (folder / "in").mkdir()
    for letter in sorted(SAMPLES.iterdir())[:6]:
        shutil.copy(letter, folder / "in")
    (folder / "in" / "no-letter.txt").write_text("This is no letter at all. " * 20)
    run(folder / "lake", folder / "in")
    lake = LakeLayout(folder / "lake")
    make_release(lake, "one")
    return lake


def test_no_flipped_bit_is_read_as_another_value_unseen(lake: LakeLayout) -> None:
    fates = [fate_of(lake, flip) for flip in flips(lake, SHORT, seed=1)]
    assert [fate.flip for fate in fates if fate.ending == UNSEEN] == []
    assert len({fate.ending for fate in fates}) > 1


def test_every_kind_of_file_has_its_flips(lake: LakeLayout) -> None:
    kinds = Counter(kind_of(flip.path) for flip in flips(lake, SHORT, seed=1))
    assert {"tables/documents", "tables/lineage", "raw", "quarantine", "releases", "SHA256SUMS"} <= kinds.keys()


def test_the_flips_of_a_seed_are_the_same(lake: LakeLayout) -> None:
    assert list(flips(lake, 50, seed=2)) == list(flips(lake, 50, seed=2))
    assert Path(lake.root, next(flips(lake, 1, seed=2)).path).is_file()
