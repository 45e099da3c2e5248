"""The clinical case summary: who was hurt, how, what was found and done, and what was asked for."""

from __future__ import annotations

from typing import NamedTuple

from imr.synthetic.patient import Dates, Patient
from imr.synthetic.seeded_random import SeededRandom
from imr.synthetic.wording import words

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


def _person(rng: SeededRandom, patient: Patient) -> str:
    sex = rng.pick(SEX_WORDS[patient.sex])
    trade = f" {rng.pick(words('summaries', 'people')['occupations'])}" if rng.chance(0.5) else ""
    if patient.age is None:
        return f"{sex}{trade}"
    hyphen = "-" if rng.chance(0.4) else " "
    return f"{patient.age}{hyphen}year{hyphen}old {sex}{trade}"


def _diagnoses(rng: SeededRandom, patient: Patient) -> tuple[str, ...]:
    if rng.chance(0.08):
        return ()
    found: list[str] = []
    for site in patient.sites:
        picked = rng.some(site.region.diagnoses, rng.between(1, 2))
        found += [diagnosis.format(side=site.flank) for diagnosis in picked]
    return tuple(found)


def _opening(rng: SeededRandom, patient: Patient, dates: Dates, dated: bool, tokens: dict[str, str]) -> str:
    kind = "mental" if all(site.region.key == "psyche" for site in patient.sites) else "physical"
    mechanism, deed, cause = rng.pick(words("summaries", "mechanisms")[kind])
    tokens |= {"mechanism": mechanism, "deed": deed, "cause": cause, "injury": patient.day(dates.injury)}
    tokens["person"] = _person(rng, patient)
    sentence: str = rng.pick(words("summaries", "opening")["dated" if dated else "undated"])
    return sentence.format(**tokens)


def _history(rng: SeededRandom, patient: Patient, tokens: dict[str, str]) -> str:
    table = words("summaries", "treatment")
    kind = "mental" if patient.sites[0].region.key == "psyche" else "physical"
    tokens["list"] = listed(rng.some(table[kind], rng.between(2, 5)))
    sentence: str = rng.pick(table["sentences"])
    return sentence.format(**tokens)


def _visit(rng: SeededRandom, patient: Patient, tokens: dict[str, str]) -> list[str]:
    table, told = words("summaries", "visit"), []
    for number, site in enumerate(patient.sites):
        side = {"side": site.flank, "mm": str(rng.between(2, 6)), "score": str(rng.between(9, 22))}
        tokens["complaint"] = rng.pick(site.region.complaints).format(**side)
        tokens["quality"] = rng.pick(table["qualities"])
        told.append(rng.pick(table["complaints" if number == 0 else "second"]).format(**tokens))
        tokens["list"] = listed([x.format(**side) for x in rng.some(site.region.findings, rng.between(2, 4))])
        told.append(rng.pick(table["findings"]).format(**tokens))
        if rng.chance(0.5):
            tokens["imaging"] = rng.pick(site.region.imaging).format(**side)
            told.append(rng.pick(table["imaging"]).format(**tokens))
    return told


def summarize(rng: SeededRandom, patient: Patient, dates: Dates, dated: bool) -> Summary:
    """Write the summary; `dated` says whether it gives the day of the injury."""
    table = words("summaries", "visit")
    tokens = {**PRONOUNS[patient.sex], "worker": patient.worker, "n": str(rng.between(3, 8))}
    tokens |= {"visit": patient.day(dates.visit), "rfa": patient.day(dates.rfa), "ur": patient.day(dates.ur_denial)}
    tokens |= {"study": patient.day(dates.visit), "low": str(rng.between(2, 5)), "high": str(rng.between(6, 10))}
    diagnoses = _diagnoses(rng, patient)
    told = [_opening(rng, patient, dates, dated, tokens)]
    if diagnoses:
        tokens["list"] = listed(list(diagnoses))
        told.append(rng.pick(words("summaries", "diagnoses")["sentences"]).format(**tokens))
    told.append(_history(rng, patient, tokens))
    told += _visit(rng, patient, tokens)
    told += [rng.pick(table[name]).format(**tokens) for name in ("medication", "function", "status", "plan")]
    review = rng.pick(table["review"]).format(**tokens)
    if rng.chance(0.3):
        return Summary((" ".join(told), review), diagnoses)
    return Summary((f"{' '.join(told)} {review}",), diagnoses)
