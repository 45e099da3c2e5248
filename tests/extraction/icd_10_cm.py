"""Writes `imr/extraction/rules/icd_10_cm.toml`: what the names of ICD-10-CM tell of how a diagnosis is worded.

`python -m tests.extraction.icd_10_cm` with the package simple-icd-10-cm (MIT licence) installed, which carries the
tabular list of ICD-10-CM as the CDC publishes it. ICD-10-CM is a work of the United States government (CDC/NCHS and
CMS) and in the public domain.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import textwrap
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from imr.extraction.diagnosis_lexicon import word_ending

PACKAGE = "simple-icd-10-cm"
RULES = Path(__file__).parents[2] / "imr" / "extraction" / "rules" / "icd_10_cm.toml"

CHAPTERS = re.compile(r"F[1-9]|[G-NRS]\d|T(?:0|1[0-4]|2|3[0-4]|79|8)")
"""Without organisms, tumours, dementia, birth, poisons and the causes of injuries."""
DISEASES = re.compile(r"[ABE-NST]\d")
ADJECTIVE = re.compile(r"(?:al|ar|ic|ous|ary|ive|ed|ent)\Z")
WORD = re.compile(r"[a-z](?:[a-z'-]*[a-z])?")
ENDS = (
    r"of|with|without|due|in|to|from|following|at|by|as|for|on|affecting|associated|complicating|involving|or|including"
    r"|related|after|during|resulting|not|secondary|excluding|except|into|classified|specified"
)
HEAD_ENDS = re.compile(rf"[,\[(]| (?:{ENDS}|and)\b")
"""Where the noun that names the condition is over: "sprain" in "Sprain of ligaments of cervical spine"."""
PAIR = re.compile(rf"\b({WORD.pattern}),? and ({WORD.pattern})(?=[,\[(]| (?:{ENDS})\b|$)")
PLACE = re.compile(rf" (?:of|at|in) ([^,\[(]+?)(?= (?:{ENDS.replace('of|', '').replace('in|', '')})\b|[,\[(]|$)")
TAIL = re.compile(r"[a-z][a-z-]+(?: [a-z-]+| \d)?(?: [a-z-]+){0,2}")
"""What may be kept of a name's end: up to four words. "With ..." and "not ..." need no list."""
NAMES_NOTHING = frozenset(
    WORD.findall(
        "affect alteration astragalus atlas attention axis beats capacity category categories cells complications conduction conductive "
        "developing distance disorders diseases effects event finding findings forms found genetic guidance hanging immersion imposed "
        "infantile investigation lack length levels listed lobe localization-related malleus markers material media menopausal "
        "menstrually movements peculiar perceptions pres primarily rate reading recruitment reporting responder result results "
        "retained sample scale score sector sensation shadow shift sounds spacing speech splinter spots stature stream "
        "study suspect symptoms taco tags tolerance transgender tributary under voice withdraws words"
    )
)
"""Heads of names that by themselves are no condition."""
NO_TAILS = frozenset(("localized peritonitis", "repair"))


class Name(NamedTuple):
    """One name of the list, in lower case, and its code; `is_billable` where no finer code stands below it."""

    words: str
    code: str
    is_billable: bool
    is_synonym: bool


def tabular_list() -> ET.Element:
    """The list itself. Raises ModuleNotFoundError where the package is not installed."""
    package = importlib.util.find_spec("simple_icd_10_cm")
    if package is None or package.origin is None:
        raise ModuleNotFoundError(f"{PACKAGE} is not installed")
    (path,) = Path(package.origin).parent.glob("data/*tabular*.xml")
    return ET.parse(path).getroot()


def names_in(root: ET.Element) -> Iterator[Name]:
    """The names of the chapters that injured workers' diagnoses come from, and their synonyms."""
    for entry in root.iter("diag"):
        code = entry.findtext("name", "")
        if CHAPTERS.match(code):
            terms = [note.text or "" for note in entry.findall("inclusionTerm/note")]
            for place, text in enumerate([entry.findtext("desc", ""), *terms]):
                yield Name(" ".join(text.lower().split()), code, entry.find("diag") is None, place > 0)


def heads(names: Iterable[Name]) -> tuple[Counter[str], Counter[str]]:
    """How often a word is the noun that names the condition, and how often it stands in a name at all."""
    head, anywhere = Counter[str](), Counter[str]()
    for name in names:
        anywhere.update(set(WORD.findall(name.words)))
        head.update(WORD.findall(HEAD_ENDS.split(name.words + " ")[0])[-1:])
    return head, anywhere


def conditions(names: Iterable[Name]) -> set[str]:
    """Words that name a condition: mostly the head of the names they stand in. Symptoms are not among them."""
    head, anywhere = heads(name for name in names if name.code[0] != "R")
    return {w for w, n in head.items() if n > 2 and 2 * n >= anywhere[w] and len(w) > 3} - NAMES_NOTHING


def single_words(root: ET.Element) -> set[str]:
    """Words that are a name by themselves, in all chapters of diseases: "scabies", "malnutrition, unspecified".

    Those that are told by their ending need no list.
    """
    told = re.compile(rf"{ADJECTIVE.pattern}|{word_ending('endings').pattern}")
    terms = [
        term.text or ""
        for entry in root.iter("diag")
        if DISEASES.match(entry.findtext("name", ""))
        for term in [*entry.findall("desc"), *entry.findall("inclusionTerm/note")]
    ]
    names = {re.sub(r"(?:, unspecified| nos)\Z", "", term.lower()) for term in terms}
    return {name for name in names if WORD.fullmatch(name) and len(name) > 3 and not told.search(name)}


def places(names: Iterable[Name]) -> set[str]:
    """Words for parts of the body: what the condition is "of", and seldom or never its head."""
    names = list(names)
    head, anywhere = heads(names)
    after = Counter[str]()
    for name in names:
        if name.code[0] in "SMGHKN":
            for place in PLACE.finditer(name.words):
                after.update(WORD.findall(place.group(1)))
    return {w for w, n in after.items() if n > 2 and 5 * n >= 2 * anywhere[w] and 8 * head[w] <= anywhere[w]}


def pairs(names: Iterable[Name], sites: set[str]) -> set[str]:
    """Two conditions that one name holds: "dizziness and giddiness"."""
    names = list(names)
    both = [pair for name in names for pair in PAIR.findall(name.words)]
    return {f"{left} and {right}" for left, right in both if not {left, right} & (sites | NAMES_NOTHING)}


def tails(names: Iterable[Name], places: set[str], named: set[str]) -> set[str]:
    """What a name says after a comma in a few words, but for mere places: "single episode", "current injury"."""
    found = Counter[str]()
    for name in names:
        if name.is_billable and not name.code.startswith("R40"):
            found.update(tail for tail in re.split(r",\s*", name.words)[1:] if TAIL.fullmatch(tail))
    opened = re.compile(r"(?:with|without|not|and|or|except|unspecified|left|right|bilateral|other)\b")
    return {
        tail
        for tail, times in found.items()
        if tail not in NO_TAILS and not opened.match(tail) and not places & set(WORD.findall(tail))
        if times > 3 or not named & set(WORD.findall(tail))
    }


def rule_file() -> str:
    """The whole file as it stands in the repository."""
    root = tabular_list()
    names = list(names_in(root))
    described = [name for name in names if not name.is_synonym]
    sites = places(names)
    named = conditions(names) | (single_words(root) - sites - NAMES_NOTHING)
    tables = {
        "conditions": ("Words that name a condition.", named),
        "places": ("Words for parts of the body.", sites - named),
        "pairs": ("Two conditions that one name holds.", pairs(names, sites)),
        "tails": ("What a name says after a comma, but for mere places.", tails(described, sites, named)),
    }
    return _header(root.findtext("version", "")) + "".join(
        f"\n# {comment}\n{name} = '''\n{_block(entries)}\n'''\n" for name, (comment, entries) in tables.items()
    )


def _header(version: str) -> str:
    return (
        f"# What the names of ICD-10-CM {version} tell of how a diagnosis is worded. Do not edit: written by\n"
        "# `python -m tests.extraction.icd_10_cm` from the tabular list of the CDC, National Center for Health\n"
        "# Statistics, and CMS (in the public domain, a work of the United States government), as it comes with\n"
        f"# {PACKAGE} {importlib.metadata.version(PACKAGE)} (MIT licence). Entries are parted by semicolons.\n"
    )


def _block(entries: Iterable[str]) -> str:
    return textwrap.fill("; ".join(sorted(entries)), 118, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    RULES.write_text(rule_file(), encoding="utf-8")
