"""The clinical case summary: who was hurt, how, what was found and done, and what was asked for."""

from __future__ import annotations

from typing import NamedTuple

from imr.samples.dice import Dice
from imr.samples.patient import Dates, Patient
from imr.samples.wording import words

PRONOUNS = {
    "male": {"he": "he", "He": "He", "himself": "himself"},
    "female": {"he": "she", "He": "She", "himself": "herself"},
}
SEX_WORDS = {"male": ("male", "male", "male", "man"), "female": ("female", "female", "female", "woman")}


class Summary(NamedTuple):
    """The paragraphs of the summary and the diagnoses they state."""

    paragraphs: tuple[str, ...]
    diagnoses: tuple[str, ...]


def listed(parts: list[str]) -> str:
    """A list in prose; semicolons where a part holds a comma of its own."""
    if len(parts) < 2:
        return "".join(parts)
    if any("," in part for part in parts):
        return f"{'; '.join(parts[:-1])}; and {parts[-1]}"
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def _person(dice: Dice, patient: Patient) -> str:
    sex = dice.pick(SEX_WORDS[patient.sex])
    trade = f" {dice.pick(words('summaries', 'people')['occupations'])}" if dice.chance(0.5) else ""
    if patient.age is None:
        return f"{sex}{trade}"
    hyphen = "-" if dice.chance(0.4) else " "
    return f"{patient.age}{hyphen}year{hyphen}old {sex}{trade}"


def _diagnoses(dice: Dice, patient: Patient) -> tuple[str, ...]:
    if dice.chance(0.08):
        return ()
    found: list[str] = []
    for site in patient.sites:
        picked = dice.some(site.region.diagnoses, dice.between(1, 2))
        found += [diagnosis.format(side=site.flank) for diagnosis in picked]
    return tuple(found)


def _opening(dice: Dice, patient: Patient, dates: Dates, dated: bool, tokens: dict[str, str]) -> str:
    kind = "mental" if all(site.region.key == "psyche" for site in patient.sites) else "physical"
    mechanism, deed, cause = dice.pick(words("summaries", "mechanisms")[kind])
    tokens |= {"mechanism": mechanism, "deed": deed, "cause": cause, "injury": patient.day(dates.injury)}
    tokens["person"] = _person(dice, patient)
    sentence: str = dice.pick(words("summaries", "opening")["dated" if dated else "undated"])
    return sentence.format(**tokens)


def _history(dice: Dice, patient: Patient, tokens: dict[str, str]) -> str:
    table = words("summaries", "treatment")
    kind = "mental" if patient.sites[0].region.key == "psyche" else "physical"
    tokens["list"] = listed(dice.some(table[kind], dice.between(2, 5)))
    sentence: str = dice.pick(table["sentences"])
    return sentence.format(**tokens)


def _visit(dice: Dice, patient: Patient, tokens: dict[str, str]) -> list[str]:
    table, told = words("summaries", "visit"), []
    for place, site in enumerate(patient.sites):
        side = {"side": site.flank, "mm": str(dice.between(2, 6)), "score": str(dice.between(9, 22))}
        tokens["complaint"] = dice.pick(site.region.complaints).format(**side)
        tokens["quality"] = dice.pick(table["qualities"])
        told.append(dice.pick(table["complaints" if place == 0 else "second"]).format(**tokens))
        tokens["list"] = listed([x.format(**side) for x in dice.some(site.region.findings, dice.between(2, 4))])
        told.append(dice.pick(table["findings"]).format(**tokens))
        if dice.chance(0.5):
            tokens["imaging"] = dice.pick(site.region.imaging).format(**side)
            told.append(dice.pick(table["imaging"]).format(**tokens))
    return told


def summarize(dice: Dice, patient: Patient, dates: Dates, dated: bool) -> Summary:
    """Write the summary; `dated` says whether it gives the day of the injury."""
    table = words("summaries", "visit")
    tokens = {**PRONOUNS[patient.sex], "worker": patient.worker, "n": str(dice.between(3, 8))}
    tokens |= {"visit": patient.day(dates.visit), "rfa": patient.day(dates.rfa), "ur": patient.day(dates.ur_denial)}
    tokens |= {"study": patient.day(dates.visit), "low": str(dice.between(2, 5)), "high": str(dice.between(6, 10))}
    diagnoses = _diagnoses(dice, patient)
    told = [_opening(dice, patient, dates, dated, tokens)]
    if diagnoses:
        tokens["list"] = listed(list(diagnoses))
        told.append(dice.pick(words("summaries", "diagnoses")["sentences"]).format(**tokens))
    told.append(_history(dice, patient, tokens))
    told += _visit(dice, patient, tokens)
    told += [dice.pick(table[name]).format(**tokens) for name in ("medication", "function", "status", "plan")]
    review = dice.pick(table["review"]).format(**tokens)
    if dice.chance(0.3):
        return Summary((" ".join(told), review), diagnoses)
    return Summary((f"{' '.join(told)} {review}",), diagnoses)
