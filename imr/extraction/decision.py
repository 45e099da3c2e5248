"""One disputed item: what was asked, what became of it, on which grounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from imr.extraction.amounts import read_amounts
from imr.extraction.amounts_explained import explained
from imr.extraction.body_parts import read_body_parts
from imr.extraction.categories import read_category, read_flags
from imr.extraction.citations import cites_none, read_basis, read_citations
from imr.extraction.drugs import DrugMention, read_drugs
from imr.extraction.evidence import EvidenceLog
from imr.extraction.outcome import read_outcome
from imr.extraction.parts import ItemParts
from imr.extraction.reach import SLOT, TITLE, within
from imr.extraction.requests import read_request
from imr.extraction.sides import read_laterality
from imr.extraction.verdict import read_verdict
from imr.records import Citation, CitedBy, Decision, Drug, Found, Span
from imr.text import fold

_NOWHERE = Span(0, 0)


class DecisionRecords(NamedTuple):
    """All records of one disputed item."""

    decision: Decision
    drugs: tuple[Drug, ...]
    citations: tuple[Citation, ...]


def extract_decision(text: str, item: ItemParts, titles: Sequence[Span], log: EvidenceLog) -> DecisionRecords:
    """The records of one item, their evidence noted in `log`; `titles` are those that stand over all items."""
    request = read_request(text, item.heading)
    wanted = request.disputed.value[:TITLE]
    outcome = read_outcome(text, request.outcome, item.rationale, titles, wanted)
    title, disputed = within(request.title, TITLE), within((request.disputed.start, request.disputed.end), TITLE)
    mentions = read_drugs(text, disputed)
    amounts = explained(text, read_amounts(text, disputed), item.rationale)
    body_parts = _body_parts(text, disputed, title, item.rationale)
    category = read_category(text, disputed, mentions, body_parts)
    retrospective, surgical = read_flags(text, title)
    verdict = read_verdict(text, item.rationale, wanted) if outcome.value != "partially_overturned" else None
    notes = log.of("decisions", item.number)
    (name, subname), start, end, rule, method = category
    decision = Decision(
        decision_number=item.number,
        treatment_request=notes.need("treatment_request", request.disputed),
        original_request=notes.take("original_request", request.original),
        authorized_portion=notes.take("authorized_portion", request.authorized),
        outcome=notes.need("outcome", outcome),
        treatment_category=notes.need("treatment_category", Found(name, start, end, rule, method)),
        treatment_subcategory=notes.need("treatment_subcategory", Found(subname, start, end, rule, method)),
        body_parts=notes.take_all("body_parts", body_parts),
        laterality=notes.take("laterality", read_laterality(text, disputed, item.rationale, body_parts)),
        visits=notes.take("visits", amounts.visits),
        visits_per_week=notes.take("visits_per_week", amounts.visits_per_week),
        weeks=notes.take("weeks", amounts.weeks),
        quantity=notes.take("quantity", amounts.quantity),
        refills=notes.take("refills", amounts.refills),
        is_retrospective=notes.flag("is_retrospective", retrospective),
        is_associated_surgical_service=notes.flag("is_associated_surgical_service", surgical),
        states_medically_necessary=notes.take("states_medically_necessary", verdict),
        outcome_matches_rationale=_matches(outcome.value, verdict),
        claims_administrator_basis=notes.take("claims_administrator_basis", _basis(text, item.claims_administrator)),
        reviewer_basis=notes.take("reviewer_basis", _basis(text, item.reviewer)),
        claims_administrator_cites_none=notes.flag(
            "claims_administrator_cites_none", cites_none(text, within(item.claims_administrator, SLOT))
        ),
        reviewer_cites_none=notes.flag("reviewer_cites_none", cites_none(text, within(item.reviewer, SLOT))),
        rationale=notes.take("rationale", _rationale(text, item.rationale)),
    )
    return DecisionRecords(decision, _drugs(item.number, mentions, log), _citations(text, item, log))


def _body_parts(text: str, disputed: Span, title: Span, rationale: Span) -> tuple[Found[str], ...]:
    """The disputed part of a partly authorised item may leave the body part to the request it is a part of."""
    own = read_body_parts(text, disputed, _NOWHERE) if disputed != title else ()
    return own or read_body_parts(text, title, rationale)


def _matches(outcome: str, verdict: Found[bool] | None) -> bool | None:
    return None if verdict is None else verdict.value == (outcome == "overturned")


def _basis(text: str, slot: Span) -> Found[str] | None:
    return read_basis(text, slot) if slot.end > slot.start else None


def _rationale(text: str, span: Span) -> Found[str] | None:
    return Found(fold(text[slice(*span)]), *span, "labelled_part") if span.end > span.start else None


def _drugs(number: int, mentions: tuple[DrugMention, ...], log: EvidenceLog) -> tuple[Drug, ...]:
    """One record per ingredient; a product whose ingredients nobody knows keeps one record of its own."""
    drugs: list[Drug] = []
    for mention in mentions:
        for ingredient in mention.ingredients or (None,):
            notes = log.of("drugs", number, len(drugs) + 1)
            if ingredient is not None:
                notes.need("ingredient", mention.name._replace(value=ingredient, method="inferred"))
            if mention.drug_class is not None:
                notes.need("drug_class", mention.name._replace(value=mention.drug_class, method="inferred"))
            drugs.append(
                Drug(
                    number,
                    len(drugs) + 1,
                    notes.need("name", mention.name),
                    ingredient,
                    mention.drug_class,
                    notes.take("strength", mention.strength),
                    mention.is_compound,
                )
            )
    return tuple(drugs)


def _citations(text: str, item: ItemParts, log: EvidenceLog) -> tuple[Citation, ...]:
    slots: tuple[tuple[CitedBy, Span], ...] = (
        ("claims_administrator", within(item.claims_administrator, SLOT)),
        ("reviewer", within(item.reviewer, SLOT)),
    )
    mentions = [(cited_by, mention) for cited_by, slot in slots for mention in read_citations(text, slot)]
    citations: list[Citation] = []
    for number, (cited_by, mention) in enumerate(mentions, 1):
        notes = log.of("citations", item.number, number)
        citations.append(
            Citation(
                item.number,
                number,
                cited_by,
                notes.need("source", mention.source),
                notes.take("title", mention.title),
                notes.take("year", mention.year),
                notes.take("sections", mention.sections),
                notes.take("pages", mention.pages),
                notes.take("regulation", mention.regulation),
                notes.need("text", mention.text),
            )
        )
    return tuple(citations)
