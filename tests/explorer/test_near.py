from __future__ import annotations

import random

from imr.explorer.near import LIKENESS, bands_of, likeness, runs_of

WORDS = [f"word{number}" for number in range(500)]


def changed(words: list[str], places: int, source: random.Random) -> str:
    other = list(words)
    for at in source.sample(range(len(words)), places):
        other[at] = "another"
    return " ".join(other)


def test_texts_that_are_nearly_the_same_share_a_band_and_others_do_not() -> None:
    source = random.Random(5)
    near = far = 0
    for _ in range(60):
        words = source.choices(WORDS, k=120)
        bands = set(bands_of(" ".join(words)))
        near += bool(bands & set(bands_of(changed(words, 2, source))))
        far += bool(bands & set(bands_of(" ".join(source.choices(WORDS, k=120)))))
    assert near >= 57
    assert far == 0


def test_case_and_punctuation_do_not_count() -> None:
    text = "The request for a lumbar MRI is not medically necessary, as no red flags are there."
    assert bands_of(text) == bands_of(text.upper().replace(",", " ;"))
    assert likeness(runs_of(text), runs_of(text.lower())) == 1


def test_a_text_of_few_words_is_like_no_other() -> None:
    assert bands_of("Not medically necessary.") == []
    assert likeness(runs_of("Not medically necessary."), runs_of("Not medically necessary.")) < LIKENESS
