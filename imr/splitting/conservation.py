"""Whether the parts of the disputed items add up, by counts that do not depend on one another."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from imr.errors import Code, UnsupportedError
from imr.records import Section, Span
from imr.splitting.formats import Part
from imr.splitting.items import RATIONALE
from imr.splitting.labels import FoundLabels
from imr.text import fold

_BEFORE_HEADING = re.compile(r"(?:^|\s)(\d{1,2})[.)]\s*\Z")
_SAME = 200  # characters: shorter words may be a stock sentence, with something behind it in another item
Item = tuple[tuple[str | None, str], ...]
Regions = Sequence[tuple[Part, Span]]


def check_items(text: str, regions: Regions, sections: Sequence[Section], labels: FoundLabels) -> None:
    """Make sure that no disputed item was overlooked or cut off.

    Raises:
        UnsupportedError: `items_disagree`.
    """
    _check_labels(sections, labels)
    for part, region in regions:
        if part.holds == "items":
            _check_bodies(sections)
            _check_numbers(text, region, sections)
            _check_prints(text, sections)


def without_repeated(text: str, sections: Sequence[Section]) -> list[Section]:
    """The sections without those of items that are there word for word already, the others numbered anew."""
    headings = [fold(text[s.start : s.end]) for s in sections if s.decision_number and s.title is None]
    if len(set(headings)) == len(headings):
        return list(sections)
    items = _items(text, sections)
    first: dict[Item, int] = {}
    for number in sorted(items):
        first.setdefault(items[number], number)
    anew = {old: new for new, old in enumerate(sorted(first.values()), 1)}
    return [
        section._replace(decision_number=anew.get(section.decision_number or 0))
        for section in sections
        if not section.decision_number or section.decision_number in anew
    ]


def _items(text: str, sections: Sequence[Section]) -> dict[int, Item]:
    """What each item's sections are called and say, by its number."""
    items: dict[int, Item] = {}
    for section in sections:
        if number := section.decision_number:
            words = fold(text[section.start : section.end])
            items[number] = (*items.get(number, ()), (section.title, words))
    return items


def _check_bodies(sections: Sequence[Section]) -> None:
    """An item of which only the heading is there has lost what was decided and why: its file was cut off, for one."""
    parts = Counter(section.decision_number for section in sections if section.decision_number)
    if bare := [number for number, count in parts.items() if count == 1]:
        raise UnsupportedError(Code.ITEMS_DISAGREE, f"nothing follows the heading of {len(bare)} of {len(parts)} items")


def _check_numbers(text: str, region: Span, sections: Sequence[Section]) -> None:
    """A line with the number after an item's, where no heading has that number and no list of the item's own counts
    up to it, is an item that words its outcome as none does.
    """
    headings = [section.start for section in sections if section.decision_number and section.title is None]
    before = [_BEFORE_HEADING.search(text[max(0, start - 5) : start]) for start in headings]
    numbers = [int(match[1]) if match else 0 for match in before]
    for number, start, stop in zip(numbers, headings, [*headings[1:], region.end], strict=True):
        following = number and number + 1 not in numbers and _line_of(number + 1).search(text, start, stop)
        if following and not re.search(rf"(?<!\S){number}[.)]\s", text[start : following.start()]):
            raise UnsupportedError(Code.ITEMS_DISAGREE, f"a line is numbered {number + 1}, but no item is")


def _check_prints(text: str, sections: Sequence[Section]) -> None:
    """An item whose rationale goes on where another's ends, both word for word alike until there, is on a page that is
    in the file twice: what stands first on that page was joined to the item before it.
    """
    begun = [fold(text[s.start : s.start + _SAME]) for s in sections if s.decision_number and s.title == RATIONALE]
    if len(set(begun)) == len(begun):
        return
    alike: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for item in _items(text, sections).values():
        parts = dict(item)
        del parts[None]  # of a heading that begins on the page above, the second print has the end alone
        rationale = parts.pop(RATIONALE, "")
        if len(parts) > 1 and len(rationale) >= _SAME:
            alike[*sorted(parts.values()), rationale[:_SAME]].append(rationale)
    for prints in alike.values():
        if any(one != other and other.startswith(one) for one, other in pairwise(sorted(prints))):
            raise UnsupportedError(Code.ITEMS_DISAGREE, "an item is there twice, and not word for word")


def _line_of(number: int) -> re.Pattern[str]:
    return re.compile(rf"^{number}[.):]\s+(?=[A-Z])", re.MULTILINE)


def _check_labels(sections: Sequence[Section], labels: FoundLabels) -> None:
    """Make sure that every label which each item has once was taken for an item's.

    One that was not stands inside the words of another item: an item was not seen, and its neighbour holds its words.
    """
    having = Counter(section.title for section in sections if section.decision_number)
    for title, printed in labels.counted():
        if printed > having[title]:
            raise UnsupportedError(
                Code.ITEMS_DISAGREE,
                f"{printed} labels of the kind '{title}', but {having[title]} items that have one",
            )
