"""The disputed items of one letter: how many, of what kind, and how each was decided."""

from __future__ import annotations

from dataclasses import replace

from imr.synthetic.medication import drug_of
from imr.synthetic.patient import Patient
from imr.synthetic.request import Request, ancillary_of, request_of, trial_of
from imr.synthetic.seeded_random import SeededRandom, Weighted
from imr.synthetic.wording import ancillaries, treatments_for

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


def _item(rng: SeededRandom, patient: Patient) -> Request:
    if rng.chance(0.012):
        return trial_of(rng)
    site = rng.pick(patient.sites)
    kind = rng.weigh(treatments_for(site.region.key))
    return drug_of(rng) if kind.category == "Pharmaceuticals" else request_of(rng, kind, site)


def _with_operation(rng: SeededRandom, patient: Patient, request: Request) -> list[Request]:
    """An operation, often with the services that go with it."""
    if not request.surgical or rng.chance(0.35):
        return [request]
    site = next(site for site in patient.sites if site.region is request.region)
    kinds = rng.some(ancillaries(), rng.between(1, 4))
    return [request, *(ancillary_of(rng, kind, site) for kind in kinds)]


def _retrospective(rng: SeededRandom, request: Request, day: str) -> Request:
    """The same item after it was given; only what is given in one go is asked for afterwards."""
    if request.original or request.category not in PAST or not rng.chance(0.06):
        return request
    return replace(
        request,
        title=rng.pick(RETROSPECTIVE_TITLES).format(title=request.title, day=day),
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


def items_of(rng: SeededRandom, patient: Patient, service_day: str, capitals: bool) -> tuple[Request, ...]:
    """The items of one letter, no title twice. `service_day` is the date of a treatment already given."""
    count = rng.weigh(ITEM_COUNTS)
    found: dict[str, Request] = {}
    while len(found) < count:
        for request in _with_operation(rng, patient, _item(rng, patient)):
            told = _retrospective(rng, request, service_day)
            told = _shouted(told) if capitals else told
            found.setdefault(told.title, told)
    return tuple(found.values())


def outcomes_of(rng: SeededRandom, items: tuple[Request, ...]) -> list[bool]:
    """For each item whether the denial was overturned; what goes with an operation follows it."""
    favourable = rng.chance(FAVOURABLE)
    found: list[bool] = []
    for item in items:
        if item.associated and not found[-1]:
            found.append(False)
        else:
            found.append(rng.chance(0.72 if favourable else 0.02))
    return found
