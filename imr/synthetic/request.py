"""One disputed item before it is decided: its title and all that the title says."""

from __future__ import annotations

from dataclasses import dataclass

from imr.evaluation.labels import DrugLabel
from imr.synthetic.frequency import Frequency, divided, monthly, weekly
from imr.synthetic.patient import Site
from imr.synthetic.seeded_random import SeededRandom, Weighted
from imr.synthetic.wording import Ancillary, Pairs, Region, Treatment, devices, words

LIMB_SIDES = Weighted(("bilateral", "left", "right"), (60, 20, 20))
FLANKS = Weighted(("", "left", "right", "bilateral"), (45, 20, 20, 15))


@dataclass(frozen=True, slots=True)
class Request:
    """A title and what it says. `aimed_part` is the body part that the rationale has to name for the title."""

    title: str
    category: str
    subcategory: str
    family: str
    also: Pairs = ()
    original: str | None = None
    authorized: str | None = None
    remains_eligible: bool = False
    body_parts: tuple[str, ...] = ()
    laterality: str | None = None
    visits: int | None = None
    per_week: int | None = None
    weeks: int | None = None
    drugs: tuple[DrugLabel, ...] = ()
    quantity: int | None = None
    refills: int | None = None
    retrospective: bool = False
    associated: bool = False
    surgical: bool = False
    region: Region | None = None
    aimed_part: str | None = None


@dataclass(frozen=True, slots=True)
class SiteWording:
    """What the words of a title for one site come to, drawn once so that all parts of a title agree."""

    tokens: dict[str, str]
    body_parts: tuple[str, ...]
    laterality: str | None
    part: str


def _capital(title: str) -> str:
    return title[0].upper() + title[1:]


def _part(rng: SeededRandom, site: Site) -> str:
    name = site.region.plural if site.side == "bilateral" else rng.pick(site.region.names)
    return f"{site.flank}{name}"


def _adjective(rng: SeededRandom, site: Site, spinal: bool) -> str:
    region = site.region
    if not region.adjectives:
        return f"{site.flank}{region.names[0]}"
    return region.adjectives[0] if spinal else rng.pick(region.adjectives)


def site_wording(rng: SeededRandom, site: Site, template: str, spinal: bool) -> SiteWording:
    """Draw side, level and names for a title, and say which body part and side it then names."""
    region, part = site.region, _part(rng, site)
    tokens = {"part": part, "adj": _adjective(rng, site, spinal)}
    if "{limb}" in template:
        side = rng.weigh(LIMB_SIDES)
        limb = region.limb.replace("extremity", "extremities") if side == "bilateral" else region.limb
        tokens["limb"] = f"{side} {limb}"
        return SiteWording(tokens, (region.limb,), side, part)
    side = site.side
    if spinal:
        side = rng.weigh(FLANKS) if "{flank}" in template else ""
        tokens |= {"flank": f"{side} " if side else "", "level": rng.pick(region.levels)}
    named = "{part}" in template or "{adj}" in template
    return SiteWording(tokens, region.body_parts if named else (), side or None if named else None, part)


def _shift(rng: SeededRandom, kind: Treatment) -> Request:
    hours, days, weeks = rng.between(2, 8), rng.between(2, 7), rng.pick((2, 4, 6, 8))
    title = rng.pick(kind.shifts).format(h=hours, f=days, w=weeks)
    return Request(title, kind.category, kind.subcategory, kind.family, visits=days * weeks, per_week=days, weeks=weeks)


def request_of(rng: SeededRandom, kind: Treatment, site: Site) -> Request:
    """One item of this kind for this site; about a quarter of the counted ones were authorized in part."""
    if kind.shifts and rng.chance(0.6):
        return _shift(rng, kind)
    counted = bool(kind.counted) and rng.chance(0.93)
    template = rng.pick(kind.counted if counted else kind.titles)
    wording = site_wording(rng, site, template, kind.spinal)
    frequency, original, authorized = Frequency("", None), None, None
    if counted and kind.pace == "weekly" and rng.chance(0.26):
        asked, granted, frequency = divided(rng)
        original = _capital(template.format(freq=asked.text, **wording.tokens))
        authorized = _capital(template.format(freq=granted.text, **wording.tokens))
    elif counted:
        frequency = monthly(rng) if kind.pace == "monthly" else weekly(rng)
    aimed = bool(kind.regions) and not (wording.body_parts or kind.body_parts) and rng.chance(0.5)
    site_parts = site.region.body_parts if aimed else wording.body_parts
    return Request(
        title=_capital(template.format(freq=frequency.text, **wording.tokens)),
        category=kind.category,
        subcategory=kind.subcategory,
        family=kind.family,
        also=kind.also,
        original=original,
        authorized=authorized,
        body_parts=kind.body_parts or site_parts,
        laterality=(site.side or None) if aimed else wording.laterality,
        visits=frequency.visits,
        per_week=frequency.per_week,
        weeks=frequency.weeks,
        surgical=kind.surgical,
        region=site.region if kind.regions else None,
        aimed_part=wording.part if aimed else None,
    )


def trial_of(rng: SeededRandom) -> Request:
    """Equipment asked for to keep, authorized on trial, with the original request still eligible."""
    device, table = rng.pick(devices()), words("treatments", "trial")
    name = rng.pick(device.names)
    original = rng.pick(table["originals"]).format(device=name, Device=_capital(name))
    return Request(
        title=original[0].lower() + original[1:] if original.startswith("Purchase") else original,
        category="DMEPOS",
        subcategory=device.subcategory,
        family=device.family,
        also=device.also,
        original=original,
        authorized=f"a {name} for {rng.pick(table['terms'])}",
        remains_eligible=True,
    )


def ancillary_of(rng: SeededRandom, kind: Ancillary, site: Site) -> Request:
    """A service that goes with the operation at this site."""
    template = rng.pick(kind.titles)
    wording = site_wording(rng, site, template, spinal=False)
    frequency = weekly(rng) if "{freq}" in template else Frequency("", None)
    return Request(
        title=f"Associated surgical service: {template.format(freq=frequency.text, **wording.tokens)}",
        category="Surgery",
        subcategory="Adjunct Surgical Services",
        family="adjunct",
        also=kind.also,
        body_parts=wording.body_parts,
        laterality=wording.laterality,
        visits=frequency.visits,
        per_week=frequency.per_week,
        weeks=frequency.weeks,
        associated=True,
    )
