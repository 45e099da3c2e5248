"""What each side cites for an item: the sentences of its slot and the citations in them."""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

from imr.evaluation.labels import CitationLabel
from imr.synthetic.seeded_random import SeededRandom, Weighted
from imr.synthetic.wording import Guideline, Region, guidelines, words

Era = Literal["early", "middle", "late"]
Side = Literal["claims_administrator", "reviewer"]

# How slots open, in hundredths: nothing cited, outside of the MTUS, MTUS, both.
OPENINGS = {
    "claims_administrator": Weighted(("none", "outside", "mtus", "both"), (18, 20, 37, 25)),
    "reviewer": Weighted(("none", "outside", "mtus", "both"), (6, 16, 66, 12)),
}
WHO = {"claims_administrator": "Claims Administrator", "reviewer": "Expert Reviewer"}
ODG_NAMES = (
    "Official Disability Guidelines (ODG) ",
    "Official Disability Guidelines (ODG), ",
    "Official Disability Guidelines: ",
    "ODG ",
)


class Cited(NamedTuple):
    """One citation as written, and its parts."""

    text: str
    source: str
    title: str
    year: int | None = None
    sections: str | None = None
    pages: str | None = None


class Slot(NamedTuple):
    """The text of one guideline slot, its citations, and whether it says that nothing was cited."""

    text: str
    citations: tuple[CitationLabel, ...]
    cites_none: bool


def era_of(year: int) -> Era:
    """The citation style of a case year: pages to 2015, sections from 2016, the newer chapters from 2018."""
    if year <= 2015:
        return "early"
    return "middle" if year <= 2017 else "late"


def _paged(rng: SeededRandom, topic: str, pages: str) -> Cited:
    style = rng.pick((" Page(s): {p}", " Page(s): {p}", ", pages {p}", " Page(s): {p} of 127"))
    if "pages" in style and "-" not in pages:
        style = ", page {p}"
    written = f"{pages} of 127" if "127" in style else pages
    return Cited(f"{topic}{style.format(p=pages)}", "MTUS", topic, pages=written)


def _early(rng: SeededRandom, rule: Guideline, region: Region | None) -> list[Cited]:
    found = []
    if rule.chronic:
        section, pages = rule.chronic
        bare = rng.chance(0.2)
        found.append(_paged(rng, f"Chronic Pain Treatment Guidelines{'' if bare else f' {section}'}", pages))
    if rule.regional and region and region.chapter:
        chapter, pages = region.chapter, rng.pick(region.chapter_pages)
        found.append(Cited(f"ACOEM {chapter} Page(s): {pages}", "MTUS", chapter, pages=pages))
    if rule.early_topic:
        found.append(Cited(rule.early_topic, "MTUS", rule.early_topic))
    return found


def _sectioned(topic: str, year: int, section: str) -> Cited:
    if not section:
        return Cited(f"{topic} {year}", "MTUS", topic, year)
    return Cited(f"{topic} {year}, Section(s): {section}", "MTUS", topic, year, section)


def _middle(rng: SeededRandom, rule: Guideline, region: Region | None) -> list[Cited]:
    found = []
    if rule.chronic:
        year = 2009 if rng.chance(0.03) else 2016
        found.append(_sectioned("Chronic Pain Medical Treatment", year, rule.chronic[0]))
    if rule.regional and region and region.topic:
        found.append(_sectioned(*region.topic, rule.regional if rng.chance(0.65) else ""))
    if rule.topic:
        found.append(_sectioned(*rule.topic))
    return found


def _late(rng: SeededRandom, rule: Guideline, region: Region | None) -> list[Cited]:
    found = []
    if rule.regional and region:
        found.append(_sectioned(*region.late_topic, rule.regional if rng.chance(0.5) else ""))
    if rule.late:
        section = rule.chronic[0] if rule.chronic and rng.chance(0.5) else ""
        found.append(_sectioned(*rule.late, section))
    return found


_STYLES = {"early": _early, "middle": _middle, "late": _late}


def _odg(rng: SeededRandom, rule: Guideline, region: Region | None, era: Era) -> Cited:
    if era == "late":
        title = f"by MCG {rule.chapter or (region.odg[0] if region else 'Pain Chapter')}: {rng.pick(rule.odg)}"
        return Cited(f"ODG {title}", "ODG", title)
    if rng.chance(0.1):
        return Cited("Official Disability Guidelines (ODG)", "ODG", "Official Disability Guidelines (ODG)")
    chapter = rule.chapter or (rng.pick(region.odg) if region else "Pain")
    joint = rng.pick((", ", ", ", " - ", ": "))
    title = chapter if rng.chance(0.1) else f"{chapter}{joint}{rng.pick(rule.odg)}"
    return Cited(f"{rng.pick(ODG_NAMES)}{title}", "ODG", title)


def _outside(rng: SeededRandom, rule: Guideline, region: Region | None, era: Era) -> Cited:
    if rule.other and (not rule.odg or rng.chance(0.3)):
        title = rng.pick(rule.other)
        return Cited(title, "other", title)
    return _odg(rng, rule, region, era)


def _told(rng: SeededRandom, opening: str, rule: Guideline, region: Region | None, era: Era) -> list[list[Cited]]:
    """The citations of the MTUS sentence and of the other one; either may stay empty."""
    mtus: list[Cited] = []
    if opening in ("mtus", "both"):
        choices = _STYLES[era](rng, rule, region)
        mtus = rng.some(choices, 2 if era == "middle" and rng.chance(0.15) else 1)
    # A treatment that the MTUS is silent about can only be judged by something else.
    other = [_outside(rng, rule, region, era)] if opening in ("outside", "both") or not mtus else []
    return [mtus, other]


@cache
def _opening_lines() -> tuple[str, str, str, str]:
    table = words("form", "slots")
    return table["none"], table["outside"], table["mtus"], table["other"]


def slot_of(rng: SeededRandom, side: Side, family: str, region: Region | None, era: Era) -> Slot:
    """Write the slot of one side for one item."""
    none, outside, from_mtus, from_other = _opening_lines()
    opening = rng.weigh(OPENINGS[side])
    if opening == "none":
        return Slot(none.format(who=WHO[side]), (), True)
    mtus, other = _told(rng, opening, guidelines()[family], region, era)
    sentences = []
    if mtus:
        sentences.append(from_mtus.format(citations=", and ".join(cited.text for cited in mtus)))
    if other:
        lead = outside.format(who=WHO[side]) if not mtus and era != "early" else ""
        sentences.append(lead + from_other.format(citations=other[0].text))
    return Slot(" ".join(sentences), tuple(CitationLabel(side, *cited[1:]) for cited in mtus + other), False)
