"""The disputed items of one letter: how many, of what kind, and how each was decided."""

from __future__ import annotations

from dataclasses import replace

from imr.samples.dice import Dice, Weighted
from imr.samples.medication import drug_of
from imr.samples.patient import Patient
from imr.samples.request import Request, ancillary_of, request_of, trial_of
from imr.samples.wording import ancillaries, treatments_for

# Items a letter: half have one, a few have many; shares of the letters studied.
ITEM_COUNTS = Weighted(
    range(1, 22),
    (51, 23.5, 10, 6, 3.5, 2.2, 1.3, 0.9, 0.5, 0.4, *(0.7 / 11,) * 11),
)
FAVOURABLE = 0.13  # share of letters in which most items are overturned
PAST = ("Diagnostic Testing", "Pharmaceuticals", "DMEPOS", "Injection")
RETROSPECTIVE_TITLES = (
    "Retrospective {title} (DOS {day})",
    "Retrospective request for {title} (DOS: {day})",
    "{title} (DOS {day})",
    "Retrospective {title}, date of service {day}",
    "Retrospective request for {title}, DOS: {day}",
)


def _item(dice: Dice, patient: Patient) -> Request:
    if dice.chance(0.012):
        return trial_of(dice)
    site = dice.pick(patient.sites)
    kind = dice.weigh(treatments_for(site.region.key))
    return drug_of(dice) if kind.category == "Pharmaceuticals" else request_of(dice, kind, site)


def _with_operation(dice: Dice, patient: Patient, request: Request) -> list[Request]:
    """An operation, often with the services that go with it."""
    if not request.surgical or dice.chance(0.35):
        return [request]
    site = next(site for site in patient.sites if site.region is request.region)
    kinds = dice.some(ancillaries(), dice.between(1, 4))
    return [request, *(ancillary_of(dice, kind, site) for kind in kinds)]


def _retrospective(dice: Dice, request: Request, day: str) -> Request:
    """The same item after it was given; only what is given in one go is asked for afterwards."""
    if request.original or request.category not in PAST or not dice.chance(0.06):
        return request
    return replace(
        request,
        title=dice.pick(RETROSPECTIVE_TITLES).format(title=request.title, day=day),
        retrospective=True,
    )


def _shouted(request: Request) -> Request:
    """The title in capitals, as some letters of 2014 print it; the two-part forms were never so."""
    if request.original:
        return request
    drugs = tuple(
        replace(drug, name=drug.name.upper(), strength=drug.strength and drug.strength.upper())
        for drug in request.drugs
    )
    return replace(request, title=request.title.upper(), drugs=drugs)


def items_of(dice: Dice, patient: Patient, service_day: str, capitals: bool) -> tuple[Request, ...]:
    """The items of one letter, no title twice. `service_day` is the date of a treatment already given."""
    count = dice.weigh(ITEM_COUNTS)
    found: dict[str, Request] = {}
    while len(found) < count:
        for request in _with_operation(dice, patient, _item(dice, patient)):
            told = _retrospective(dice, request, service_day)
            told = _shouted(told) if capitals else told
            found.setdefault(told.title, told)
    return tuple(found.values())


def outcomes_of(dice: Dice, items: tuple[Request, ...]) -> list[bool]:
    """For each item whether the denial was overturned; what goes with an operation follows it."""
    favourable = dice.chance(FAVOURABLE)
    found: list[bool] = []
    for item in items:
        if item.associated and not found[-1]:
            found.append(False)
        else:
            found.append(dice.chance(0.72 if favourable else 0.02))
    return found
