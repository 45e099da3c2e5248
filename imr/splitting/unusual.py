"""What is unusual about a letter's sections: warning codes, never a refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from imr.records import Section, Span
from imr.splitting.formats import LetterFormat, Part, item_titles, usual_sizes
from imr.warnings import WarningCode

_LONGEST_UNREAD = 40  # characters: a title, label or stray number that nobody knows is no cause for doubt
_OUTCOME_ALONE = re.compile(r"[\W\d]*(?:upheld|(?:partially )?overturned(?: in part)?)\W*", re.IGNORECASE)
_LAST = 20  # characters, in which the end of a sentence shows
_COMPLETE = re.compile(r"(?:[.?!:;)\]\"”\u2019]|\bnecessary|\bappropriate)\Z")


def doubts(
    text: str, letter_format: LetterFormat, found: Sequence[Part], sections: Sequence[Section], unread: Sequence[Span]
) -> tuple[str, ...]:
    """The warnings that a letter's sections give cause for, each once."""
    known = [part for part in letter_format.parts if part in found]
    present = {part.section for part in found}
    sizes = usual_sizes(letter_format)
    checks = {
        WarningCode.SECTIONS_OUT_OF_ORDER: known != list(found),
        WarningCode.SECTION_MISSING: any(
            p.presence == "expected" and p.section not in present for p in letter_format.parts
        ),
        WarningCode.SECTION_SIZE_UNUSUAL: any(_unusual(section, sizes) for section in sections),
        WarningCode.TEXT_UNREAD: any(end - start > _LONGEST_UNREAD for start, end in unread),
        WarningCode.ITEM_INCOMPLETE: any(
            _incomplete(parts, letter_format) or _untitled(text, parts) for parts in _items(sections)
        ),
    }
    return tuple(code for code, holds in checks.items() if holds)


def breaks_off(text: str, last: Section) -> bool:
    """Whether the letter's last section is of an item, ends the text, and ends in the middle of a sentence."""
    ends = bool(last.decision_number) and not text[last.end :].strip()
    return ends and not _COMPLETE.search(text[max(last.start, last.end - _LAST) : last.end])


def _unusual(section: Section, sizes: Mapping[tuple[bool, str], tuple[int, int]]) -> bool:
    is_of_item = bool(section.decision_number)
    size = sizes.get((is_of_item, section.title or "" if is_of_item else section.section))
    return size is not None and not size[0] <= section.end - section.start <= size[1]


def _items(sections: Sequence[Section]) -> list[list[Section]]:
    decisions = sorted((s for s in sections if s.decision_number), key=_number)
    return [list(parts) for _, parts in groupby(decisions, key=_number)]


def _number(section: Section) -> int:
    return section.decision_number or 0


def _untitled(text: str, parts: Sequence[Section]) -> bool:
    """Whether an item's heading is an outcome and says nothing of what was asked for."""
    return any(not part.title and _OUTCOME_ALONE.fullmatch(text, part.start, part.end) for part in parts)


def _incomplete(parts: Sequence[Section], letter_format: LetterFormat) -> bool:
    return not item_titles(letter_format) <= {part.title for part in parts}
