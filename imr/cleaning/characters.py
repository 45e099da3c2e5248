"""One form for each character: what looks alike is written one way, and what cannot be seen is left out.

A line gets this form before any rule reads it, and clean text is written in it, by the same edits. Only characters that
stand for another are touched: accents, degrees, fractions and quotes stay as they are printed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from imr.rules import load_rules

LOST_BLANK = "\u00c2"
"""What is left of a no-break space whose UTF-8 was read as Windows-1252 and trimmed: no word ends with it."""

_SOFT_HYPHEN = "\u00ad"
_EN_DASH, _EM_DASH = "\u2013", "\u2014"
_INDENT = 40  # characters between the end of a line and the first word of the next
_FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_BYTES = {bytes([byte]).decode("cp1252", "ignore"): byte for byte in range(0x80, 0x100)} | {
    chr(byte): byte for byte in range(0x80, 0xA0)
}
"""The bytes beyond ASCII, by what Windows-1252 or Latin-1 makes of each."""

# What UTF-8 begins with that letters may hold: Latin letters and signs, accents by themselves, Greek; further signs and
# the ligatures, bullets and wide forms of fonts; pictures. All else is of scripts that no letter is written in, and
# begins as a name does that ends with an accent, before a no-break space or a dash ("RENÉ" or "René" is no Chinese).
_TWO_BYTES, _THREE_BYTES, _FOUR_BYTES = "\u00c2-\u00c5\u00cb\u00cc\u00ce\u00cf", "\u00e2\u00ef", "\u00f0"

# What is written otherwise begins with no visible character of ASCII but a letter with an accent behind it. This is
# asked first, as all else costs ten times as much at every character of a line.
_BEGINNING = r"(?=[^!-~]|[A-Za-z][\u0300-\u036f])"


class Edit(NamedTuple):
    """Characters of a text, and what is written in their place."""

    start: int
    end: int
    text: str


def is_plain(text: str) -> bool:
    """Whether a text holds nothing that is edited."""
    # Spelt out: this is asked of every line, and a loop over the marks costs more than all of them.
    return text.isascii() and "  " not in text and "- " not in text and "\t" not in text and "\u0002" not in text


def in_one_form(text: str) -> str:
    """A line as rules read it. An extractor's marks of hyphens stay, as they tell where a printed line ended."""
    if text.isascii():
        return text
    return _characters().sub(lambda match: match[0] if match[0] in _hyphen_marks() else _form_of(match), text)


def without_margins(text: str) -> str:
    """A line without the blanks at its ends, seen or not."""
    if text.isascii():
        return text.strip()
    begun = text[_left_margin().match(text).end() :]  # type: ignore[union-attr]  # it matches an empty one, too
    return begun.rstrip(_blanks() + LOST_BLANK)


def edits(text: str, start: int, end: int, *, soft_hyphens: bool) -> Iterator[Edit]:
    """What is written otherwise of a line of a text, in order.

    Runs of blanks become one blank, the blank in a broken word goes. `soft_hyphens` tells that the text has hyphens
    beside its soft ones, so that these only say where a word may be broken.
    """
    for match in _edited(ascii_only=text[start:end].isascii()).finditer(text, start, end):
        if match[0] == _SOFT_HYPHEN:
            written = "" if soft_hyphens and _is_in_word(match) else "-"
        elif match["broken"]:
            written = ""
        elif match["blanks"]:
            written = " " if any(each.isspace() or each == LOST_BLANK for each in match[0]) else ""
        else:
            written = _form_of(match)
        if written != match[0]:
            yield Edit(*match.span(), written)


def _form_of(match: re.Match[str]) -> str:
    """The form of a character, or of a sequence that stands for one."""
    found = match[0]
    if found[0] == LOST_BLANK and len(found) == 1:
        return " "
    read = unicodedata.normalize("NFC", _decoded(found))
    form = _forms().get(found) or _forms().get(read) or "".join(map(_form_of_one, read))
    return "-" if form in (_EN_DASH, _EM_DASH) and _is_hyphen(match, form) else form


def _form_of_one(character: str) -> str:
    if character in _hidden():
        return ""
    return " " if character.isspace() else _forms().get(character, character)


def _decoded(run: str) -> str:
    """UTF-8 that was read as Windows-1252, once or twice; what is none stays."""
    for _ in range(2):
        try:
            run = bytes(_BYTES[each] if each in _BYTES else ord(each) for each in run).decode()
        except (UnicodeDecodeError, ValueError):
            break
    return run


def _is_hyphen(match: re.Match[str], dash: str) -> bool:
    """Whether a dash stands for a hyphen, in a word or a range; a long one parts words, but no figures."""
    before, after = _around(match)
    if dash == _EM_DASH:
        return before.isdigit() and after.isdigit()
    return before.isalnum() and after.isalnum()


def _is_in_word(match: re.Match[str]) -> bool:
    """Whether a word goes on behind a soft hyphen, on this line or the next."""
    before, after = _around(match)
    return before.isalpha() and (after or _next_line(match)).islower()


def _around(match: re.Match[str]) -> tuple[str, str]:
    """The characters beside a match; nothing beyond the stretch that is looked at."""
    text, start, end = match.string, match.start(), match.end()
    return text[max(match.pos, start - 1) : start], text[end : min(match.endpos, end + 1)]


def _next_line(match: re.Match[str]) -> str:
    return match.string[match.end() : match.end() + _INDENT].lstrip()[:1]


@cache
def _forms() -> dict[str, str]:
    rules = load_rules("cleaning", "characters")
    return {**_FULL_WIDTH, **rules["forms"], **dict.fromkeys(_hyphen_marks(), "-")}


@cache
def _hyphen_marks() -> frozenset[str]:
    return frozenset(load_rules("cleaning", "characters")["extractors"]["hyphen_marks"])


@cache
def _hidden() -> frozenset[str]:
    """The characters that cannot be seen."""
    of_them = re.compile(f"[{_hidden_ranges()}]")
    return frozenset(character for character in map(chr, range(0x10000)) if of_them.match(character))


def _hidden_ranges() -> str:
    return "".join(load_rules("cleaning", "characters")["hidden"]["ranges"])


@cache
def _blanks() -> str:
    return "".join([*filter(str.isspace, map(chr, range(0x10000))), *sorted(_hidden())])


@cache
def _left_margin() -> re.Pattern[str]:
    blank = rf"[\s{_hidden_ranges()}]"
    return re.compile(rf"(?:{blank}|{LOST_BLANK}(?={blank}))*")


@cache
def _character_expression() -> str:
    longest = sorted(_forms(), key=len, reverse=True)
    trail = "[" + "".join(map(re.escape, (each for each, byte in _BYTES.items() if byte < 0xC0))) + "]"
    sequence = f"[{_TWO_BYTES}]{trail}|[{_THREE_BYTES}]{trail}{{2}}|[{_FOUR_BYTES}]{trail}{{3}}"
    blank = rf"(?! )[^\S\t\n\r\f]|{LOST_BLANK}(?=\s)"
    single = f"{'|'.join(map(re.escape, longest))}|[{_hidden_ranges()}]|[{_EN_DASH}{_EM_DASH}]"
    return f"(?:{sequence})+|[A-Za-z][\u0300-\u036f]+|{blank}|{single}"


@cache
def _characters() -> re.Pattern[str]:
    return re.compile(f"{_BEGINNING}(?:{_character_expression()})")


@cache
def _edited(*, ascii_only: bool) -> re.Pattern[str]:
    """What may have to be written otherwise. Each alternative begins with a character that few words hold; the one that
    does not is spared to lines that cannot hold what follows it.
    """
    beginnings = load_rules("cleaning", "reflow")["broken_words"]["beginnings"]
    after = "|".join(rf"(?<=\b{word}[-\u2010\u2011] )" for word in beginnings)
    broken = rf"(?P<broken> (?:{after})(?=[a-z])(?!(?:and|or|to)\b))"
    blank = r"[^\S\n]"
    if ascii_only:  # as most lines are: of all that is edited they hold blanks and one mark
        marks = "".join(filter(str.isascii, _hyphen_marks()))
        return re.compile(rf"(?=[\s{marks}])(?:{broken}|(?P<blanks>{blank}{{2,}}|(?! ){blank})|[{marks}])")
    blank = rf"(?:{blank}|[{_hidden_ranges()}]|{LOST_BLANK}(?=[\s{_hidden_ranges()}]))"
    blanks = rf"(?P<blanks>{blank}{{2,}}|(?! ){blank})"
    return re.compile(f"{_BEGINNING}(?:{broken}|{blanks}|{_SOFT_HYPHEN}|{_character_expression()})")
