"""What kind of treatment is disputed, in the vocabulary of the state's own search tool."""

from __future__ import annotations

from imr.extraction.body_parts import part_names
from imr.extraction.drugs import DrugMention
from imr.extraction.treatments import Treatment, named_treatments, title_flag
from imr.extraction.vocabulary import Hit
from imr.records import Found, Span
from imr.rules import load_rules

Category = tuple[str, str]

_OTHER: Category = ("Other", "Other")
_ADJUNCT: Category = ("Surgery", "Adjunct Surgical Services")
_SURGICAL_CONSULT: Category = ("Surgery", "Surgical Consult")
_ARTHROSCOPIC = "Arthroscopic Surgery"
_SPINE = "Spine"
_DRUG_RANK = 2
_PROCEDURE_DRUG_RANK = 4


def read_category(text: str, title: Span, drugs: tuple[DrugMention, ...]) -> Found[Category]:
    """Category and subcategory of the item, and the words that decided them."""
    if prefix := title_flag("associated_surgical_service").match(text, *title):
        return Found(_ADJUNCT, *prefix.span(), "associated_surgical_service", "inferred")
    treatments = named_treatments(text, title)
    candidates = [*treatments, *map(_drug_candidate, drugs)]
    if not candidates:
        return Found(_OTHER, *title, "none_matched", "inferred")
    decisive = min(candidates, key=lambda hit: (hit.key.rank, hit.start))
    value, rule = _resolved(text, title, decisive, treatments)
    return Found(value, decisive.start, decisive.end, rule, "inferred")


def read_flags(text: str, title: Span) -> tuple[Found[bool] | None, Found[bool] | None]:
    """Whether the whole title names the item retrospective, and an associated surgical service."""
    return _flag(text, title, "retrospective"), _flag(text, title, "associated_surgical_service")


def _flag(text: str, title: Span, name: str) -> Found[bool] | None:
    match = title_flag(name).search(text, *title)
    return Found(True, *match.span(), name) if match else None


def _drug_candidate(drug: DrugMention) -> Hit[Treatment]:
    """A drug as a treatment; what is given by needle only decides where no procedure is named."""
    rules = load_rules("extraction", "drugs")
    needle = drug.drug_class in rules["procedure_classes"] or bool(
        drug.ingredients and set(drug.ingredients) <= set(rules["procedure_drugs"])
    )
    by_needle = needle or (drug.drug_class is None and bool(drug.ingredients))
    rank = _PROCEDURE_DRUG_RANK if by_needle else _DRUG_RANK
    if drug.drug_class == "Viscosupplementation":
        rank = 1
    return Hit(Treatment("Pharmaceuticals", drug.drug_class or "Other", rank), drug.name.start, drug.name.end)


def _resolved(
    text: str, title: Span, decisive: Hit[Treatment], treatments: list[Hit[Treatment]]
) -> tuple[Category, str]:
    """The decisive treatment's category, made finer by what else the title says."""
    treatment = decisive.key
    value = (treatment.category, treatment.subcategory)
    if treatment.first_visit and title_flag("surgeon").search(text, *title):
        return (value, "follow_up") if title_flag("follow_up").search(text, *title) else (
            _SURGICAL_CONSULT,
            "surgeon_consulted",
        )
    if treatment.category == "Surgery" and treatment.by_part:
        if any(hit.key.subcategory == _ARTHROSCOPIC for hit in treatments):
            return ("Surgery", _ARTHROSCOPIC), "arthroscopic"
        return ("Surgery", _by_part(text, title, treatment.subcategory)), "operated_part"
    if value == ("Surgery", "Non-arthroscopic Surgery") and any(
        hit.key.subcategory == _ARTHROSCOPIC for hit in treatments
    ):
        return ("Surgery", _ARTHROSCOPIC), "arthroscopic"
    return value, "treatment_name"


def _by_part(text: str, title: Span, otherwise: str) -> str:
    """Spine surgery or not, by the parts that the title names, if it names only the one or the other."""
    parts = {part for hit in part_names().find(text, *title) for part in hit.key.parts}
    spinal = {"spine" in part or part == "sacroiliac joint" for part in parts}
    return otherwise if len(spinal) != 1 else (_SPINE if spinal == {True} else "Non-arthroscopic Surgery")
