"""Where a list of diagnoses ends: at the end of its sentence or its lines, or where another clause begins."""

from __future__ import annotations

import re
from itertools import takewhile

from imr.extraction.diagnosis_axes import begins_axis
from imr.extraction.diagnosis_leads import Led
from imr.extraction.diagnosis_lexicon import diagnosis_rules
from imr.extraction.diagnosis_words import conditions_in, entry_patterns
from imr.records import Span

# A sentence ends at a full stop before a capital, but not after an abbreviation. Where the blank is missing
# ("knee.Treatment"), small letters stand on both sides of stop and capital.
_SENTENCE_END = re.compile(
    r"[.!?](?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bvs\.)(?<!\bSt\.)(?<!\bNo\.)(?<!\be\.g\.)(?<!\bi\.e\.)"
    r"(?<!\bapprox\.)[\"”')\]]*(?=\s+[\"“(]?[A-Z0-9]|\s*\Z)|(?<=[a-z)\"”])\.(?=[A-Z][a-z]+\s)"
    r"|\n(?=[A-Z][A-Za-z/ ]{2,30}:)"
)
_FIRST_NUMBER = re.compile(r"\s*[(#]?1[.)]\s")
# In a numbered list the full stop of a number ends nothing, nor does the one before the next number.
_NUMBER_STOP = re.compile(r"(?:\A|[\s(#])(?:\d{1,2}|Axis\s+[IV]{1,3})\Z")
_NEXT_NUMBER = re.compile(r"\s+(?:and\s+)?[(#]?\d{1,2}[.)]\s")
# What parts the subject of a new clause from the list, and a lead that is itself a subject ("A diagnosis of").
_JOINT = re.compile(r"\s*,\s*|\s*;\s*|\s+and\s")
_OF = re.compile(r"\bof\s+\Z", re.IGNORECASE)
_LONGEST_SUBJECT = 60
_SENTENCE_BEGUN = re.compile(r"(?:\A|[.;:]\s)\s*(?:\S+\s+){0,3}\Z")
# A heading with its list below it, and what is no line of such a list.
_LINE_BEGUN = re.compile(r":\s*\n\s*\Z")
_LINE = re.compile(r"[^\n]+")
_LONGEST_LINE = 120
_SENTENCE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|he|she|patient|worker|claimant|plan|exam\w*)\b", re.IGNORECASE
)
# Longest name of a diagnosis that stands as a sentence, and what makes a real sentence of it.
_LONGEST_BARE = 80
_SAYS = re.compile(
    r"\b(?:is|are|was|were|has|have|had|he|she|his|her|the|this|patient|worker|will|may|not|no|\w{3,}ed|exam\w*|plan|MRI)\b",
    re.IGNORECASE,
)


def end_of_lines(text: str, led: Led, end: int) -> int | None:
    """Where a list that has a line for each diagnosis ends, under a heading; None where it is no such list."""
    if not _LINE_BEGUN.search(text, led.start, led.end):
        return None
    lines = list(takewhile(_is_line, _LINE.finditer(text, led.end, end)))
    return lines[-1].end() if len(lines) > 1 else None


def _is_line(line: re.Match[str]) -> bool:
    """Whether a line may be one of a list, and says nothing."""
    return len(line.group()) <= _LONGEST_LINE and not _SENTENCE.search(line.group())


def end_of_list(text: str, led: Led, end: int) -> int:
    """Where the list ends: at the sentence's end or where another clause begins."""
    start = led.end
    end = _sentence_end(text, start, end)
    stops = [pattern.search(text, start, end) for pattern in entry_patterns("stop").values()]
    end = min((match.start() for match in stops if match), default=end)
    rules = diagnosis_rules()
    verb = rules.pattern("finite_verb").expression.search(text, start, end)
    denial = rules.pattern("denial").expression
    if verb and _OF.search(text, led.start, start) and denial.match(text, verb.start()):
        return start
    if verb and not _is_subject(text, led):
        # "..., and inhalers were prescribed": the verb's subject is not of the list
        return max((joint.start() for joint in _JOINT.finditer(text, start, verb.start())), default=verb.start())
    return verb.start() if verb else end


def _is_subject(text: str, led: Led) -> bool:
    """Whether the list is of the sentence's subject: "A diagnosis of lumbar strain was made"."""
    return bool(
        _OF.search(text, led.start, led.end) and _SENTENCE_BEGUN.search(text[max(0, led.start - 60) : led.start])
    )


def _sentence_end(text: str, start: int, end: int) -> int:
    numbered = _FIRST_NUMBER.match(text, start, end) is not None or begins_axis(text, start, end)
    listed = text[max(0, start - 3) : start].rstrip().endswith(":")
    match = _SENTENCE_END.search(text, start, end)
    while match:
        further = _SENTENCE_END.search(text, match.end(), end) if numbered or listed else None
        in_list = _NUMBER_STOP.search(text[start : match.start()]) or _goes_on(text, match.end(), end)
        goes_on = listed and _is_bare_diagnosis(text, Span(match.end(), further.start() if further else end))
        if not (numbered and in_list) and not goes_on:
            return match.start()
        match = further
    return end


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether the next number or axis of a list begins here."""
    return _NEXT_NUMBER.match(text, start, end) is not None or begins_axis(text, start, end)


def _is_bare_diagnosis(text: str, sentence: Span) -> bool:
    """Whether a sentence names a condition and says nothing of it: after a colon, a list may be of such."""
    short = 0 < sentence.end - sentence.start < _LONGEST_BARE
    return short and not _SAYS.search(text, *sentence) and bool(conditions_in(text, sentence))
