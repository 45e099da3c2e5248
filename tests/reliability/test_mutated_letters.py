"""Letters gone wrong end published or refused by a code; the long run is `tests.reliability.mutated_letters`."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.cleaning.clean import clean
from imr.errors import Code, LetterError
from imr.reading.plain_text import read_plain_text
from imr.records import CleanText, RawText
from imr.steps import extract_letter, split_letter
from tests.reliability.mutated_letters import fate_of, fates, letters
from tests.reliability.mutations import MUTATIONS, Mutation, mutated

SHORT = 600


def test_no_exception_leaves_the_steps_but_refusals_with_a_code() -> None:
    endings = Counter(fate.ending for fate in fates(SHORT))
    assert sum(endings.values()) == SHORT
    assert set(endings) <= {"published", "published, with warnings", *Code}
    assert endings["published, with warnings"] > SHORT // 20
    assert endings["published"] > SHORT // 20


@pytest.mark.parametrize("mutation", [pytest.param(mutation, id=mutation.__name__) for mutation in MUTATIONS])
def test_every_mutation_changes_letters(mutation: Mutation) -> None:
    changed = [mutation(text, random.Random(number)) != text for number, text in enumerate(letters()[:20])]
    assert sum(changed) > 15


@pytest.mark.parametrize("number", range(40))
def test_what_is_read_of_a_mutated_letter_stands_in_it(number: int) -> None:
    texts = letters()
    raw = read_plain_text(mutated(texts[number], number).encode("utf-8", "replace"))
    cleaned = clean(raw)
    try:
        records = extract_letter(cleaned, split_letter(cleaned.text).letter, "letter.txt")
    except LetterError:
        return
    assert not misplaced(cleaned, raw, records.rows["provenance"])


def misplaced(cleaned: CleanText, raw: RawText, rows: dict[str, list[int]]) -> list[tuple[int, ...]]:
    """The evidence whose spans lie outside of the texts or end before they begin."""
    spans = zip(rows["clean_start"], rows["clean_end"], rows["raw_start"], rows["raw_end"], strict=True)
    return [
        span
        for span in spans
        if span[0] is not None
        and not (0 <= span[0] <= span[1] <= len(cleaned.text) and 0 <= span[2] <= span[3] <= len(raw.text))
    ]


@given(st.text(max_size=300))
def test_any_text_is_no_letter(text: str) -> None:
    assert fate_of(0, text).ending in {Code.UNKNOWN_FORMAT, Code.UNSUPPORTED_MEDIA_TYPE}
