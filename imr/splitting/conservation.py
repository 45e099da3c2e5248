"""Whether the parts of the disputed items add up, by counts that do not depend on one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from imr.errors import Code, UnsupportedError
from imr.records import Section, Span
from imr.splitting.formats import ItemForm, Part

Item = tuple[tuple[str | None, str], ...]
Regions = Sequence[tuple[Part, Span]]


def check_items(text: str, regions: Regions, sections: Sequence[Section], form: ItemForm) -> None:
    """Make sure that no disputed item was overlooked or cut off.

    Raises:
        UnsupportedError: `items_disagree`.
    """
    _check_labels(text, [region for _, region in regions], sections, form)
    if any(part.holds == "items" for part, _ in regions):
        _check_bodies(sections)


def without_repeated(text: str, sections: Sequence[Section]) -> list[Section]:
    """The sections without those of items that are there word for word already, the others numbered anew."""
    items: dict[int, Item] = {}
    for section in sections:
        if number := section.decision_number:
            words = " ".join(text[section.start : section.end].split())
            items[number] = (*items.get(number, ()), (section.title, words))
    first: dict[Item, int] = {}
    for number in sorted(items):
        first.setdefault(items[number], number)
    anew = {old: new for new, old in enumerate(sorted(first.values()), 1)}
    return [
        section._replace(decision_number=anew.get(section.decision_number or 0))
        for section in sections
        if not section.decision_number or section.decision_number in anew
    ]


def _check_bodies(sections: Sequence[Section]) -> None:
    """An item of which only the heading is there has lost what was decided and why: its file was cut off, for one."""
    parts = Counter(section.decision_number for section in sections if section.decision_number)
    if bare := [number for number, count in parts.items() if count == 1]:
        raise UnsupportedError(Code.ITEMS_DISAGREE, f"nothing follows the heading of {len(bare)} of {len(parts)} items")


def _check_labels(text: str, regions: Sequence[Span], sections: Sequence[Section], form: ItemForm) -> None:
    """Make sure that every label which each item has once was taken for an item's.

    One that was not stands inside the words of another item: an item was not seen, and its neighbour holds its words.
    """
    having = Counter(section.title for section in sections if section.decision_number)
    for label in form.labels:
        if not label.counted:
            continue
        printed = sum(len(label.pattern.findall(text, *region)) for region in regions)
        if printed > having[label.title]:
            raise UnsupportedError(
                Code.ITEMS_DISAGREE,
                f"{printed} labels of the kind '{label.title}', but {having[label.title]} items that have one",
            )
