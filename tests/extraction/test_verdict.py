"""Conclusions of rationales, all with invented content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.verdict import read_verdict
from imr.records import Span
from imr.rules import load_rules

LEAD = "Decision rationale: "


def read(rationale: str) -> bool | None:
    text = LEAD + rationale
    found = read_verdict(text, Span(len(LEAD), len(text)))
    return None if found is None else found.value


def case(name: str, rationale: str, expected: bool | None) -> object:
    return pytest.param(rationale, expected, id=name)


DENYING = [
    case("plain", "As such, the request is not medically necessary.", False),
    case("glued", "The walker is notmedically necessary.", False),
    case("hyphen", "The walker is not-medically necessary.", False),
    case("wrapped", "The walker is not\nmedically\nnecessary and appropriate.", False),
    case("considered", "Therefore, the walker is considered not medically necessary.", False),
    case("not_considered", "Therefore, the walker is not considered to be medically necessary.", False),
    case("or_appropriate", "The walker is not medically necessary or appropriate", False),
    case("reasonable_or", "The walker is not reasonable or medically necessary.", False),
    case("no_longer", "The walker is no longer medically necessary.", False),
    case("cannot_be", "A second walker cannot be considered medically necessary.", False),
    case("not_necessary", "As such, the request is not necessary.", False),
    case("not_established", "Medical necessity for the walker has not been established.", False),
    case("necessity_is_not", "The medical necessity of the requested walker is not established.", False),
    case("cannot_be_established", "Thus, medical necessity cannot be affirmed.", False),
    case("typing_error", "The walker is not medical necessary.", False),
    case("not_certified", "The requested walker is not certified.", False),
    case("non_certified", "The requested walker is non-certified.", False),
    case("non_certification", "Therefore, non-certification is recommended.", False),
    case("recommendation_is_for_denial", "Recommendation is for denial.", False),
    case("none_of", "Since the surgery was denied, none of the services are medically necessary.", False),
    case("exceeds", "The request exceeds what guidelines recommend and is therefore not medically necessary.", False),
    case("insufficient", "There is insufficient evidence to support the medical necessity of the walker.", False),
    case("not_supported", "Therefore, the request would not be supported by the guidelines.", False),
    case("not_warranted", "In this case, a walker is not warranted.", False),
    case("not_recommended", "Given the above, the walker is not recommended.", False),
]

GRANTING = [
    case("plain_yes", "Therefore, the request is medically necessary.", True),
    case("considered_yes", "The walker is considered medically necessary at this time.", True),
    case("appropriate_and", "The walker is appropriate and medically necessary.", True),
    case("reasonable_and", "The request is reasonable, appropriate, and medically necessary.", True),
    case(
        "and_appropriate", "Yes, the walker was medically necessary, medically appropriate, and indicated here.", True
    ),
    case("established", "Medical necessity for the walker has been established.", True),
    case("substantiated", "The medical necessity of this walker is substantiated.", True),
    case("recommended_for_certification", "The request for a walker is recommended for certification.", True),
    case("certified", "The requested walker is certified.", True),
    case("denial_overturned", "Therefore, the denial of the walker is overturned.", True),
    case("recommendation_is_for_authorization", "Recommendation is for authorization.", True),
    case("meets", "Consequently, the request meets medical necessity.", True),
    case("supported", "As such, the request is supported.", True),
    case("reasonable", "The request is reasonable and appropriate.", True),
]

SURROUNDED = [
    case(
        "advice_on_weaning_follows",
        "The request is not medically necessary. Weaning of the medication is recommended. The physician and the "
        "patient are advised to consult the guidelines and, if necessary, others on the way of tapering.",
        False,
    ),
    case(
        "weaning_after_semicolon",
        "The request for the tablets is not-medically necessary; weaning under supervision is medically appropriate.",
        False,
    ),
    case(
        "earlier_review_differs",
        "Utilization review found that the walker was not medically necessary. The patient has fallen twice. The "
        "walker is medically necessary.",
        True,
    ),
    case(
        "earlier_review_last",
        "The walker is medically necessary. The prior reviewer stated that it was not medically necessary.",
        True,
    ),
    case(
        "guideline_sentence_last",
        "The walker is not medically necessary. ODG states that walkers are medically necessary for ataxia.",
        False,
    ),
    case(
        "general_rule_first",
        "Therapy is considered medically necessary when a therapist's skill is required. The request is not "
        "medically necessary.",
        False,
    ),
    case("possibility", "Such devices may be medically necessary. The walker is not medically necessary.", False),
    case(
        "surgery_and_ancillary",
        "Since the surgery has been found to be medically necessary, a walker is not medically necessary but a cane "
        "was given.",
        False,
    ),
    case(
        "ancillary_stock",
        "As the surgery is not medically necessary, the requested ancillary service is not medically necessary.",
        False,
    ),
    case(
        "opinion_of_the_provider",
        "The provider believes that the walker is medically necessary. Medical necessity has not been established.",
        False,
    ),
    case(
        "no_documentation_that",
        "There is no documentation that a walker is medically necessary. The request is not medically necessary.",
        False,
    ),
    case(
        "last_wins",
        "A walker is not medically necessary for pain alone. With the new falls, the walker is medically necessary.",
        True,
    ),
    case("decimal_in_title", "The tablets 2.5/325 mg No. 60 are not medically necessary.", False),
    case(
        "original_request_named",
        "The remaining IMR eligible portion of the original request, a walker, is not medically necessary.",
        False,
    ),
    case(
        "authorised_part_named",
        "Therapy for 6 visits was authorized by the Claims Administrator. Therapy for 4 visits is not medically "
        "necessary.",
        False,
    ),
]

SILENT = [
    case("earlier_review_only", "The claims administrator found that the walker was not medically necessary.", None),
    case("facts_only", "The patient fell twice and walks with a limp.", None),
    case("guideline_only", "Guidelines recommend walkers for ataxia.", None),
    case("conditional_only", "A walker is medically necessary when gait is unsafe.", None),
    case("empty", "", None),
]


@pytest.mark.parametrize(("rationale", "expected"), DENYING + GRANTING + SURROUNDED + SILENT)
def test_a_rationale_concludes(rationale: str, expected: bool | None) -> None:
    assert read(rationale) is expected


def test_the_requests_own_words_say_nothing_of_the_verdict() -> None:
    text = "The request for a sling after surgery is not medically necessary."
    assert read_verdict(text, Span(0, len(text))) is None
    found = read_verdict(text, Span(0, len(text)), "a sling after surgery")
    assert found is not None
    assert not found.value


@pytest.mark.parametrize("text", load_rules("extraction", "verdicts")["never"])
def test_other_sentences_conclude_nothing(text: str) -> None:
    assert read(text) is None


def test_the_words_of_the_verdict_are_its_evidence() -> None:
    text = "Decision rationale: The walker is not medically necessary."
    found = read_verdict(text, Span(20, len(text)))
    assert found is not None
    assert text[found.start : found.end] == "not medically necessary"


WORDS = st.sampled_from(
    ["The request is", "not", "medically", "necessary", "medical necessity", "has been", "established", ". ", "; ",
     "certified", "if", "guidelines state", "utilization review", "was", "weaning", "supported", "may be", "2.5 mg. "]
)  # fmt: skip


@given(st.lists(WORDS, max_size=25).map(" ".join), st.sampled_from(["", " The walker is medically necessary."]))
def test_a_plain_last_sentence_decides(rationale: str, last: str) -> None:
    verdict = read(rationale + "." + last)
    assert verdict is True if last else verdict in (True, False, None)
