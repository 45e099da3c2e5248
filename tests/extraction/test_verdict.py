"""Conclusions of rationales, all with invented content."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.verdict import read_partial_verdict, read_verdict
from imr.records import Span
from imr.rules import load_rules

SENTENCES = Path(__file__).with_name("verdict_sentences.tsv")
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

HARD_DENIALS = [
    case("infinitive", "The walker is found to not be medically necessary.", False),
    case("participle", "The walker is not supported by the records as being medically necessary.", False),
    case("subject", "In sum, nothing in the file makes a second walker medically necessary.", False),
    case("neither_nor", "The walker is neither reasonable, customary, nor medically necessary.", False),
    case("nor", "The surgery is not medically necessary, nor is the walker.", False),
    case("prefix", "The walker is deemed medically unnecessary.", False),
    case("unable", "I am unable to find the walker medically necessary.", False),
    case("fails", "The request fails to meet the standard of medical necessity.", False),
    case("yet", "Medical necessity has yet to be established for the walker.", False),
    case("lack", "There is a lack of evidence that the walker is medically necessary.", False),
    case("exceeds", "The quantity exceeds what is medically necessary.", False),
    case("than", "This is more therapy than is medically necessary.", False),
    case("noun", "A massage chair is a comfort and not a medical necessity.", False),
    case("inserted", "The walker cannot, on the facts given, be said to be medically necessary.", False),
    case("list", "The walker is not reasonable, not safe, and not medically necessary.", False),
    case("misspelt", "The walker is not medicaly neccesary.", False),
    case("glued_twice", "The walker isnotmedically necessary.", False),
    case("apostrophe", "The walker isn\u2019t medically necessary.", False),
    case("shouted", "THE WALKER IS NOT MEDICALLY NECESSARY", False),
    case("label", "Medical necessity: not established.", False),
    case("agreement", "Utilization review found the walker not medically necessary, and I agree.", False),
    case("right", "The claims administrator was right to deny the request.", False),
    case("denial_is_right", "The denial was appropriate.", False),
    case("no_ground_to_overturn", "There is no basis to overturn the denial.", False),
    case("ellipsis", "A trial would have been medically necessary, the purchase is not.", False),
    case("ellipsis_over_sentences", "Is the walker medically necessary? It is not.", False),
    case("relative_with_a_subject", "A walker for a limp which he does not have is not medically necessary.", False),
    case("relative_after_a_preposition", "A walker for which no reason is given is not medically necessary.", False),
    case("relative_in_two", "A walker that he does not use, and which nobody has fitted, is not necessary.", False),
    case("left_out_relative", "A walker nobody has shown to the patient is not medically necessary.", False),
    case("left_out_after_one", "A second one he does not want is not medically necessary.", False),
    case("of_what", "A machine that does not do what exercise cannot is not medically necessary.", False),
    case("multiple", "The amount asked for would be twice what is medically necessary.", False),
    case("month", "Care of a wound that closed in May is not medically necessary in July.", False),
    case("free_relative", "The dose goes beyond what is usual and cannot be certified.", False),
    case("difficulty", "I have great difficulty in finding the walker medically necessary.", False),
    case("hesitation", "I hesitate to call the walker medically necessary.", False),
    case("in_good_faith", "I cannot in good conscience recommend that the walker be certified.", False),
    case("claim", "The surgeon's claim that the walker is medically necessary is not borne out.", False),
]

HARD_GRANTS = [
    case("request_for", "The request for a walker meets medical necessity.", True),
    case("left_out_relative_denied", "Six visits of a therapy he has never had are medically necessary.", True),
    case("relative_denied", "A walker for a man whose cane does not hold him is medically necessary.", True),
    case("no_difficulty", "I have no difficulty in finding the walker medically necessary.", True),
    case("free_relative_denied", "The dose does not exceed what is usual and is medically necessary.", True),
    case("no_doubt", "There is no doubt that the walker is medically necessary.", True),
    case("not_only", "The walker is not only helpful, it is medically necessary.", True),
    case("double", "It cannot be said that the walker is not medically necessary.", True),
    case("not_exceeded", "The quantity does not exceed what is medically necessary.", True),
    case("next_predicate", "The walker is not excessive and is medically necessary.", True),
    case("next_clause", "The patient has not improved and the walker is medically necessary.", True),
    case("bare_subject", "No red flags were found, and therapy is medically necessary.", True),
    case("fronted", "Not having had a trial before, the patient qualifies: the walker is medically necessary.", True),
    case("insertion", "The drug, which is not first line, is medically necessary.", True),
    case("within_the_request", "The request for a drug not on the formulary is medically necessary.", True),
    case("disagreement", "I disagree with the finding that the walker is not medically necessary.", True),
    case("erring_review", "Utilization review erred in finding the walker not medically necessary.", True),
    case("denial_in_error", "The denial was in error.", True),
    case("denial_not_upheld", "The denial is not upheld.", True),
    case("incorrect", "The conclusion that the walker is not medically necessary is incorrect.", True),
    case("provider_shows", "The provider has shown that the walker is medically necessary.", True),
    case("asked_by_the_provider", "The walker requested by the provider is medically necessary.", True),
    case("attribute", "This is a medically necessary service.", True),
    case("so_is", "Since the surgery is medically necessary, so is the walker.", True),
    case("past_doubt", "Although medical necessity was not established at first, it is established now.", True),
    case("evidence_of_absence", "Medical necessity has been shown, as there is no evidence of instability.", True),
    case(
        "has_since", "The denial cites no trial; one has since been done and the walker is medically necessary.", True
    ),
    case("concession", "Even if the first trial had failed, the walker would be medically necessary here.", True),
]

SILENT = [
    case("earlier_review_only", "The claims administrator found that the walker was not medically necessary.", None),
    case("earlier_agent", "The walker was found not medically necessary by the utilization reviewer.", None),
    case("earlier_source", "Per the utilization review report, medical necessity was not established.", None),
    case("earlier_ground", "Utilization review held that since none was tried, the walker was not necessary.", None),
    case("earlier_act", "Six visits were previously certified.", None),
    case("opinion", "The surgeon's position is that the walker is medically necessary.", None),
    case("opinion_in_front", "In the surgeon's opinion, the walker is medically necessary.", None),
    case("facts_only", "The patient fell twice and walks with a limp.", None),
    case("denied_symptom", "Numbness is denied, and sleep is good.", None),
    case("approved_drug", "Duloxetine is approved for neuropathic pain.", None),
    case("guideline_only", "Guidelines recommend walkers for ataxia.", None),
    case("guideline_verdict", "ODG considers walkers not medically necessary.", None),
    case("heading_of_criteria", "Criteria for a medically necessary walker:", None),
    case("conditional_only", "A walker is medically necessary when gait is unsafe.", None),
    case("condition_in_front", "If gait is unsafe, a walker is medically necessary.", None),
    case("inverted_condition", "Had a trial been documented, a purchase would be medically necessary.", None),
    case("generally", "Walkers are generally medically necessary in ataxia.", None),
    case("restrictive", "A drug that is not medically necessary should be weaned.", None),
    case("insertion_only", "The surgery, which was medically necessary, was done in 2012.", None),
    case("attribute_only", "The patient was given medically necessary transportation.", None),
    case("possible", "A walker may or may not be medically necessary.", None),
    case("question", "Is the walker medically necessary?", None),
    case("open", "It is unclear whether the walker is medically necessary.", None),
    case("call_for_proof", "The provider is asked to show that the walker is medically necessary.", None),
    case("issue", "At issue is the medical necessity of the walker.", None),
    case("other_treatment", "Weaning is medically necessary.", None),
    case("empty", "", None),
]


ALL = [*DENYING, *GRANTING, *HARD_DENIALS, *HARD_GRANTS, *SURROUNDED, *SILENT]


@pytest.mark.parametrize(("rationale", "expected"), ALL)
def test_a_rationale_concludes(rationale: str, expected: bool | None) -> None:
    assert read(rationale) is expected


def test_sentences_in_many_hands() -> None:
    """Each line: what is concluded, a tab, and rationales written before the rules for them."""
    values = {"true": True, "false": False, "null": None}
    lines = [line.split("\t") for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
    wrong = [f"{told}: {rationale}" for told, rationale in lines if read(rationale) is not values[told]]
    assert len(wrong) <= len(lines) // 50, "\n".join(wrong)


@pytest.mark.parametrize(
    ("rationale", "request_", "without", "expected"),
    [
        pytest.param("The request for a sling if tolerated is not medically necessary.", "a sling if tolerated", None, False, id="condition"),
        pytest.param("A drug not yet approved is medically necessary.", "A drug not yet approved", True, True, id="denial"),
        pytest.param("\u201cA sling,\nunless worn\u201d is medically necessary.", "A sling, unless worn", None, True, id="as_printed"),
        pytest.param("A sling is not medically necessary. A home program is medically necessary.", "Sling, purchase", True, False, id="advice"),
    ],
)  # fmt: skip
def test_the_requests_own_words_say_nothing_of_the_verdict(
    rationale: str, request_: str, without: bool | None, expected: bool
) -> None:
    assert read(rationale) is without
    found = read_verdict(rationale, Span(0, len(rationale)), request_)
    assert found is not None
    assert found.value is expected


@pytest.mark.parametrize(
    "rationale",
    [
        pytest.param("Four visits are medically necessary; the other eight are not.", id="ellipsis"),
        pytest.param("Four visits are medically necessary. The remaining eight are not medically necessary.", id="rest"),
        pytest.param("The request is partially certified.", id="partially"),
        pytest.param("The denial is overturned in part.", id="in_part"),
        pytest.param("I would certify six visits; the balance is not medically necessary.", id="balance"),
        pytest.param("Partial approval is recommended.", id="noun"),
    ],
)  # fmt: skip
def test_a_part_is_granted(rationale: str) -> None:
    assert read_partial_verdict(rationale, Span(0, len(rationale)))


@pytest.mark.parametrize(
    "rationale",
    [
        pytest.param("The remaining eligible portion, six visits, is not medically necessary.", id="remainder"),
        pytest.param("Six visits were authorized earlier; the other six are not medically necessary.", id="authorised"),
        pytest.param("Utilization review partially approved it. The request is not medically necessary.", id="earlier"),
        pytest.param("The other treatments have failed. The request is medically necessary.", id="other"),
        pytest.param("The request is partially supported by guidelines but is not medically necessary.", id="refused"),
    ],
)
def test_all_or_nothing_is_granted(rationale: str) -> None:
    assert read_partial_verdict(rationale, Span(0, len(rationale))) is None


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
     "certified", "if", "guidelines state", "utilization review", "was", "weaning", "supported", "may be", "2.5 mg. ",
     "is not", "no", ", ", "so is", "I agree", "?", "the denial", "overturned", "that", "the provider"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=25).map(" ".join), st.sampled_from(["", " The walker is medically necessary."]))
def test_a_plain_last_sentence_decides(rationale: str, last: str) -> None:
    text = f"{rationale}.{last}" if last else rationale
    found = read_verdict(text, Span(0, len(text)))
    assert found is None or 0 <= found.start < found.end <= len(text)
    assert not last or (found is not None and found.value)
