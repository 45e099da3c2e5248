"""What a rationale itself concludes: whether this item is medically necessary.

The last conclusion of the rationale's own wins, and any conclusion beats a mere leaning. What the earlier review
held, what guidelines ask in general or what somebody believes is not its own, nor is the stock advice on weaning
that may follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise

from imr.extraction.conclusions import ITEM, Verdict, other_things, read_sentence, speaks_of_others, spelling
from imr.extraction.tokens import Words, sentences_backwards
from imr.records import Found, Span

_NOWHERE = Span(0, 0)
_LAST = 4  # conclusions among which one on a part and one on the rest are looked for


def read_verdict(text: str, rationale: Span, request: str = "") -> Found[bool] | None:
    """Whether the rationale finds the item medically necessary; None where it never concludes.

    `request` is the item as titled: where a conclusion repeats it, its words ("for use after surgery") say nothing
    of the conclusion.
    """
    leaning: Found[bool] | None = None
    advice: Found[bool] | None = None  # what may be about something else, if the request itself is spoken of before
    for verdict, found in _own_verdicts(text, rationale, request):
        if not verdict.is_conclusion:
            leaning = leaning or found
        elif verdict.weight == 2 or (verdict.weight == 1 and advice is None):
            return found
        else:
            advice = advice or found
    return advice or leaning


def read_partial_verdict(text: str, rationale: Span, request: str = "") -> Found[bool] | None:
    """The words by which a rationale finds a part of the item medically necessary, and not the rest; None if none."""
    verdicts = _own_verdicts(text, rationale, request)
    after: Verdict | None = None
    for verdict, found in islice((both for both in verdicts if both[0].is_conclusion or both[0].is_rest), _LAST):
        if verdict.grants and verdict.is_part:
            return found
        if after and after.grants != verdict.grants and (verdict.is_rest or after.is_rest):
            return found
        after = verdict
    return None


def _own_verdicts(text: str, rationale: Span, request: str) -> Iterator[tuple[Verdict, Found[bool]]]:
    """Every verdict of the rationale's own, the last first."""
    title = spelling().read(request, 0, len(request)).words
    telling = {word for word in title if len(word) > 3 and word.isalpha()}
    is_last = True
    for sentence, before in pairwise(chain(sentences_backwards(text, rationale), [_NOWHERE])):
        read, verdicts = _sentence_verdicts(text, sentence, before, title)
        for verdict in reversed(verdicts):
            if verdict.must_end and not is_last:
                continue
            if not telling.isdisjoint(read.words[: verdict.first]):
                verdict = verdict._replace(weight=2)
            found = Found(verdict.grants, read.spans[verdict.first][0], read.spans[verdict.last - 1][1], verdict.rule)
            yield verdict, found
        is_last = is_last and speaks_of_others(tuple(read.words))


def _sentence_verdicts(
    text: str, sentence: Span, before: Span, title: Sequence[str]
) -> tuple[Words, tuple[Verdict, ...]]:
    """A sentence's words and verdicts; with the sentence before it where it speaks of that ("It is not.")."""
    read = _masked(spelling().read(text, *sentence), title)
    verdicts = read_sentence(tuple(read.words))
    if verdicts is None:
        earlier = _masked(spelling().read(text, *before), title)
        words = [";" if word == "." else word for word in earlier.words]
        read = Words(words + read.words, earlier.spans + read.spans)
        verdicts = read_sentence(tuple(read.words), len(words))
    return read, verdicts or ()


def _masked(read: Words, title: Sequence[str]) -> Words:
    """The words of a sentence, those of the title each time as one.

    What else would be another thing than the item ("detoxification") is the item where the title names it.
    """
    words, spans = read
    length = len(title)
    for place in range(len(words) - length, -1, -1) if length and title[0] in words else ():
        if words[place] == title[0] and words[place : place + length] == title:
            spans[place : place + length] = [(spans[place][0], spans[place + length - 1][1])]
            words[place : place + length] = [ITEM]
    others = other_things().intersection(title)
    return Words([ITEM if word in others else word for word in words], spans) if others else read
