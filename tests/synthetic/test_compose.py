"""A composed letter: the same from the same seed, true to its label, spread like the real ones."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.evaluation.labels import as_json
from imr.synthetic.compose import compose
from imr.synthetic.letter import SyntheticLetter
from imr.synthetic.render import text_of
from imr.synthetic.wording import medicines, reasoning, treatments

LETTER_FIELDS = [
    "file",
    "case_number",
    "decision_date",
    "date_assigned",
    "ur_denial_date",
    "application_received_date",
    "date_of_injury",
    "priority",
    "reviewer_specialties",
    "reviewer_licensed_states",
    "patient_age",
    "patient_sex",
    "diagnoses",
    "letter_format",
    "decisions",
]
DECISION_FIELDS = [
    "decision_number",
    "treatment_request",
    "original_request",
    "authorized_portion",
    "outcome",
    "treatment_category",
    "treatment_subcategory",
    "also_acceptable",
    "body_parts",
    "laterality",
    "visits",
    "visits_per_week",
    "weeks",
    "drugs",
    "quantity",
    "refills",
    "is_retrospective",
    "is_associated_surgical_service",
    "states_medically_necessary",
    "claims_administrator_cites_none",
    "reviewer_cites_none",
    "citations",
]
DRUG_FIELDS = ["name", "ingredients", "strength"]
CITATION_FIELDS = ["cited_by", "source", "title", "year", "sections", "pages"]
BODY_WORDS = re.compile(
    r"\b(head|face|jaw|eye|ear|neck|cervical|thoracic|lumbar|sacr\w+|back|shoulders?|arms?|elbows?|forearms?|wrists?"
    r"|hands?|fingers?|thumbs?|chest|abdom\w+|groin|pelvi\w+|hips?|thighs?|knees?|legs?|ankles?|foot|feet|toes?)\b",
    re.IGNORECASE,
)
numbers = st.integers(0, 5_000_000)


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture(scope="module")
def letters() -> list[SyntheticLetter]:
    return [compose(7, number) for number in range(2000)]


@given(st.integers(0, 1000), numbers)
def test_same_seed_and_number_give_the_same_letter(seed: int, number: int) -> None:
    assert compose(seed, number) == compose(seed, number)


@given(st.integers(0, 1000), numbers)
def test_another_seed_gives_another_text(seed: int, number: int) -> None:
    assert text_of(compose(seed, number)) != text_of(compose(seed + 1, number))


@given(numbers)
def test_label_has_every_field_and_no_other(number: int) -> None:
    written = as_json(compose(3, number).truth, "a.txt")
    assert list(written) == LETTER_FIELDS
    for decision in written["decisions"]:
        assert list(decision) == DECISION_FIELDS
        assert all(list(drug) == DRUG_FIELDS for drug in decision["drugs"])
        assert all(list(citation) == CITATION_FIELDS for citation in decision["citations"])


@given(numbers)
def test_values_of_the_label_stand_in_the_text(number: int) -> None:
    letter = compose(4, number)
    text = folded(text_of(letter))
    for decision in letter.truth.decisions:
        for value in (decision.treatment_request, decision.original_request, decision.authorized_portion):
            assert value is None or value in text
        for citation in decision.citations:
            assert citation.title in text
            assert citation.sections is None or f"Section(s): {citation.sections}" in text
            assert citation.pages is None or citation.pages in text
    assert all(diagnosis in text for diagnosis in letter.truth.diagnoses)
    assert all(specialty in text for specialty in letter.truth.reviewer_specialties)
    assert letter.truth.patient_age is None or re.search(rf"\b{letter.truth.patient_age}[- ]year[- ]old", text)


@given(numbers)
def test_header_dates_stand_in_the_text_in_order_of_time(number: int) -> None:
    letter = compose(5, number)
    truth, text = letter.truth, text_of(letter)
    days = [truth.date_of_injury, truth.ur_denial_date, truth.application_received_date]
    days += [truth.date_assigned, truth.decision_date]
    known = [day for day in days if day]
    assert known == sorted(known)
    assert len(known) == 5 or letter.header is None
    for day in known if letter.header else []:
        year, month, date = day.split("-")
        assert f"{month}/{date}/{year}" in text


@given(numbers)
def test_one_outcome_line_and_three_labels_for_each_decision(number: int) -> None:
    letter = compose(6, number)
    text, wanted = folded(text_of(letter)), len(letter.truth.decisions)
    outcomes = re.findall(r": (Upheld|Overturned) Claims Administrator guideline:", text)
    assert [outcome.lower() for outcome in outcomes] == [item.outcome for item in letter.truth.decisions]
    assert text.count(" MAXIMUS guideline: ") == text.count(" Decision rationale: ") == wanted
    assert [item.decision_number for item in letter.truth.decisions] == list(range(1, wanted + 1))


@given(numbers)
def test_a_letter_without_header_prints_no_case_number(number: int) -> None:
    letter = compose(8, number)
    text = text_of(letter)
    assert (letter.case_number is None) == (letter.header is None) == ("Case Number:" not in text)
    assert letter.case_number is None or re.fullmatch(r"CM(1[4-9]|2[0-4])-(09|[1-9]\d)\d{5}", letter.case_number)
    assert letter.name == letter.case_number or re.fullmatch(r"[0-9a-f]{16}", letter.name)


def test_an_item_without_body_part_has_none_in_title_and_rationale(letters: list[SyntheticLetter]) -> None:
    checked = 0
    for letter in letters:
        titles = [piece for piece in letter.content if piece.role == "issue"]
        rationales = [piece for piece in letter.content if piece.lead == "Decision rationale:"]
        for item, title, rationale in zip(letter.truth.decisions, titles, rationales, strict=True):
            if not item.body_parts:
                checked += 1
                assert not BODY_WORDS.search(f"{title.lead} {rationale.text}"), title.lead
            assert item.body_parts or item.laterality is None
    assert checked > 1000


def test_conclusion_agrees_with_the_label(letters: list[SyntheticLetter]) -> None:
    stated = Counter[bool | None]()
    for letter in letters:
        rationales = [piece.text for piece in letter.content if piece.lead == "Decision rationale:"]
        for item, text in zip(letter.truth.decisions, rationales, strict=True):
            stated[item.states_medically_necessary] += 1
            concludes = re.search(r"medically necessary|medical necessity", text, re.IGNORECASE)
            assert bool(concludes) == (item.states_medically_necessary is not None)
            if item.states_medically_necessary:
                assert item.outcome == "overturned"
                assert not re.search(r"not[- ]?medically necessary", text)
    assert stated[None] > 0


@pytest.mark.parametrize(
    ("what", "low", "high"),
    [
        pytest.param("one item", 0.45, 0.60, id="letters-with-one-item"),
        pytest.param("overturned", 0.08, 0.14, id="items-overturned"),
        pytest.param("partial", 0.06, 0.14, id="items-authorized-in-part"),
        pytest.param("eligible", 0.004, 0.03, id="items-still-eligible"),
        pytest.param("associated", 0.025, 0.08, id="items-with-an-operation"),
        pytest.param("retrospective", 0.015, 0.05, id="items-retrospective"),
        pytest.param("none", 0.05, 0.20, id="slots-that-cite-nothing"),
        pytest.param("outside", 0.25, 0.65, id="items-with-non-mtus-citation"),
        pytest.param("drugs", 0.25, 0.50, id="items-that-are-drugs"),
        pytest.param("headless", 0.03, 0.12, id="letters-without-header"),
        pytest.param("prose", 0.05, 0.13, id="letters-with-prose-credentials"),
    ],
)
def test_shares_are_like_the_real_ones(letters: list[SyntheticLetter], what: str, low: float, high: float) -> None:
    items = [item for letter in letters for item in letter.truth.decisions]
    slots = [(item.claims_administrator_cites_none, item.reviewer_cites_none) for item in items]
    eligible = [piece for x in letters for piece in x.content if "leaving the original request" in piece.lead]
    hits = {
        "one item": (sum(len(letter.truth.decisions) == 1 for letter in letters), len(letters)),
        "overturned": (sum(item.outcome == "overturned" for item in items), len(items)),
        "partial": (sum(item.original_request is not None for item in items), len(items)),
        "eligible": (len(eligible), len(items)),
        "associated": (sum(item.is_associated_surgical_service for item in items), len(items)),
        "retrospective": (sum(item.is_retrospective for item in items), len(items)),
        "none": (sum(map(sum, slots)), 2 * len(slots)),
        "outside": (sum(any(c.source != "MTUS" for c in item.citations) for item in items), len(items)),
        "drugs": (sum(bool(item.drugs) for item in items), len(items)),
        "headless": (sum(letter.header is None for letter in letters), len(letters)),
        "prose": (sum("Board Certified" in letter.content[1].text for letter in letters), len(letters)),
    }
    hit, total = hits[what]
    assert low <= hit / total <= high


def test_items_per_letter(letters: list[SyntheticLetter]) -> None:
    counts = [len(letter.truth.decisions) for letter in letters]
    assert 2.0 <= sum(counts) / len(counts) <= 2.6
    assert 10 < max(counts) <= 25


def test_letters_are_varied(letters: list[SyntheticLetter]) -> None:
    items = [item for letter in letters for item in letter.truth.decisions]
    assert len({text_of(letter) for letter in letters}) == len(letters)
    assert len({item.treatment_category for item in items}) == 13
    assert len({drug.ingredients for item in items for drug in item.drugs}) >= 40
    assert {letter.truth.priority for letter in letters} == {"standard", "expedited", None}
    assert {len(letter.truth.reviewer_licensed_states) for letter in letters} == {1, 2, 3}


def test_vocabularies_are_wide() -> None:
    titles = {title for kind in treatments() for title in (*kind.titles, *kind.counted, *kind.shifts)}
    assert len(titles) >= 100
    assert len(medicines().options) >= 30
    assert len(reasoning()) >= 30


def test_many_numbers_make_no_case_number_twice() -> None:
    names = [compose(1, number).name for number in range(300)]
    assert len(set(names)) == len(names)
