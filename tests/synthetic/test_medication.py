"""Drug titles and what they say."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from imr.synthetic.medication import drug_of
from imr.synthetic.seeded_random import SeededRandom


@given(st.integers())
def test_label_of_a_drug_follows_from_its_title(seed: int) -> None:
    request = drug_of(SeededRandom(seed, 0))
    (drug,) = request.drugs
    assert drug.ingredients
    assert all(part in request.title for part in drug.name.split("/"))
    assert drug.strength is None or all(part in request.title for part in drug.strength.split("/"))
    assert (request.refills is not None) == ("refill" in request.title)
    assert request.quantity is None or re.search(rf"\b{request.quantity}\b", request.title)
    assert request.quantity is not None or "#" not in request.title.replace("Tylenol #3", "")


@given(st.integers())
def test_authorized_tablets_and_the_rest_make_the_original(seed: int) -> None:
    request = drug_of(SeededRandom(seed, 0))
    if request.original:
        assert request.authorized
        asked, granted, left = (_count(x) for x in (request.original, request.authorized, request.title))
        assert asked == granted + left
    else:
        assert request.authorized is None


def _count(title: str) -> int:
    found = re.search(r"#(\d+)\)?$|QTY: (\d+)$|^(\d+) tablets|(\d+) count$", title)
    assert found
    return int(next(group for group in found.groups() if group))
