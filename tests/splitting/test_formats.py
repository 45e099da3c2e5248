from __future__ import annotations

import pytest

from imr.errors import Code, UnsupportedError
from imr.splitting.formats import letter_formats, recognise
from tests.splitting.letters import DETERMINATION, ITEM, NOT, item_of_2013, letter

SPANISH = """CÓMO SE HIZO LA DETERMINACIÓN FINAL
Un médico revisó el expediente completo del caso.
RESUMEN CLÍNICO DEL CASO
La paciente sufrió una caída en el trabajo y tiene dolor de rodilla.
DECISIONES Y FUNDAMENTOS
Fisioterapia para la rodilla, seis sesiones: se mantiene la denegación.
"""


def test_the_four_forms_of_letters_are_known() -> None:
    assert {letter_format.name for letter_format in letter_formats()} == {
        "determination_2014",
        "determination_2013",
        "notice_2013",
        "professional_review_2013",
    }


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("HOW THE IMR FINAL DETERMINATION WAS MADE\nA physician read the file.", id="first-title"),
        pytest.param("IMR ISSUES, DECISIONS AND RATIONALES\nCane: Upheld", id="last-title-only"),
        pytest.param("IMR ISSUES,\nDECISIONS AND\nRATIONALES", id="title-over-three-lines"),
    ],
)
def test_the_form_of_2014_is_recognised(text: str) -> None:
    assert recognise(text).name == "determination_2014"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param(
            "HOW THE IMR FINAL DETERMINATION WAS MADE\nDOCUMENTS REVIEWED\nIMR DECISION(S) AND RATIONALE(S)",
            "determination_2013",
            id="determination-of-2013",
        ),
        pytest.param(
            "Notice of Independent Medical Review Determination\nDated: 1/2/2013", "notice_2013", id="notice-of-2013"
        ),
        pytest.param(
            "MEDICAL PROFESSIONAL REVIEW\nISSUE AT DISPUTE", "professional_review_2013", id="professional-review"
        ),
    ],
)
def test_a_form_of_2013_is_recognised(text: str, name: str) -> None:
    assert recognise(text).name == name


OF_2014, OF_2013 = letter(ITEM), DETERMINATION.format(items=item_of_2013(f"1. Cane {NOT}"))


@pytest.mark.parametrize(
    ("text", "running", "name"),
    [
        pytest.param(OF_2014, "Notice of Independent Medical Review\nDetermination", "determination_2014", id="notice"),
        pytest.param(OF_2014, "MEDICAL PROFESSIONAL REVIEW", "determination_2014", id="professional-review"),
        pytest.param(OF_2014, "IMR DECISION(S) AND RATIONALE(S)", "determination_2014", id="determination-of-2013"),
        pytest.param(OF_2013, "IMR ISSUES, DECISIONS AND RATIONALES", "determination_2013", id="determination-of-2014"),
        pytest.param(OF_2013, "Notice of Independent Medical Review Determination", "determination_2013", id="notice-of-2013"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["above", "inside", "below"])
def test_a_form_that_names_another_one_is_recognised_by_its_parts(
    text: str, running: str, name: str, place: str
) -> None:
    at = {"above": 0, "inside": text.index("CLINICAL CASE SUMMARY"), "below": len(text)}[place]
    assert recognise(f"{text[:at]}\n{running}\n{text[at:]}").name == name


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("The lot behind the clinic is closed on Monday.", id="notice-board"),
        pytest.param("how the imr final determination was made", id="titles-are-capitals"),
        pytest.param(SPANISH, id="spanish-letter"),
    ],
)
def test_any_other_text_is_unknown(text: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        recognise(text)
    assert caught.value.code == Code.UNKNOWN_FORMAT
