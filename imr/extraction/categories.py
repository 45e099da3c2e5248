"""What kind of treatment is disputed, in the vocabulary of the state's own search tool."""

from __future__ import annotations

from imr.extraction.body_parts import named_parts
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
_OPEN = "Non-arthroscopic Surgery"
_SPINE = "Spine"
_DECISIVE_RANK = 1
_DRUG_RANK = 3
_PROCEDURE_DRUG_RANK = 4.5  # before the plain words for any drug, after all procedures


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
    is_anesthetic = drug.drug_class is None and bool(drug.ingredients)
    rank: float
    if drug.drug_class == "Viscosupplementation":
        rank = _DECISIVE_RANK
    elif (
        is_anesthetic
        or drug.drug_class in rules["procedure_classes"]
        or (drug.ingredients and set(drug.ingredients) <= set(rules["procedure_drugs"]))
    ):
        rank = _PROCEDURE_DRUG_RANK
    else:
        rank = _DRUG_RANK
    return Hit(Treatment("Pharmaceuticals", drug.drug_class or "Other", rank), drug.name.start, drug.name.end)


def _resolved(
    text: str, title: Span, decisive: Hit[Treatment], treatments: list[Hit[Treatment]]
) -> tuple[Category, str]:
    """The decisive treatment's category, made finer by what else the title says."""
    treatment = decisive.key
    if treatment.first_visit and title_flag("surgeon").search(text, *title):
        if not title_flag("follow_up").search(text, *title):
            return _SURGICAL_CONSULT, "surgeon_consulted"
    elif treatment.subcategory == _ARTHROSCOPIC and title_flag("open_surgery").search(text, *title):
        return ("Surgery", _OPEN), "open_surgery"
    elif treatment.by_part or treatment.subcategory == _OPEN:
        if any(hit.key.subcategory == _ARTHROSCOPIC for hit in treatments):
            return ("Surgery", _ARTHROSCOPIC), "arthroscopic"
        if treatment.by_part:
            return ("Surgery", _by_part(text, title, treatment.subcategory)), "operated_part"
    return (treatment.category, treatment.subcategory), "treatment_name"


def _by_part(text: str, title: Span, otherwise: str) -> str:
    """Spine surgery or not, by the parts that the title names, if it names only the one or the other."""
    spinal = {"spine" in part or part == "sacroiliac joint" for part in named_parts(text, title)}
    return otherwise if len(spinal) != 1 else (_SPINE if spinal == {True} else _OPEN)
