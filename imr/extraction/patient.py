"""What the clinical case summary says of the patient: age, sex and the date of injury."""

from __future__ import annotations

import datetime as dt
import re

from imr.extraction.patient_pronouns import sex_of_pronouns
from imr.extraction.wording import trim
from imr.records import Found, Span
from imr.rules import load_rules
from imr.text import lowered

_AGES = range(14, 105)
_LONGEST_BEFORE = 32  # characters before an age or an accident that say whose it is
_YEARS = range(1950, 2036)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PERIOD_GOES_ON = re.compile(
    r"\s*(?:to|through|thru|until|and ending|and again|-|\u2013|(?:and|&)(?=\s(?:on\s)?\d{1,2}[/-]\d{1,2}[/-]\d))"
    r"\s*(?:on\s+)?\d",
    re.IGNORECASE,
)
_INJURY_TABLES = ("injury_current", "injury_explicit", "injury_stated", "injury_event", "injury_mentioned")


def read_age(text: str, summary: Span) -> Found[int] | None:
    """The patient's age in years."""
    rules = load_rules("extraction", "patient")
    another = rules.pattern("age_of_another").expression
    for pattern in rules.patterns("age_rule"):
        for match in pattern.expression.finditer(text, *summary):
            age, before = _number(match["age"]), Span(summary.start, match.start())
            if age not in _AGES or not _stands_behind(pattern.before, text, before):
                continue
            ends = {match.start(), match.start("age")}
            if not any(_ends(another, text, before._replace(end=end)) for end in ends):
                return Found(age, *match.span("age"), f"patient.{pattern.name}")
    return None


def _stands_behind(before: re.Pattern[str] | None, text: str, said: Span) -> bool:
    """Whether what must stand before a pattern does, if anything must."""
    return before is None or _ends(before, text, said)


def _ends(expression: re.Pattern[str], text: str, said: Span) -> bool:
    """Whether an expression that ends where the text does matches the end of what is said before an age or accident."""
    return expression.search(text, max(said.start, said.end - _LONGEST_BEFORE), said.end) is not None


def read_sex(text: str, summary: Span) -> Found[str] | None:
    """ "male" or "female": by a word for the patient, else by the pronouns that stand for the patient."""
    rules = load_rules("extraction", "patient")
    another = rules.pattern("age_of_another").expression
    for pattern in rules.patterns("sex_rule"):
        has_age = "age" in pattern.expression.groupindex
        for match in pattern.expression.finditer(text, *summary):
            before = Span(summary.start, match.start())
            if _stands_behind(pattern.before, text, before) and not (has_age and _ends(another, text, before)):
                return Found(_sex_of(match["sex"]), *match.span("sex"), f"patient.{pattern.name}")
    return sex_of_pronouns(text, summary)


def read_injury_date(text: str, summary: Span) -> Found[dt.date] | None:
    """The one exact date that the narrative gives for the injury; None where it gives two or a period."""
    lower = lowered(text[slice(*summary)])
    rules = load_rules("extraction", "patient")
    other = rules.pattern("other_accident").expression
    for table in _INJURY_TABLES:
        found = [
            Found(day, *match.span("date"), f"patient.{wording.name}")
            for wording in rules.patterns(table)
            if wording.may_be_in(lower)
            for match in wording.expression.finditer(text, *summary)
            if (day := _day(match))
            and not _PERIOD_GOES_ON.match(text, match.end("date"))
            and not _ends(other, text, Span(summary.start, match.start()))
        ]
        if found:
            first = min(found, key=lambda item: item.start)
            return first if len({item.value for item in found}) == 1 else None
    return _date_told_first(text, summary)


def _date_told_first(text: str, summary: Span) -> Found[dt.date] | None:
    """The one date in the sentences before a narrative comes to any care: that of the accident it begins with."""
    rules = load_rules("extraction", "patient")
    frame = rules.pattern("frame").expression.match(text, *trim(text, *summary))
    start = frame.end() if frame else summary.start
    care = rules.pattern("care").expression.search(text, start, summary.end)
    end = max(text.rfind(". ", start, care.start()), start) if care else summary.end
    dates = list(rules.pattern("told_first").expression.finditer(text, start, end))
    days = {day for match in dates if (day := _day(match))}
    if len(days) != 1 or _PERIOD_GOES_ON.match(text, dates[0].end()):
        return None
    if rules.pattern("told_otherwise").expression.search(text, start, dates[0].start()):
        return None
    return Found(days.pop(), *dates[0].span("date"), "patient.told_first", "inferred")


def _number(words: str) -> int:
    """A number in figures or in English words up to ninety-nine."""
    if words.isdigit():
        return int(words)
    numbers: dict[str, int] = load_rules("extraction", "patient")["numbers"]
    return sum(numbers[word] for word in re.split(r"[\s-]+", words.casefold()))


def _sex_of(word: str) -> str:
    rules = load_rules("extraction", "patient")
    word = word.casefold()
    sexes: dict[str, str] = {"m": "male", "f": "female"} | rules["sexes"] | rules["pronouns"]
    return sexes[word]


def _day(match: re.Match[str]) -> dt.date | None:
    """The day a date match names; None for what no calendar holds."""
    style = next(number for number in "1234" if match[f"y{number}"])
    year, day = int(match[f"y{style}"]), int(match[f"d{style}"])
    month = int(match[f"m{style}"]) if style in "12" else 1 + _MONTHS.index(match[f"b{style}"].casefold())
    if year < 100:
        year += 2000 if year <= _YEARS.stop - 2000 else 1900
    try:
        return dt.date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None
