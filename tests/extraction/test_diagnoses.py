"""Diagnoses as summaries word them, all with invented content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.diagnoses import read_diagnoses
from imr.records import Span
from imr.rules import load_rules

LEAD = "CLINICAL CASE SUMMARY "


def read(summary: str) -> list[str]:
    text = LEAD + summary
    return [found.value for found in read_diagnoses(text, Span(len(LEAD), len(text)))]


def case(name: str, summary: str, *expected: str) -> object:
    return pytest.param(summary, list(expected), id=name)


LEAD_INS = [
    case("diagnosed_with", "The worker was diagnosed with hip bursitis. Treatment was rest.", "hip bursitis"),
    case("diagnosed_as_having", "He was diagnosed as having a hip contusion.", "hip contusion"),
    case("diagnosed_by_with", "She was diagnosed by an orthopedist with hip bursitis.", "hip bursitis"),
    case("diagnosed_on_with", "He was diagnosed on 3/4/2015 with gout.", "gout"),
    case("diagnosed_him_with", "The provider diagnosed him with elbow bursitis.", "elbow bursitis"),
    case("diagnoses_include", "Diagnoses include hip strain and gout.", "hip strain", "gout"),
    case("diagnoses_have_included", "The diagnoses have included hip strain.", "hip strain"),
    case("diagnoses_are_documented", "Current diagnoses are documented as hip strain; and gout.", "hip strain", "gout"),
    case("diagnoses_were_noted_to_be", "The diagnoses were noted to be hip strain.", "hip strain"),
    case("diagnoses_listed_as", "His diagnoses were listed as hip strain.", "hip strain"),
    case("diagnosis_is", "The diagnosis is hip strain.", "hip strain"),
    case("diagnosis_that_include", "She has diagnosis that include hip strain.", "hip strain"),
    case("diagnoses_of", "The provider gave diagnoses of hip strain, and gout.", "hip strain", "gout"),
    case("diagnoses_from_report", "Diagnoses from the 3/4/2015 report included hip strain.", "hip strain"),
    case("diagnoses_colon", "Diagnoses: hip strain, gout.", "hip strain", "gout"),
    case("dx", "Dx: hip strain.", "hip strain"),
    case("impression_was", "The impression was hip strain.", "hip strain"),
    case("diagnostic_impressions", "Diagnostic impressions: hip strain; gout.", "hip strain", "gout"),
    case("assessment_included", "The assessment included hip strain and gout.", "hip strain", "gout"),
    case("assessed_with", "He was assessed with hip strain.", "hip strain"),
    case("not_limited_to", "Diagnoses included, but were not limited to, hip strain and gout.", "hip strain", "gout"),
    case("diagnoses_comma_including", "He has many diagnoses, including hip strain.", "hip strain"),
    case("diagnosis_of_record", "The diagnosis of record is hip strain.", "hip strain"),
    case("diagnosis_was_made_of", "A diagnosis was made of hip strain.", "hip strain"),
    case("treated_for", "He is being treated for hip strain and hip pain.", "hip strain", "hip pain"),
    case("undergoing_treatment", "The worker is undergoing treatment for a hip strain.", "hip strain"),
    case("undergoing_care", "She is undergoing chiropractic care for hip strain.", "hip strain"),
    case("treated_for_the_diagnosis_of", "She was being treated for the diagnosis of hip pain.", "hip pain"),
]

LISTS = [
    case(
        "shared_tissues",
        "Diagnoses: strain of the muscle, fascia, and tendon of the neck.",
        "strain of the muscle, fascia, and tendon of the neck",
    ),
    case(
        "shared_tissues_then_more",
        "Diagnoses: strain of muscle, fascia and tendon of hip, wrist sprain and gout.",
        "strain of muscle, fascia and tendon of hip",
        "wrist sprain",
        "gout",
    ),
    case(
        "shared_head", "He was diagnosed with cervical and thoracic spine strain.", "cervical and thoracic spine strain"
    ),
    case(
        "shared_head_three", "Diagnoses: cervical, thoracic and lumbar sprain.", "cervical, thoracic and lumbar sprain"
    ),
    case("shared_head_sides", "Diagnoses: gout, right and left hip sprain.", "gout", "right and left hip sprain"),
    case(
        "region_after_comma",
        "Diagnoses: radiculopathy, lumbar region, and gout.",
        "radiculopathy, lumbar region",
        "gout",
    ),
    case(
        "side_after_comma", "Diagnoses: carpal tunnel syndrome, right; gout.", "carpal tunnel syndrome, right", "gout"
    ),
    case("side_and_part_after_comma", "Diagnoses: tendinitis, left wrist, and gout.", "tendinitis, left wrist", "gout"),
    case(
        "degree_after_comma",
        "Diagnoses: carpal tunnel syndrome, moderate, and gout, mild.",
        "carpal tunnel syndrome, moderate",
        "gout, mild",
    ),
    case("degree_before", "Diagnoses: gout, acute and chronic hip pain.", "gout", "acute and chronic hip pain"),
    case("twins_with_comma", "Diagnoses: hip sprain, strain; gout.", "hip sprain, strain", "gout"),
    case("begins_like_a_lead", "The diagnoses are asthma and offset nonunion.", "asthma", "offset nonunion"),
    case("encounter", "Diagnosis: wrist sprain, initial encounter.", "wrist sprain, initial encounter"),
    case("grade", "The diagnosis was wrist sprain, grade III.", "wrist sprain, grade III"),
    case(
        "episode",
        "Diagnoses: major depressive disorder, single episode, moderate; insomnia.",
        "major depressive disorder, single episode, moderate",
        "insomnia",
    ),
    case(
        "places_after_of",
        "Diagnoses: contusion of hip, thigh and knee and wrist sprain.",
        "contusion of hip, thigh and knee",
        "wrist sprain",
    ),
    case(
        "levels", "Diagnoses: disc protrusion at L3-4 and L4-5, and gout.", "disc protrusion at L3-4 and L4-5", "gout"
    ),
    case("twins_before", "Diagnoses: sprain and strain of the wrist, gout.", "sprain and strain of the wrist", "gout"),
    case("twins_after", "Diagnoses: wrist sprain and strain, gout.", "wrist sprain and strain", "gout"),
    case(
        "two_symptoms_one_place",
        "He is treated for numbness and tingling of the left hand and gout.",
        "numbness and tingling of the left hand",
        "gout",
    ),
    case(
        "rule_out_without_comma",
        "Diagnoses: wrist sprain rule out scaphoid fracture.",
        "wrist sprain",
        "rule out scaphoid fracture",
    ),
    case(
        "rule_out_shared",
        "Diagnoses: gout and rule out cervical and lumbar radiculopathy.",
        "gout",
        "rule out cervical and lumbar radiculopathy",
    ),
    case(
        "new_side_without_comma",
        "Diagnoses: left wrist sprain right hip contusion and gout.",
        "left wrist sprain",
        "right hip contusion",
        "gout",
    ),
    case(
        "side_at_the_end",
        "Diagnoses: carpal tunnel syndrome right wrist, gout.",
        "carpal tunnel syndrome right wrist",
        "gout",
    ),
    case(
        "numbered_stops",
        "Assessment: 1. Hip strain. 2. Wrist sprain. 3. Gout. Plan: rest.",
        "Hip strain",
        "Wrist sprain",
        "Gout",
    ),
    case(
        "numbered_brackets",
        "Diagnoses: 1) hip strain; 2) wrist sprain, left; and 3) gout.",
        "hip strain",
        "wrist sprain, left",
        "gout",
    ),
    case("numbered_in_brackets", "Diagnoses are (1) hip strain, (2) gout.", "hip strain", "gout"),
    case(
        "brackets_hold_commas", "Diagnoses: injury (hip, knee and foot), gout.", "injury (hip, knee and foot)", "gout"
    ),
    case("code_after", "Diagnoses: hip strain (S76.011A), gout.", "hip strain (S76.011A)", "gout"),
    case("cause_stays", "Diagnosis: tendinitis due to repetitive lifting.", "tendinitis due to repetitive lifting"),
    case("with_stays", "Diagnoses: disc protrusion with sciatica, gout.", "disc protrusion with sciatica", "gout"),
    case(
        "qualifier_stays",
        "Diagnoses: possible labral tear and status post hip fusion.",
        "possible labral tear",
        "status post hip fusion",
    ),
    case(
        "known_phrase",
        "Diagnoses: myalgia and myositis, adjustment disorder with mixed anxiety and depressed mood.",
        "myalgia and myositis",
        "adjustment disorder with mixed anxiety and depressed mood",
    ),
    case("bracketed_grade", "Diagnoses: hip strain (grade 2) and gout.", "hip strain (grade 2)", "gout"),
    case("code_before", "Diagnoses: 726.5 hip tendinitis; 274.9 gout.", "726.5 hip tendinitis", "274.9 gout"),
    case("as_well_as", "Diagnoses: hip strain as well as gout.", "hip strain", "gout"),
    case("quoted", 'Diagnosis: "hip strain".', "hip strain"),
    case("broken_word", "Diagnosis: post- traumatic arthritis.", "post-traumatic arthritis"),
    case("sentences", "Diagnoses: Hip strain, left. Gout. Seen again in May.", "Hip strain, left", "Gout"),
    case("sentences_after_a_verb", "The diagnosis was gout. Hip strain followed.", "gout"),
    case(
        "places_to_the_end",
        "Diagnosis: sprain of the neck, shoulders and elbows.",
        "sprain of the neck, shoulders and elbows",
    ),
    case(
        "cause",
        "Diagnosis: facial contusion, status post a fall, and gout.",
        "facial contusion, status post a fall",
        "gout",
    ),
    case("ordinals", "Diagnosis: fractures of the third and fourth ribs.", "fractures of the third and fourth ribs"),
    case("line_breaks", "Diagnoses include hip\nstrain and\nwrist sprain.", "hip strain", "wrist sprain"),
]

ENDS = [
    case("next_sentence", "Diagnosis: hip strain. Treatment included wrist braces.", "hip strain"),
    case(
        "abbreviation",
        "Diagnoses: cubital tunnel syndrome vs. C8 radiculopathy. Rest.",
        "cubital tunnel syndrome vs. C8 radiculopathy",
    ),
    case("clause", "He was diagnosed with hip strain and was prescribed ibuprofen.", "hip strain"),
    case("pronoun", "He was diagnosed with hip strain, and he was given crutches.", "hip strain"),
    case("relative_clause", "He was diagnosed with hip strain for which he had therapy.", "hip strain"),
    case("verb", "She was diagnosed with hip strain, prescribed naproxen and released.", "hip strain"),
    case("date", "She was diagnosed with hip strain on 03/04/2015.", "hip strain"),
    case("treatment", "He has been treated for hip strain with physical therapy, rest and ice.", "hip strain"),
    case("verdict", "The diagnosis of hip strain does not explain the numbness.", "hip strain"),
    case("no_stop", "The diagnosis was hip strain", "hip strain"),
]

TOGETHER = [
    case("two_leads", "Diagnoses include gout. He was also diagnosed with hip strain.", "gout", "hip strain"),
    case("active", "The surgeon has diagnosed gout and a hip strain.", "gout", "hip strain"),
    case("time_of", "Diagnoses at the time of the visit were gout and hip strain.", "gout", "hip strain"),
    case("said_twice", "Diagnosis: gout. The impression was gout.", "gout"),
    case("lead_in_a_lead", "He is treated for a diagnosis of gout.", "gout"),
]

NOTHING = [
    case("complaints_only", "She is undergoing treatment for neck and shoulder pain and headaches."),
    case("not_provided", "The diagnosis was not documented."),
    case("spoken_of", "The diagnosis was based on the examination of the hip."),
    case("denied", "He was never diagnosed with diabetes."),
    case("sought", "An MRI was requested to rule out the diagnosis of a tear."),
    case("relative", "His father was diagnosed with diabetes."),
    case("picture", "The MRI of the hip gave an impression of labral tear."),
    case("treated_with", "He was treated with six visits of therapy and ibuprofen."),
    case("treatment_of_a_part", "Undergoing treatment for the neck and left hip."),
    case("complaint", "The worker reported hip pain and stiffness."),
    case("empty", ""),
]


@pytest.mark.parametrize(("summary", "expected"), LEAD_INS + LISTS + ENDS + TOGETHER + NOTHING)
def test_a_summary_yields_its_diagnoses(summary: str, expected: list[str]) -> None:
    assert read(summary) == expected


@pytest.mark.parametrize("text", load_rules("extraction", "diagnoses")["never"])
def test_other_sentences_state_no_diagnosis(text: str) -> None:
    assert read(text) == []


WORDS = st.sampled_from(
    ["diagnosed with", "Diagnoses:", "treated for", "impression", "hip", "strain", "of the", "left", "cervical", ",",
     ";", "and", "1.", "2)", ". ", "rule out", "gout", "pain", "(", ")", "L4-5", "sprain", "status post", "\n", "a"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_any_summary_is_read_and_every_diagnosis_stands_within_it(summary: str) -> None:
    text = LEAD + summary
    found = read_diagnoses(text, Span(len(LEAD), len(text)))
    assert all(len(LEAD) <= item.start < item.end <= len(text) and item.value for item in found)
    assert len({item.value.casefold() for item in found}) == len(found)
