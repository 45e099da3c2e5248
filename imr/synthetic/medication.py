"""Disputed drugs: titles with strength, count and refills, and compounded creams."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from imr.evaluation.labels import DrugLabel
from imr.synthetic.request import Request
from imr.synthetic.seeded_random import SeededRandom
from imr.synthetic.wording import Medicine, medicines, words


class _Dose(NamedTuple):
    name: str
    strength: str
    refills: int

    def fill(self, template: str, **more: object) -> str:
        many = f"{self.refills} refill{'' if self.refills == 1 else 's'}"
        return template.format(name=self.name, strength=self.strength, refills=many, **more)


@cache
def _compound_share() -> float:
    weight: float = words("drugs", "compound")["weight"]
    return weight / (weight + medicines().totals[-1])


def _template(rng: SeededRandom, drug: Medicine) -> str:
    titles = words("drugs", "titles")
    if drug.volumes:
        kind = "volume"
    elif drug.form == "patch":
        kind = "patch"
    else:
        kind = "counted" if rng.chance(0.88) else "uncounted"
    template: str = rng.pick(titles[kind])
    return template


def _medicine(rng: SeededRandom, drug: Medicine) -> Request:
    template = _template(rng, drug)
    dose = _Dose(rng.pick(drug.names), rng.pick(drug.strengths), rng.between(1, 3))
    volume = rng.pick(drug.volumes) if drug.volumes else ""
    count = rng.pick(drug.counts) if "{count}" in template else None
    title = dose.fill(template, count=count, volume=volume, form=f" {drug.form}" if drug.form else "")
    original = authorized = None
    if count and count >= 60 and "{refills}" not in template and rng.chance(0.2):
        # Part of the tablets was authorized; the rest is in dispute.
        granted = count // rng.between(2, 3)
        original, authorized = title, dose.fill(template, count=granted)
        count -= granted
        title = dose.fill(template, count=count)
    return Request(
        title=title,
        category="Pharmaceuticals",
        subcategory=drug.drug_class,
        family=drug.family,
        also=drug.also,
        original=original,
        authorized=authorized,
        drugs=(DrugLabel(dose.name, drug.ingredients, dose.strength if "{strength}" in template else None),),
        quantity=count,
        refills=dose.refills if "{refills}" in template else None,
    )


def _compound(rng: SeededRandom) -> Request:
    table = words("drugs", "compound")
    mixed = [(part[0], rng.pick(part[1:])) for part in rng.some(table["parts"], rng.between(2, 5))]
    slashed = rng.chance(0.6)
    template = rng.pick(table["slashed" if slashed else "listed"])
    dose = _Dose("", "", rng.between(1, 3))
    parts = ("/" if slashed else ", ").join(f"{name} {share}" for name, share in mixed)
    names, shares = zip(*mixed, strict=True)
    # A list behind a heading is known by its heading; a row with slashes by its row of names.
    name = "/".join(names) if slashed else template.partition(":")[0]
    drug = DrugLabel(name, tuple(x.lower() for x in names), "/".join(shares) if slashed else None)
    return Request(
        title=dose.fill(template, parts=parts, volume=rng.pick(table["volumes"])),
        category="Pharmaceuticals",
        subcategory="Topical Compounds",
        family="compound",
        drugs=(drug,),
        refills=dose.refills if "{refills}" in template else None,
    )


def drug_of(rng: SeededRandom) -> Request:
    """One disputed drug."""
    return _compound(rng) if rng.chance(_compound_share()) else _medicine(rng, rng.weigh(medicines()))
