"""Composition: one letter from a seed and a number, its words and its truth from the same throws."""

from __future__ import annotations

from hashlib import sha256

from imr.evaluation.labels import DecisionLabel, FromOne, LetterLabel
from imr.synthetic.citing import Era, Slot, era_of, slot_of
from imr.synthetic.docket import items_of, outcomes_of
from imr.synthetic.letter import Header, Layout, Piece, SyntheticLetter
from imr.synthetic.patient import Dates, Patient, dates_of, patient_of
from imr.synthetic.rationale import Rationale, reason
from imr.synthetic.request import Request
from imr.synthetic.reviewer import Reviewer, process_pieces, reviewer_of
from imr.synthetic.seeded_random import SeededRandom
from imr.synthetic.summary import Summary, summarize
from imr.synthetic.wording import words

FIRST_YEAR, YEARS = 2014, 11
FIRST_SERIAL = 900_000  # above any serial number given out in a real year


def compose(seed: int, number: int) -> SyntheticLetter:
    """The letter of this seed and number; always the same.

    The case number depends on `number` alone: years 2014 to 2024 in turn, serials from 0900000 upwards.
    """
    rng = SeededRandom(seed, number)
    year = FIRST_YEAR + number % YEARS
    case_number = f"CM{year % 100}-{FIRST_SERIAL + number // YEARS:07}"
    patient = patient_of(rng)
    expedited = rng.chance(0.02)
    dates = dates_of(rng, year, patient.age, expedited)
    headless = rng.chance(0.35 if year <= 2015 else 0.01)
    reviewer = _reviewer(rng, patient, year)
    summary_dated = not headless or rng.chance(0.75)
    summary = summarize(rng, patient, dates, summary_dated)
    header = None if headless else _header(case_number, dates, expedited)
    issues, decisions = _issues(rng, patient, dates, year)
    form, headings = words("form", "boilerplate"), words("form", "headings")
    content = (
        Piece("heading", headings["process"]),
        *process_pieces(rng, reviewer),
        Piece("heading", headings["summary"]),
        Piece("body", form["summary"]),
        *(Piece("body", paragraph) for paragraph in summary.paragraphs),
        Piece("heading", headings["issues"]),
        Piece("body", form["issues"]),
        *issues,
    )
    return SyntheticLetter(
        name=_hash_name(seed, number) if headless else case_number,
        case_number=None if headless else case_number,
        header=header,
        layout=_layout(rng, headless),
        content=content,
        truth=_truth(header, dates, summary_dated, reviewer, patient, summary, decisions),
    )


def _hash_name(seed: int, number: int) -> str:
    return sha256(f"{seed}:{number}".encode()).hexdigest()[:16]


def _layout(rng: SeededRandom, headless: bool) -> Layout:
    return "spread" if rng.chance(0.85 if headless else 0.05) else "plain"


def _reviewer(rng: SeededRandom, patient: Patient, year: int) -> Reviewer:
    in_prose = rng.chance({2014: 0.85, 2015: 0.15}.get(year, 0.0))
    psychiatric = patient.sites[0].region.key == "psyche"
    return reviewer_of(rng, "prose" if in_prose else "block", psychiatric)


def _header(case_number: str, dates: Dates, expedited: bool) -> Header:
    return Header(
        case_number=case_number,
        date_assigned=dates.assigned,
        date_of_injury=dates.injury,
        decision_date=dates.decision,
        ur_denial_date=dates.ur_denial,
        priority="Expedited" if expedited else "Standard",
        application_received=dates.application,
    )


def _issues(
    rng: SeededRandom, patient: Patient, dates: Dates, year: int
) -> tuple[list[Piece], tuple[DecisionLabel, ...]]:
    """The blocks of all disputed items, and what they say."""
    visit = dates.visit
    day = f"{visit.month}/{visit.day}/{visit.year % 100:02}" if rng.chance(0.6) else patient.day(visit)
    own_line = rng.chance(0.75) if year == 2014 else False
    items = items_of(rng, patient, day, capitals=year == 2014 and rng.chance(0.4))
    tokens = {
        "worker": patient.worker,
        "visit": patient.day(visit),
        "rfa": patient.day(dates.rfa),
        "low": str(rng.between(2, 5)),
        "high": str(rng.between(6, 9)),
    }
    era = era_of(year)
    pieces: list[Piece] = []
    decisions = []
    for number, (item, overturned) in enumerate(zip(items, outcomes_of(rng, items), strict=True), start=1):
        slots = _slots(rng, item, era)
        rationale = reason(rng, item, overturned, tokens)
        pieces += _block(item, overturned, own_line or rng.chance(0.025), slots, rationale)
        decisions.append(_decision(number, item, overturned, slots, rationale))
    return pieces, tuple(decisions)


def _slots(rng: SeededRandom, item: Request, era: Era) -> tuple[Slot, Slot]:
    return (
        slot_of(rng, "claims_administrator", item.family, item.region, era),
        slot_of(rng, "reviewer", item.family, item.region, era),
    )


def _block(
    item: Request, overturned: bool, own_line: bool, slots: tuple[Slot, Slot], rationale: Rationale
) -> tuple[Piece, ...]:
    form = words("form", "boilerplate")
    outcome = "Overturned" if overturned else "Upheld"
    return (
        Piece("issue", f"\n{outcome}" if own_line else outcome, _lead(item)),
        Piece("slot", slots[0].text, form["claims_administrator"]),
        Piece("slot", slots[1].text, form["reviewer"]),
        Piece("slot", rationale.text, form["rationale"]),
    )


def _lead(item: Request) -> str:
    if not item.original:
        return f"{item.title}:"
    form: str = words("form", "partial")["eligible" if item.remains_eligible else "remaining"]
    return form.format(original=item.original, authorized=item.authorized, request=item.title)


def _decision(
    number: int, item: Request, overturned: bool, slots: tuple[Slot, Slot], rationale: Rationale
) -> DecisionLabel:
    return DecisionLabel(
        decision_number=FromOne(number),
        treatment_request=item.title,
        original_request=item.original,
        authorized_portion=item.authorized,
        outcome="overturned" if overturned else "upheld",
        treatment_category=item.category,
        treatment_subcategory=item.subcategory,
        also_acceptable=item.also,
        body_parts=item.body_parts,
        laterality=item.laterality,
        visits=item.visits,
        visits_per_week=item.per_week,
        weeks=item.weeks,
        drugs=item.drugs,
        quantity=item.quantity,
        refills=item.refills,
        is_retrospective=item.retrospective,
        is_associated_surgical_service=item.associated,
        states_medically_necessary=rationale.medically_necessary,
        claims_administrator_cites_none=slots[0].cites_none,
        reviewer_cites_none=slots[1].cites_none,
        citations=slots[0].citations + slots[1].citations,
    )


def _truth(
    header: Header | None,
    dates: Dates,
    summary_dated: bool,
    reviewer: Reviewer,
    patient: Patient,
    summary: Summary,
    decisions: tuple[DecisionLabel, ...],
) -> LetterLabel:
    """What the letter says: without a header only the summary tells the day of the injury."""
    return LetterLabel(
        case_number=header.case_number if header else None,
        decision_date=header.decision_date.isoformat() if header else None,
        date_assigned=header.date_assigned.isoformat() if header else None,
        ur_denial_date=header.ur_denial_date.isoformat() if header else None,
        application_received_date=header.application_received.isoformat() if header else None,
        date_of_injury=dates.injury.isoformat() if summary_dated else None,
        priority=header.priority.lower() if header else None,
        reviewer_specialties=reviewer.specialties,
        reviewer_licensed_states=reviewer.states,
        patient_age=patient.age,
        patient_sex=patient.sex,
        diagnoses=summary.diagnoses,
        letter_format="determination_2014",
        decisions=decisions,
    )
