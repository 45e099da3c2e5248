from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.cleaning.clean import clean, letter_lines
from imr.cleaning.offsets import raw_span
from imr.reading.media import TEXT
from imr.reading.pdf import PAGE_SEAM
from imr.records import RawText
from imr.rules import load_rules
from imr.steps import clean_letter

RULES = load_rules("cleaning", "characters")
EDITS: dict[str, str] = RULES["forms"] | dict.fromkeys(RULES["extractors"]["hyphen_marks"], "-")
LIGATURES = [mark for mark, letters in EDITS.items() if len(letters) > 1]

FULL = [
    "Sanding of cabinets for eleven years is given as the cause of the complaint, and the use of both",
    "hands above the head for most of the day; the first report was made by the foreman on the same",
    "afternoon and the first visit was two days later, when rest and an elastic wrap were given to the",
    "worker, who came back after one week without change and was then sent for radiographs, which had",
    "shown no fracture and no loose body, and for a course of therapy that was finished in the autumn",
    "of that year without a note on what had come of it or on what the worker was able to do by then.",
]
WIDE = "The shoulder hurts at night and on lifting above the head, and the arm tires after some minutes of"


def raw_of(*pages: str) -> RawText:
    """Raw text as the reader gives it for some pages."""
    starts = [sum(len(page) + len(PAGE_SEAM) for page in pages[:number]) for number in range(len(pages))]
    return RawText(PAGE_SEAM.join(pages), tuple(starts), len(pages), TEXT, "plain_text")


def squeezed(text: str) -> str:
    return "".join(text.split())


def edited(text: str) -> str:
    return "".join(EDITS.get(character, character) for character in text)


SOFT, HARD, NONE = " ", "\n", ""


@pytest.mark.parametrize(
    ("above", "below", "joint"),
    [
        pytest.param(WIDE, "work with it.", SOFT, id="soft-wrap"),
        pytest.param(WIDE, "Tylenol use.", SOFT, id="soft-wrap-before-a-capital"),
        pytest.param("The drug is an anti-", "inflammatory one.", NONE, id="hyphen-at-line-end"),
        pytest.param("The drug was taken -", "as before.", SOFT, id="dash-at-line-end"),
        pytest.param("The note is of 3/", "14/2016.", NONE, id="date-broken-at-a-slash"),
        pytest.param("The note is of 3/14/", "2016.", NONE, id="date-broken-at-its-second-slash"),
        pytest.param("The hand and/", "or the wrist hurt.", SOFT, id="slash-between-words"),
        pytest.param("The knee is stable.", "There is no swelling.", HARD, id="short-line-ends-a-paragraph"),
        pytest.param("The knee", "is stable.", SOFT, id="short-line-goes-on-in-lower-case"),
        pytest.param(WIDE, "MAXIMUS guideline: none.", HARD, id="label-begins-a-paragraph"),
        pytest.param(WIDE, "Decision rationale: Rest helps.", HARD, id="second-label-begins-a-paragraph"),
        pytest.param(WIDE, "CLINICAL CASE SUMMARY", HARD, id="title-begins-a-paragraph"),
        pytest.param(f"{WIDE[:90]}: Upheld", "Cane, purchase: Overturned", HARD, id="outcome-ends-a-paragraph"),
        pytest.param("REVIEW OF THE FILE", "and of the films.", HARD, id="line-of-capitals-is-a-title"),
        pytest.param(WIDE.upper(), "EXERCISE", SOFT, id="capitals-go-on-in-capitals"),
    ],
)  # fmt: skip
def test_two_lines_are_joined(above: str, below: str, joint: str) -> None:
    text = clean(raw_of("\n".join([*FULL, "", above, below]))).text
    assert text.splitlines()[0] == " ".join(FULL)
    assert text.partition("\n")[2] == f"{above}{joint}{below}"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("one line\n\nanother line", "one line\nanother line", id="empty-line-ends-a-paragraph"),
        pytest.param("one line\n   \nanother line", "one line\nanother line", id="blank-line-ends-a-paragraph"),
        pytest.param("  indented  \r\n", "indented", id="outer-blanks-go"),
        pytest.param("two  blanks\tand a tab", "two blanks and a tab", id="runs-of-blanks"),
        pytest.param("anti\ufffeinflammatory", "anti-inflammatory", id="hyphen-mark-of-pdfium"),
        pytest.param("anti\u0002inflammatory", "anti-inflammatory", id="hyphen-mark-of-older-pdfium"),
        pytest.param("anti\u00adinflammatory", "anti-inflammatory", id="soft-hyphen"),
        pytest.param("5\u00a0mg", "5 mg", id="no-break-space"),
        pytest.param("e\ufb03cient di\ufb00erence", "efficient difference", id="ligatures"),
        pytest.param("\n\n", "", id="nothing"),
    ],
)
def test_lines_are_edited(raw: str, text: str) -> None:
    assert clean(raw_of(raw)).text == text


def test_a_double_spaced_text_has_its_paragraphs_at_blank_lines() -> None:
    lines = [*FULL, " ", "A second paragraph begins here", "and goes on."]
    text = clean(raw_of("\n\n".join(lines).replace("\n\n \n\n", "\n \n\n"))).text
    assert text == f"{' '.join(FULL)}\nA second paragraph begins here and goes on."


def test_a_flowed_text_keeps_its_line_ends() -> None:
    text = " ".join(FULL) + "\nA short line\nand one in lower case"
    assert clean(raw_of(text)).text == text


def test_a_sentence_goes_on_over_a_page_seam() -> None:
    cleaned = clean(raw_of("\n".join([*FULL, WIDE]), "\nwork with it."))
    assert cleaned.text.endswith(f"{WIDE} work with it.")
    assert [cleaned.text[start:][:4] for start in cleaned.page_starts] == ["Sand", "work"]


def test_every_page_has_a_start_even_if_nothing_is_on_it() -> None:
    cleaned = clean(raw_of("first page", "", "third page", ""))
    assert cleaned.text == "first page third page"
    assert cleaned.page_starts == (0, 11, 11, 21)


@pytest.mark.parametrize(
    "footer",
    [
        pytest.param("Final Determination Letter for IMR Case Number CM13-9000001 3", id="with-page-number"),
        pytest.param("Final Determination Letter for IMR Case Number CM13-9000001", id="without-page-number"),
        pytest.param("  Final  Determination Letter for IMR Case Number CM13-9000001   12", id="spread"),
    ],
)
def test_a_footer_is_dropped_and_the_sentence_around_it_goes_on(footer: str) -> None:
    cleaned = clean(raw_of("\n".join([*FULL, WIDE, footer]), "work with it."))
    assert cleaned.text.endswith(f"{WIDE} work with it.")


def test_a_sentence_about_a_letter_is_no_footer() -> None:
    line = "The Final Determination Letter for IMR Case Number CM13-9000001 was read."
    assert clean(raw_of(line)).text == line


def test_a_ligature_leads_back_to_its_one_character() -> None:
    cleaned = clean(raw_of("e\ufb03cient"))
    start = cleaned.text.index("ffi")
    assert raw_span(cleaned, start, start + 3) == (1, 2)


FURNITURE = "Final Determination Letter for IMR Case Number CM14-9000002 7"
WORDS = st.text("aBc.-/1:é \t\u00a0\ufffe\u0002", max_size=12)
LINES = st.lists(st.one_of(WORDS, st.sampled_from(["", "  ", FURNITURE, "MAXIMUS guideline: x", WIDE])), max_size=12)
PAGES = st.lists(LINES.map("\n".join), min_size=1, max_size=4)


@given(PAGES)
def test_no_word_is_lost_or_rewritten(pages: list[str]) -> None:
    raw = raw_of(*pages)
    kept = "\n".join(line.text for line in letter_lines(raw))
    assert squeezed(clean(raw).text) == squeezed(edited(kept))


@given(PAGES, st.sampled_from(LIGATURES))
def test_no_ligature_is_lost(pages: list[str], ligature: str) -> None:
    raw = raw_of(*(page.replace("a", ligature) for page in pages))
    kept = "\n".join(line.text for line in letter_lines(raw))
    assert squeezed(clean(raw).text) == squeezed(edited(kept))


@given(PAGES, st.data())
def test_every_slice_leads_back_to_the_words_it_was_read_from(pages: list[str], data: st.DataObject) -> None:
    raw = raw_of(*pages)
    cleaned = clean(raw)
    start = data.draw(st.integers(0, len(cleaned.text)))
    end = data.draw(st.integers(start, len(cleaned.text)))
    place = raw_span(cleaned, start, end)
    assert 0 <= place.start <= place.end <= len(raw.text)
    kept = (raw.text[max(line.start, place.start) : min(line.end, place.end)] for line in letter_lines(raw))
    assert squeezed(edited("\n".join(kept))) == squeezed(cleaned.text[start:end])


@given(PAGES)
def test_the_map_runs_forward(pages: list[str]) -> None:
    raw = raw_of(*pages)
    cleaned = clean(raw)
    assert list(cleaned.map_clean) == sorted(set(cleaned.map_clean))
    assert list(cleaned.map_raw) == sorted(set(cleaned.map_raw))
    assert list(cleaned.page_starts) == sorted(cleaned.page_starts)
    assert len(cleaned.page_starts) == len(pages)
    assert all(0 <= start <= len(cleaned.text) for start in cleaned.page_starts)


def test_cleaning_a_clean_letter_changes_nothing(landing: Path) -> None:
    letters = [path for path in sorted(landing.iterdir()) if any(map(str.isdigit, path.stem))]
    texts = {path.name: clean_letter(path).clean.text for path in letters}
    assert len(texts) > 12
    assert [name for name, text in texts.items() if clean(raw_of(text)).text != text] == []


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        pytest.param("a self- directed program", "a self-directed program", id="a broken word"),
        pytest.param("pre- and post- operative care", "pre- and post-operative care", id="a list of beginnings"),
        pytest.param("non- to mildly tender", "non- to mildly tender", id="a list with to"),
        pytest.param("MRI - lumbar spine", "MRI - lumbar spine", id="a dash"),
        pytest.param("the patientâ€™s kneeâ€”left", "the patient’s knee—left", id="mojibake of marks"),
        pytest.param("flexion to 45Â° and 1Â½ tablets", "flexion to 45° and 1½ tablets", id="mojibake of signs"),
        pytest.param("Ân Â. Ã is left", "Ân Â. Ã is left", id="letters that only look like it"),
    ],
)
def test_broken_words_and_mojibake_are_mended_and_nothing_like_them(raw: str, cleaned: str) -> None:
    result = clean(RawText(raw, (0,), None, "text/plain", "plain_text"))
    assert result.text == cleaned
    again = clean(RawText(cleaned, (0,), None, "text/plain", "plain_text"))
    assert again.text == cleaned
    for word in cleaned.split():
        start = cleaned.index(word)
        first, last = raw_span(result, start, start + len(word))
        assert raw[first] == word[0] or not word[0].isascii()
        assert last > first
