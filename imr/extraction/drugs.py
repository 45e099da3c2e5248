"""The drugs that an item disputes: one mention per product, with its ingredients, class and strength."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise

from imr.extraction.drug_list import DrugName, catalogue, known_combinations, stem_class, wording
from imr.extraction.vocabulary import Hit
from imr.records import Found, Method, Span
from imr.rules import load_rules
from imr.text import fold

_ALIAS = re.compile(r"[\s,]*[(\[]?\s*(?:brand|generic|aka|i\.e\.)?(?:\s+for)?[\s:,/-]*", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]{5,}")
_NEXT_WORD = re.compile(r"[\s-]*([A-Za-z]+)")
_JOINING = ("", "/", "-", "+", "w/", "w /")
_DOSE_UNITS = ("mg", "mcg")
_COMPOUND = "Topical Compounds"
_TOPICAL = "Topical Analgesics"


@dataclass(frozen=True, slots=True)
class DrugMention:
    """One product as written, resolved as far as the drug list knows it.

    `ingredients` are generic names in lower case, empty where nobody knows; `drug_class` is a Pharmaceuticals
    subcategory of the labelling vocabulary; `is_compound` marks what a pharmacy mixes from several drugs.
    """

    name: Found[str]
    ingredients: tuple[str, ...]
    drug_class: str | None
    strength: Found[str] | None
    is_compound: bool


def read_drugs(text: str, title: Span) -> tuple[DrugMention, ...]:
    """The drugs named in `text[title.start:title.end]`, one mention per product, in the title's order."""
    hits = _hits(text, title)
    if not hits:
        return _unlisted(text, title)
    products = _products(text, title, hits)
    bounds = [title.start, *(product[0].start for product in products[1:]), title.end]
    return tuple(
        _mention(text, product, Span(before, after), title)
        for product, (before, after) in zip(products, pairwise(bounds), strict=True)
    )


def _hits(text: str, title: Span) -> list[Hit[DrugName]]:
    named = catalogue().find(text, *title)
    listed = [hit for hit in named if not _is_something_else(text, hit, title)]
    taken = [(hit.start, hit.end) for hit in named]
    stems = (hit for hit in _stem_hits(text, title) if not any(s < hit.end and hit.start < e for s, e in taken))
    return sorted(chain(listed, stems), key=lambda hit: hit.start)


def _stem_hits(text: str, title: Span) -> Iterator[Hit[DrugName]]:
    for match in _WORD.finditer(text, *title):
        name = match.group().lower()
        if drug_class := stem_class(name):
            yield Hit(DrugName((name,), drug_class, "stem", False, True), *match.span())


def _is_something_else(text: str, hit: Hit[DrugName], title: Span) -> bool:
    following = _NEXT_WORD.match(text, hit.end, title.end)
    if following and following[1].lower() in _not_a_drug("before"):
        return True
    return text[title.start : hit.start].lower().rstrip(" -\n").endswith(_not_a_drug("after"))


@cache
def _not_a_drug(where: str) -> tuple[str, ...]:
    return tuple(load_rules("extraction", "drugs")[f"not_a_drug_{where}"])


@cache
def _becomes_topical() -> frozenset[str]:
    return frozenset(load_rules("extraction", "drugs")["becomes_topical"])


def _products(text: str, title: Span, hits: list[Hit[DrugName]]) -> list[list[Hit[DrugName]]]:
    """The hits grouped: a brand and its generic, the parts of a combination, the drugs of a mixture."""
    is_mixable = _mixable(text, title)
    products = [[hits[0]]]
    for hit in hits[1:]:
        if _is_same_product(text, products[-1], hit, is_mixable):
            products[-1].append(hit)
        else:
            products.append([hit])
    return products


def _mixable(text: str, title: Span) -> Callable[[DrugName], bool]:
    """Which names may be parts of a mixture: all generics beside percentages, fewer where only a cream is named."""
    if wording("injected").search(text, *title):
        return lambda name: False
    if wording("percent").search(text, *title):
        return lambda name: name.is_generic
    if wording("cream").search(text, *title):
        return lambda name: name.is_generic and name.drug_class in _becomes_topical()
    return lambda name: False


def _is_same_product(
    text: str, product: list[Hit[DrugName]], hit: Hit[DrugName], is_mixable: Callable[[DrugName], bool]
) -> bool:
    gap = text[product[-1].end : hit.start]
    since_name = text[product[0].end : hit.start]
    if gap.strip() in _JOINING or since_name.count("(") > since_name.count(")"):
        return True
    before, after = set(_ingredients(product)), set(hit.key.ingredients)
    if before <= after or after <= before:
        return bool(_ALIAS.fullmatch(wording("salt").sub("", gap)))
    if frozenset(before | after) in known_combinations():
        return bool(wording("joins").match(gap))
    return all(map(is_mixable, (hit.key, *(part.key for part in product)))) and bool(wording("mixes").match(gap))


def _ingredients(product: list[Hit[DrugName]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(hit.key.ingredients for hit in product)))


def _mention(text: str, product: list[Hit[DrugName]], zone: Span, title: Span) -> DrugMention:
    ingredients = _ingredients(product)
    drug_class = _drug_class(text, product, ingredients, zone, title)
    is_mixture = drug_class == _COMPOUND
    return DrugMention(
        _name(text, product, is_mixture),
        ingredients,
        drug_class,
        _percents(text, zone) if is_mixture else _strength(text, product, zone),
        is_mixture,
    )


def _drug_class(
    text: str, product: list[Hit[DrugName]], ingredients: tuple[str, ...], zone: Span, title: Span
) -> str | None:
    rules = load_rules("extraction", "drugs")
    classes = [hit.key.drug_class for hit in product]
    listed = next((c for c in rules["class_precedence"] if c in classes), classes[0])
    if wording("injected").search(text, *title) and set(ingredients) <= set(rules["local_anesthetics"]):
        return None
    if _COMPOUND in classes:
        return _COMPOUND
    if listed not in _becomes_topical() or not _is_topical(text, zone, title, listed):
        return listed
    is_mixture = len(ingredients) > 1 and not (
        set(ingredients) <= set(rules["over_the_counter_topicals"]) and not _is_compounded(text, zone, title)
    )
    is_brand = any(hit.key.drug_class == _TOPICAL and not hit.key.is_generic for hit in product)
    return _COMPOUND if is_mixture and not is_brand else _TOPICAL


def _is_compounded(text: str, zone: Span, title: Span) -> bool:
    """Whether a pharmacy mixes it although its drugs are sold without: the title says so, or gives each its percent."""
    if wording("compounded").search(text, *title):
        return True
    percents = sum(1 for _ in wording("percent").finditer(text, *zone))
    return percents > 1 and not wording("patch").search(text, *zone)


def _is_topical(text: str, zone: Span, title: Span, drug_class: str) -> bool:
    """Whether a product goes on the skin: its form or a strength in percent says so and nothing else does not."""
    if wording("elsewhere").search(text, *zone):
        return False
    if wording("cream").search(text, *zone) or wording("percent").search(text, *zone):
        return True
    return drug_class != "Opioids" and bool(wording("patch").search(text, *zone))


def _name(text: str, product: list[Hit[DrugName]], is_mixture: bool) -> Found[str]:
    first, last = product[0], product[-1]
    method: Method = "repaired" if any(hit.key.is_repaired for hit in product) else "exact"
    rule = first.key.rule
    if is_mixture and len(product) > 1:
        names = "/".join(text[hit.start : hit.end] for hit in product)
        return Found(fold(names), first.start, last.end, rule, method)
    if any(c.isdigit() for c in text[first.end : last.start]):
        last = first
    end = last.end
    while salt := wording("salt_after_name").match(text, end):
        end = salt.end()
    closing = ")" if "(" in text[first.end : last.start] and text[end : end + 1] == ")" else ""
    end += len(closing)
    return Found(fold(text[first.start : end]), first.start, end, rule, method)


def _strength(text: str, product: list[Hit[DrugName]], zone: Span) -> Found[str] | None:
    """The strength after the product's name, else the one before it."""
    start = product[0].start
    for span in (Span(start, zone.end), Span(zone.start, start)):
        for rule in ("strength", "bare_strength"):
            if match := wording(rule).search(text, *span):
                return Found(fold(match.group()), *match.span(), rule)
    return None


def _percents(text: str, zone: Span) -> Found[str] | None:
    matches = list(wording("percent").finditer(text, *zone))
    if not matches:
        return None
    value = "/".join(fold(match.group()) for match in matches)
    return Found(value, matches[0].start(), matches[-1].end(), "percent")


def _unlisted(text: str, title: Span) -> tuple[DrugMention, ...]:
    """A word with a dose in milligrams after it is a drug even if no list knows it."""
    if not any(unit in text[slice(*title)].lower() for unit in _DOSE_UNITS):
        return ()
    match = wording("unlisted").search(text, *title)
    if match is None:
        return ()
    dose = wording("strength").search(text, match.end(), title.end)
    strength = Found(fold(dose.group()), *dose.span(), "strength") if dose else None
    return (DrugMention(Found(match.group(), *match.span(), "unlisted"), (), None, strength, False),)
