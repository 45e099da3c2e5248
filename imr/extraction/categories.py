"""What kind of treatment is disputed, in the vocabulary of the state's own search tool."""

from __future__ import annotations

from collections.abc import Sequence

from imr.extraction.drugs import DrugMention
from imr.extraction.treatments import Treatment, may_be_flagged, title_flag, title_treatments
from imr.extraction.vocabulary import Hit
from imr.records import Found, Span
from imr.rules import load_rules
from imr.text import lowered

Category = tuple[str, str]

_OTHER: Category = ("Other", "Other")
_ADJUNCT: Category = ("Surgery", "Adjunct Surgical Services")
_SURGICAL_CONSULT: Category = ("Surgery", "Surgical Consult")
_ARTHROSCOPIC = "Arthroscopic Surgery"
_OPEN = "Non-arthroscopic Surgery"
_SPINE = "Spine"
_ENDS_OF_SPINE = ("sacroiliac joint", "sacrum/coccyx")
_STIMULATION = "Electrical Stimulation"
_SUPPLIES: Category = ("DMEPOS", "Supplies")
_DEVICE: Category = ("DMEPOS", "DME")
_VISIT: Category = ("Evaluation & Management", "Medical Specialties")
_TALK_THERAPY: Category = ("Psych Services", "Therapies")
_DECISIVE_RANK = 1
_DRUG_RANK = 3
_PROCEDURE_DRUG_RANK = 4.5  # before the plain words for any drug, after all procedures


def read_category(
    text: str, title: Span, drugs: Sequence[DrugMention], parts: Sequence[Found[str]] = ()
) -> Found[Category]:
    """Category and subcategory of the item, and the words that decided them; `parts` are what it is aimed at."""
    if prefix := title_flag("associated_surgical_service").match(text, *title):
        return Found(_ADJUNCT, *prefix.span(), "associated_surgical_service", "inferred")
    treatments = title_treatments(text, title)
    candidates = [*treatments, *map(_drug_candidate, drugs)]
    if not candidates:
        return Found(_OTHER, *title, "none_matched", "inferred")
    decisive = min(candidates, key=lambda hit: (hit.key.rank, hit.start))
    value, rule = _resolved(text, title, decisive, treatments, parts)
    return Found(value, decisive.start, decisive.end, rule, "inferred")


def read_flags(text: str, title: Span) -> tuple[Found[bool] | None, Found[bool] | None]:
    """Whether the whole title names the item retrospective, and an associated surgical service."""
    said = lowered(text[slice(*title)])
    retrospective = _flag(text, title, said, "retrospective") or _flag(text, title, said, "done_on")
    return retrospective, _flag(text, title, said, "associated_surgical_service")


def _flag(text: str, title: Span, said: str, name: str) -> Found[bool] | None:
    match = title_flag(name).search(text, *title) if may_be_flagged(name, said) else None
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
    text: str, title: Span, decisive: Hit[Treatment], treatments: Sequence[Hit[Treatment]], parts: Sequence[Found[str]]
) -> tuple[Category, str]:
    """The decisive treatment's category, made finer by what else the title says."""
    treatment = decisive.key
    after = Span(decisive.end, title.end)
    if treatment.first_visit and _says(text, title, "surgeon"):
        if not _says(text, title, "follow_up"):
            return _SURGICAL_CONSULT, "surgeon_consulted"
    elif treatment.talk and _says(text, title, "counted"):
        if not _says(text, title, "evaluation"):
            return _TALK_THERAPY, "counted_sessions"
    elif treatment.subcategory == _STIMULATION and title_flag("supplies_of").match(text, *after):
        return _SUPPLIES, "supplies_of_a_device"
    elif treatment.category == "Therapies" and _says(text, after, "device"):
        return _DEVICE, "device_for_a_therapy"
    elif treatment.category == "Injection" and title_flag("consult_about").match(text, *after):
        return _VISIT, "consult_about"
    elif treatment.category == "Surgery":
        return _operation(text, title, decisive, treatments, parts)
    return (treatment.category, treatment.subcategory), "treatment_name"


def _operation(
    text: str, title: Span, decisive: Hit[Treatment], treatments: Sequence[Hit[Treatment]], parts: Sequence[Found[str]]
) -> tuple[Category, str]:
    """What kind of surgery an operation is: by the arthroscope, and by the part it is done on."""
    operation = decisive.key
    named = (operation.category, operation.subcategory), "treatment_name"
    if named[0] != _ADJUNCT and title_flag("consult_about").match(text, decisive.end, title.end):
        return _SURGICAL_CONSULT, "consult_about"
    is_scoped = _says(text, title, "arthroscopic")
    is_open = _says(text, title, "open_surgery") and not is_scoped
    if operation.subcategory == _ARTHROSCOPIC:
        return (("Surgery", _OPEN), "open_surgery") if is_open else named
    if operation.by_part or operation.subcategory == _OPEN:
        if is_scoped or (not is_open and any(hit.key.subcategory == _ARTHROSCOPIC for hit in treatments)):
            return ("Surgery", _ARTHROSCOPIC), "arthroscopic"
        if operation.by_part:
            return ("Surgery", _by_part(parts, operation.subcategory)), "operated_part"
    return named


def _says(text: str, span: Span, flag: str) -> bool:
    return bool(title_flag(flag).search(text, *span))


def _by_part(parts: Sequence[Found[str]], otherwise: str) -> str:
    """Spine surgery or not, by the parts that the operation is aimed at, if these are only the one or the other."""
    spinal = {"spine" in part.value or part.value in _ENDS_OF_SPINE for part in parts}
    return otherwise if len(spinal) != 1 else (_SPINE if spinal == {True} else _OPEN)
