"""Where a list of diagnoses ends: at the end of its sentence or its lines, or where another clause begins."""

from __future__ import annotations

import re
from itertools import takewhile

from imr.extraction.diagnosis_bridge_kinds import bridge_words
from imr.extraction.diagnosis_leads import Led
from imr.extraction.diagnosis_lexicon import diagnosis_rules, lexicon, word_ending
from imr.extraction.diagnosis_marks import Marks, is_within, marks_of
from imr.extraction.diagnosis_words import conditions_in, is_complaint, is_disorder, says_more, words_in
from imr.records import Span

# A sentence ends at a full stop before a capital, but not after an abbreviation. Where the blank is missing
# ("knee.Treatment"), small letters stand on both sides of stop and capital. (All begin with the same characters, so
# that nothing else costs.)
_SENTENCE_END = re.compile(
    r"[.!?\n](?:(?<!\n)(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bvs\.)(?<!\bSt\.)(?<!\bNo\.)(?<!\be\.g\.)"
    r"(?<!\bi\.e\.)(?<!\bapprox\.)[\"”')\]]*(?=\s+[\"“(]?[A-Z0-9]|\s*\Z)|(?<=[a-z)\"”]\.)(?=[A-Z][a-z]+\s)"
    r"|(?<=\n)(?=[A-Z][A-Za-z/ ]{2,30}:))"
)
# What parts the subject of a new clause from the list, and a lead that is itself a subject ("A diagnosis of").
_JOINT = re.compile(r"\s*,\s*|\s*;\s*|\s+and\s")
_OF = re.compile(r"\bof\s+(?:(?:an?|the)\s+)?\Z", re.IGNORECASE)
_OF_SUBJECT = re.compile(
    r"(?:(?<!consist)(?<!consists)(?<!consisted)(?<!consisting)\sof|\bdiagnosed\s+(?:with|as))\s+(?:(?:an?|the)\s+)?\Z",
    re.IGNORECASE,
)
_SENTENCE_BEGUN = re.compile(r"[.;:]\s")
_LONGEST_SUBJECT = 120  # characters
# A heading with its list below it, and what is no line of such a list.
_LINE_BEGUN = re.compile(r"(?:\A\w+|:)\s*\n\s*\Z")
_LINE = re.compile(r"[^\n]+")
_NEXT_LINE = re.compile(r"\s*\n(?=\s*\S)(?!\s*[a-z])")
_LONGEST_LINE = 120
_SENTENCE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|he|she|patient|worker|claimant|plan|exam\w*)\b", re.IGNORECASE
)
# Longest name of a diagnosis that stands as a sentence, and what makes a real sentence of it.
_LONGEST_BARE = 80
_SAYS = re.compile(
    r"\b(?:is|are|was|were|has|have|had|did|does|he|she|his|her|the|this|patient|worker|will|may|not|no|pt|d/w|exam\w*"
    r"|plan|MRI|diagnos\w*|dx"
    # verbs that tell of care and its course; regular past tenses are looked at one by one
    r"|gave|gives|took|takes|came|comes|went|goes|began|begins|brought|felt|feels|got|gets|kept|keeps|led|lost|made|makes"
    r"|ran|said|says|saw|sees|told|wore|wears|helps|needs|shows|uses|wants|works|continues|remains|recommends|reports"
    r"|requests|suggests"
    # what was measured: "Beck Depression Inventory: 31"
    r"|inventory|questionnaire|survey|scale|scores?)\b",
    re.IGNORECASE,
)
# What stands in sentences that name no diagnosis: headings, years, counts, hours of a day.
_TELLS = re.compile(
    r":|\b(?:19|20)\d\d\b|\b(?:one|two|three|four|five|six|several|many|since|when|after)\b", re.IGNORECASE
)
_PARTICIPLE = re.compile(r"\b\w{3,}ed\b", re.IGNORECASE)


def end_of_lines(text: str, led: Led, end: int) -> int | None:
    """Where a list that has a line for each diagnosis ends, under a heading; None where it is no such list."""
    if not _LINE_BEGUN.search(text[led.start : led.end]) or marks_of(text, Span(led.end, end)):
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
    said = text[start:end].lower()
    rules = diagnosis_rules()
    for pattern in rules.patterns("stop"):
        stop = pattern.expression.search(text, start, end) if pattern.may_be_in(said) else None
        end = stop.start() if stop else end
    verb, denial = rules.pattern("finite_verb").expression.search(text, start, end), rules.pattern("denial").expression
    if verb and _OF.search(text, led.start, start) and denial.match(text, verb.start()):
        return start
    return _before_verb(text, led, verb.start()) if verb else end


def _before_verb(text: str, led: Led, verb: int) -> int:
    """Where the list ends before a verb, whose subject is of it or not: "..., and inhalers were prescribed"."""
    joint = max(_JOINT.finditer(text, led.end, verb), key=lambda joint: joint.start(), default=None)
    if joint is None:
        return verb
    said = words_in(text, joint.end(), verb)
    names = any(map(is_disorder, said)) or any(map(is_complaint, said)) or all(map(says_more, said))
    return verb if names and _is_subject(text, led) else joint.start()


def end_before_lead(text: str, led: Led, following: Led) -> int:
    """Where a list ends at the latest if another lead follows: before what belongs to that, "; the discharge"."""
    joints = [joint for joint in _JOINT.finditer(text, led.end, following.start) if joint.start() > led.end]
    if not joints or re.search(r"[.\n]", text[joints[-1].end() : following.start]):
        return following.start
    is_of_lead = not conditions_in(text, Span(joints[-1].end(), following.start))
    return joints[-1].start() if is_of_lead else following.start


def _is_subject(text: str, led: Led) -> bool:
    """Whether the list is of the sentence's subject: "A diagnosis of gout was made", "a man diagnosed with gout"."""
    if not _OF_SUBJECT.search(text, led.start, led.end):
        return False
    before = _SENTENCE_BEGUN.split(text[max(0, led.start - _LONGEST_SUBJECT) : led.start])[-1]
    return bridge_words().predicates.isdisjoint(re.findall(r"\w+", before.lower()))


def _sentence_end(text: str, start: int, end: int) -> int:
    marks = marks_of(text, Span(start, end))
    listed = text[max(0, start - 3) : start].rstrip().endswith(":")
    match = _SENTENCE_END.search(text, start, end)
    while match and (is_within(text, start, match, end, marks) or (listed and _goes_on(text, match.end(), end))):
        match = _SENTENCE_END.search(text, match.end(), end)
    end = match.start() if match else end
    return _end_of_entries(text, Span(start, end), marks) if marks else end


def _end_of_entries(text: str, listed: Span, marks: Marks) -> int:
    """Where a list with marks ends without a full stop: at a line that has no mark, or where a sentence begins."""
    for line in _NEXT_LINE.finditer(text, *listed):
        if not marks.following.match(text, line.start(), listed.end):
            return line.start()
    last = max((mark.end() for mark in marks.following.finditer(text, *listed)), default=listed.start)
    sentence = diagnosis_rules().pattern("sentence_begun").expression.search(text, last, listed.end)
    return sentence.start() if sentence else listed.end


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether the next sentence names a condition and says nothing of it: after a colon, a list may be of such.

    One in which no known condition is named may stand between two others.
    """
    stop = _SENTENCE_END.search(text, start, end)
    if not _is_bare(text, sentence := Span(start, stop.start() if stop else end)):
        return False
    if conditions_in(text, sentence) or _TELLS.search(text, *sentence):
        return _names_more_than_operations(text, sentence)
    further = _SENTENCE_END.search(text, stop.end(), end) if stop else None
    return bool(stop and further and _is_entry(text, Span(stop.end(), further.start())))


def _names_more_than_operations(text: str, sentence: Span) -> bool:
    """Whether a condition is named, or an operation that was done: "Status post fusion", but not "Options: fusion"."""
    operation = word_ending("procedures")
    return any(not operation.search(named) for named in conditions_in(text, sentence))


def _is_entry(text: str, sentence: Span) -> bool:
    """Whether a sentence can be nothing but an entry of the list."""
    names = _is_bare(text, sentence) and not _TELLS.search(text, *sentence)
    return names and bool(conditions_in(text, sentence))


def _is_bare(text: str, sentence: Span) -> bool:
    """Whether a short sentence says nothing of what it names."""
    if not 0 < sentence.end - sentence.start < _LONGEST_BARE or _SAYS.search(text, *sentence):
        return False
    told = {word.casefold() for word in _PARTICIPLE.findall(text, *sentence)} - lexicon().tails
    return all(map(says_more, told))
