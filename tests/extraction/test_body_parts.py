from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.body_parts import read_body_parts
from imr.extraction.part_list import part_names, part_words
from imr.extraction.part_wording import leaves_part_unnamed
from imr.extraction.sides import read_laterality
from imr.records import Span
from imr.rules import load_rules
from tests.all_at_once import assert_none

RULES = load_rules("extraction", "body_parts")
VOCABULARY = {
    *("head", "face", "jaw", "eye", "ear", "neck", "chest", "abdomen", "groin", "pelvis", "whole body", "psyche"),
    *("cervical spine", "thoracic spine", "lumbar spine", "sacrum/coccyx", "sacroiliac joint"),
    *("shoulder", "upper arm", "elbow", "forearm", "wrist", "hand", "finger", "thumb", "upper extremity"),
    *("hip", "thigh", "knee", "lower leg", "ankle", "foot", "toe", "lower extremity"),
}


def read(title: str, rationale: str = "") -> tuple[str, str | None]:
    """The parts, joined with commas, and the side."""
    text = f"Before.\n{title}\n{rationale}"
    spans = Span(8, 8 + len(title)), Span(9 + len(title), len(text))
    parts = read_body_parts(text, *spans)
    side = read_laterality(text, *spans, parts)
    return ", ".join(part.value for part in parts), side.value if side else None


@pytest.mark.parametrize(
    ("title", "parts", "side"),
    [
        pytest.param("MRI of the left hip without contrast", "hip", "left", id="plain"),
        pytest.param("MRI, R ankle", "ankle", "right", id="letter"),
        pytest.param("X-ray of the (L) elbow", "elbow", "left", id="letter_in_brackets"),
        pytest.param("CT rt. foot", "foot", "right", id="abbreviated_side"),
        pytest.param("Splint for bilat wrists", "wrist", "bilateral", id="abbreviated_bilateral"),
        pytest.param("Splints for bil wrists", "wrist", "bilateral", id="shortest_bilateral"),
        pytest.param("X-ray, hands, BIL.", "hand", "bilateral", id="shortest_bilateral_after"),
        pytest.param("Bi-lateral hip x-rays", "hip", "bilateral", id="hyphened_bilateral"),
        pytest.param("Ultrasound, R/L wrist", "wrist", "bilateral", id="both_letters"),
        pytest.param("Hearing aids, binaural", "ear", "bilateral", id="both_ears"),
        pytest.param("Ankle brace, lft", "ankle", "left", id="clipped_left"),
        pytest.param("Rght hip MRI", "hip", "right", id="clipped_right"),
        pytest.param("Labs (CBC, LFT) and MRI of the right hip", "hip", "right", id="liver_function_test"),
        pytest.param("MRI of both hips", "hip", "bilateral", id="both"),
        pytest.param("Ankle brace, left (purchase)", "ankle", "left", id="side_after"),
        pytest.param("MRI right hip and left hip", "hip", "bilateral", id="one_part_on_both_sides"),
        pytest.param("X-rays of the left and right knees", "knee", "bilateral", id="left_and_right"),
        pytest.param("Chiropractic for the right hip and knee", "hip, knee", "right", id="a_side_for_all"),
        pytest.param("Chiropractic for the hip and right knee", "hip, knee", None, id="a_side_for_some"),
        pytest.param("X-ray right hand, left knee", "hand, knee", None, id="two_sides"),
        pytest.param("MRI of the lumbar spine and right hip", "lumbar spine, hip", "right", id="midline_has_no_side"),
        pytest.param("EMG/NCV BLE", "lower extremity", "bilateral", id="side_in_an_abbreviation"),
        pytest.param("NCS of the RUE", "upper extremity", "right", id="right_upper_extremity"),
        pytest.param("EMG of the lower extremities", "lower extremity", None, id="no_side"),
        pytest.param("Epidural steroid injection L3-4", "lumbar spine", None, id="lumbar_level"),
        pytest.param("Left L5-S1 epidural steroid injection", "lumbar spine", "left", id="sided_level"),
        pytest.param("Facet injections C3-4, C4-5 bilaterally", "cervical spine", "bilateral", id="cervical_levels"),
        pytest.param("T8 block", "thoracic spine", None, id="thoracic_level"),
        pytest.param("ESI at L4, L5 and S1", "lumbar spine", None, id="single_levels"),
        pytest.param("MRI of the L-spine", "lumbar spine", None, id="l_spine_is_not_left"),
        pytest.param("X-ray L/S spine", "lumbar spine", None, id="l_s_spine"),
        pytest.param("PT for neck and low back", "cervical spine, lumbar spine", None, id="neck_and_low_back"),
        pytest.param("Acupuncture, mid back", "thoracic spine", None, id="mid_back"),
        pytest.param("MRI cervical and thoracic spine", "cervical spine, thoracic spine", None, id="shared_noun"),
        pytest.param("TLSO", "thoracic spine, lumbar spine", None, id="name_of_two_parts"),
        pytest.param("Right SI joint injection", "sacroiliac joint", "right", id="si_joint"),
        pytest.param("Left carpal tunnel release", "wrist", "left", id="carpal_tunnel"),
        pytest.param("Right cubital tunnel surgery", "elbow", "right", id="cubital_tunnel"),
        pytest.param("Left ACL reconstruction", "knee", "left", id="ligament"),
        pytest.param("Right rotator cuff repair", "shoulder", "right", id="rotator_cuff"),
        pytest.param("Trigger finger release, left ring finger", "finger", "left", id="finger"),
        pytest.param("Right thumb CMC arthroplasty", "thumb", "right", id="thumb_joint"),
        pytest.param("Hearing aids", "ear", None, id="ear"),
        pytest.param("CT of the head", "head", None, id="head"),
        pytest.param("EEG", "head", None, id="implied_part"),
        pytest.param("CT abdomen and pelvis", "abdomen, pelvis", None, id="trunk"),
        pytest.param("Left inguinal hernia repair", "groin", "left", id="groin"),
        pytest.param("Full body bone scan", "whole body", None, id="whole_body"),
        pytest.param("Cognitive behavioral therapy x 4", "psyche", None, id="psychological_services"),
        pytest.param("Psychiatric evaluation for left hand injury", "psyche", None, id="psyche_before_parts"),
        pytest.param("Topical cream for the right knee", "knee", "right", id="topical"),
        pytest.param("Injection of 40 mg into the left knee", "knee", "left", id="by_needle"),
        pytest.param("Newdrug 40 mg for knee pain", "", None, id="by_mouth"),
        pytest.param("Urine drug screen", "", None, id="laboratory"),
        pytest.param("Pre-operative clearance: EKG, chest x-ray", "", None, id="clearance"),
        pytest.param("Transportation to knee surgery", "", None, id="transport"),
        pytest.param("Knee scooter", "", None, id="device_named_after_a_part"),
        pytest.param("Follow-up with the hand surgeon", "", None, id="doctor_named_after_a_part"),
        pytest.param("Consultation with hand specialist, left thumb", "thumb", "left", id="doctor_and_part"),
        pytest.param("Left over tablets", "", None, id="left_over"),
        pytest.param("Walker", "", None, id="none"),
        pytest.param("Hinged knee brace, L", "knee", "left", id="a_letter_at_the_end"),
        pytest.param(
            "EMG of both upper and lower extremities", "upper extremity, lower extremity", "bilateral", id="two"
        ),
        pytest.param("MRI of the whole spine", "cervical spine, thoracic spine, lumbar spine", None, id="all_regions"),
        pytest.param("ESI at C7-T1", "cervical spine", None, id="a_junction_is_of_the_region_above"),
        pytest.param("Fusion T11 to L2", "thoracic spine, lumbar spine", None, id="a_range_beyond_a_junction"),
        pytest.param("Fusion L3\u2013L5", "lumbar spine", None, id="levels_with_a_dash"),
        pytest.param("NCS of the left peroneal nerve", "lower leg", "left", id="a_nerve_is_not_its_tendon"),
        pytest.param("Left peroneal tendon repair", "ankle", "left", id="a_tendon_is_not_its_nerve"),
        pytest.param("ORIF of the right tibial plateau", "knee", "right", id="the_longer_name"),
        pytest.param("Release of the long head of the biceps", "shoulder", None, id="an_article_inside"),
        pytest.param("Thoracic outlet decompression", "", None, id="an_outlet_is_no_spine"),
        pytest.param("X-ray, chest", "chest", None, id="chest"),
        pytest.param("Pre-operative chest x-ray", "chest", None, id="chest_before_an_operation"),
        pytest.param(
            "Clearance for surgery of the left hip, EKG, chest x-ray", "hip", "left", id="clearance_of_a_part"
        ),
        pytest.param("Assistant surgeon for the left hip", "hip", "left", id="adjunct_with_a_part"),
        pytest.param("Program with cognitive behavioral therapy", "psyche", None, id="program_of_therapy"),
        pytest.param("Functional restoration program with CBT", "", None, id="program_of_many"),
        pytest.param("Gym membership for the left hip", "hip", "left", id="program_with_a_part"),
        pytest.param("Left hip and neck massage", "hip, cervical spine", None, id="a_side_that_reaches_the_middle"),
        pytest.param("Massage of the right hip, low back", "hip, lumbar spine", None, id="a_side_before_a_comma"),
        pytest.param("Massage, left neck and hip", "cervical spine, hip", "left", id="a_side_of_the_middle_itself"),
        pytest.param("Brace for a right hand dominant worker's elbow", "elbow", None, id="dominant_hand"),
    ],
)
def test_reads_titles(title: str, parts: str, side: str | None) -> None:
    assert read(title) == (parts, side)


@pytest.mark.parametrize(
    ("title", "rationale", "parts", "side"),
    [
        pytest.param("MRI", "An MRI of the right wrist is sought.", "wrist", "right", id="treatment_of_part"),
        pytest.param(
            "Post-op therapy x 9", "As the left hip surgery is certified, so is this.", "hip", "left", id="sided_part"
        ),
        pytest.param("Therapy x 9", "The worker reports low back pain.", "", None, id="a_complaint_is_no_aim"),
        pytest.param(
            "Therapy x 9", "The guidelines recommend therapy for the wrist.", "", None, id="a_guideline_is_no_aim"
        ),
        pytest.param(
            "Therapy x 9", "The right hip, left knee and right hand and left foot hurt.", "", None, id="too_many"
        ),
        pytest.param("Newdrug 10 mg", "The right wrist hurts.", "", None, id="a_drug_is_not_aimed"),
        pytest.param("Knee scooter", "He hurt his left wrist on crutches.", "", None, id="hurt_on_another_device"),
        pytest.param(
            "Associated surgical service: Co-surgeon",
            "The exposure of the L5-S1 disc takes two. As surgery is certified, so is this.",
            "lumbar spine",
            None,
            id="the_only_part_beside_an_operation",
        ),
        pytest.param("Therapy to the back x 9", "The low back is stiff.", "lumbar spine", None, id="back_confirmed"),
        pytest.param("Therapy to the back x 9", "It is stiff.", "", None, id="back_unconfirmed"),
        pytest.param(
            "MRI of the wrist",
            "The right wrist was crushed. The right wrist is swollen.",
            "wrist",
            "right",
            id="side_from_rationale",
        ),
        pytest.param(
            "MRI of the wrist",
            "The guideline allows an MRI after films, and films of the left wrist are plain.",
            "wrist",
            "left",
            id="the_patients_side_beside_a_guideline",
        ),
        pytest.param(
            "MRI of the wrist",
            "The guideline allows no bilateral wrist MRI. The rt wrist is sore.",
            "wrist",
            "right",
            id="both_sides_of_a_guideline",
        ),
        pytest.param(
            "Ophthalmology consultation", "Dust got into both eyes, which are red.", "eye", "bilateral", id="discipline"
        ),
        pytest.param("Visit with a podiatrist", "The left foot is flat.", "foot", "left", id="disciplines_doctor"),
        pytest.param("Podiatry visit", "The nails of a diabetic need care.", "", None, id="discipline_unconfirmed"),
        pytest.param(
            "Podiatry visit for the right ankle", "The foot is well.", "ankle", "right", id="discipline_beside_a_part"
        ),
        pytest.param("MRI of the neck", "The right neck is stiff.", "cervical spine", None, id="midline_takes_no_side"),
        pytest.param(
            "MRI of the wrist", "The right wrist and left wrist were crushed.", "wrist", None, id="sides_disagree"
        ),
    ],
)
def test_reads_rationales(title: str, rationale: str, parts: str, side: str | None) -> None:
    assert read(title, rationale) == (parts, side)


@pytest.mark.parametrize("rationale", [
    "It takes an extra set of hands.",
    "In capable hands the risk is small.",
    "An experienced hand at the table is of help.",
    "The surgeon's hands are busy.",
    "All hands are needed.",
    "It has gotten out of hand.",
    "A lot rests on the surgeon's shoulders.",
    "The carrier must shoulder the cost.",
    "The carrier should foot the bill.",
    "The patient faces a long recovery.",
    "On its face the request is sound.",
    "This is a knee-jerk reaction.",
    "Both arms of the trial did well.",
    "A head-to-head comparison is lacking.",
    "He fell twelve feet.",
    "He got back on his feet.",
    "That is a rule of thumb.",
    "The request falls on deaf ears.",
])  # fmt: skip
@pytest.mark.parametrize("title", ["Associated surgical service: assistant", "Brace purchase"])
def test_idioms_name_no_part(title: str, rationale: str) -> None:
    assert read(title, rationale) == ("", None)


@pytest.mark.parametrize(
    ("rationale", "part"),
    [
        pytest.param("Numbness in his hands is worse.", "hand", id="in_his_hands"),
        pytest.param("The patient's hands are swollen.", "hand", id="the_patients_hands"),
        pytest.param("An additional hand surgery is planned.", "hand", id="additional_hand_surgery"),
        pytest.param("His two feet hurt.", "foot", id="two_feet"),
        pytest.param("He is sent on to shoulder surgery.", "shoulder", id="to_shoulder_surgery"),
    ],
)
def test_parts_that_sound_like_idioms_are_read(rationale: str, part: str) -> None:
    assert read("Brace purchase", rationale)[0] == part


AIMED = [
    pytest.param("MRI", "The lumbar MRI is sought too early.", "lumbar spine", None, id="part_of_the_treatments_name"),
    pytest.param("MRI", "Therapy for the lumbar spine has ended.", "lumbar spine", None, id="treatment_of_a_part"),
    pytest.param("Therapy x 9", "The lumbar MRI shows a bulge.", "", None, id="part_of_another_treatments_name"),
    pytest.param(
        "Therapy x 9", "The request is for the left wrist and the hand.", "wrist, hand", "left", id="and_hands_it_on"
    ),
    pytest.param(
        "Therapy x 9", "Therapy for the right hip is asked. The neck hurts.", "hip", "right", id="aim_before_complaint"
    ),
    pytest.param("Therapy x 9", "The right hip and the neck hurt.", "", None, id="a_side_among_complaints"),
    pytest.param(
        "Therapy x 9", "Therapy for her chronic left wrist pain is asked.", "wrist", "left", id="words_that_qualify"
    ),
    pytest.param("Injection", "The left total knee replacement is stiff.", "knee", "left", id="words_after_a_side"),
    pytest.param(
        "Injection", "The request is\nfor the left\nwrist. It is less sore.", "wrist", "left", id="page_break"
    ),
    pytest.param("TENS unit", "It is for use on the neck; the hip is well.", "", None, id="a_device_with_wires"),
    pytest.param("Pillow", "The neck is stiff. Guidelines allow it for the neck.", "cervical spine", None, id="worn"),
    pytest.param("Pillow", "The neck and the low back are stiff.", "", None, id="worn_for_which"),
    pytest.param("Shower chair", "The left hip was replaced.", "", None, id="for_the_whole_patient"),
    pytest.param("Crutches", "Crutches for the left hip are necessary.", "hip", "left", id="said_of_equipment"),
    pytest.param("Heel lift", "The right foot is flat.", "foot", "right", id="the_titles_own_part"),
    pytest.param("Home health aide", "The left hip was replaced.", "", None, id="home_health"),
    pytest.param("Sleep study", "The left hip hurts at night.", "", None, id="a_test_of_the_patient"),
    pytest.param("MRI of the lower extremity", "The left knee hurts.", "lower extremity", None, id="title_wins"),
]
SURGICAL = [
    pytest.param(
        "Associated surgical service: sling", "The left wrist fusion is approved.", "wrist", "left", id="side"
    ),
    pytest.param("Associated surgical service: sling", "The wrist fusion is denied.", "wrist", None, id="operation"),
    pytest.param(
        "Associated surgical service: PT x 9", "The fusion at L4-5 is denied.", "lumbar spine", None, id="level"
    ),
    pytest.param("Associated surgical service: sling", "The operation is denied.", "", None, id="unnamed"),
    pytest.param(
        "Associated surgical service: brace",
        "Braces help after a knee replacement. The operation is a right hip arthroscopy.",
        "hip",
        "right",
        id="not_another_operation",
    ),
    pytest.param(
        "Associated surgical service: PT x 9",
        "The guidelines allow 9 after a wrist fusion.",
        "wrist",
        None,
        id="operation_in_a_guideline",
    ),
    pytest.param(
        "Associated surgical service: sling",
        "ODG advises it after fusion of the wrist.",
        "wrist",
        None,
        id="operation_on_a_part_in_a_guideline",
    ),
    pytest.param(
        "Associated surgical service: assistant",
        "ODG does not advise one for a meniscectomy.",
        "",
        None,
        id="operation_without_a_part_in_a_guideline",
    ),
    pytest.param(
        "Associated surgical service: sling",
        "ODG advises it after a wrist fusion. The elbow fusion is denied.",
        "elbow",
        None,
        id="operation_beside_one_in_a_guideline",
    ),
    pytest.param("Associated surgical service: labs", "The left wrist fusion is approved.", "", None, id="laboratory"),
    pytest.param(
        "Associated surgical service: Newdrug 5 mg", "The left wrist fusion is approved.", "", None, id="by_mouth"
    ),
    pytest.param(
        "Associated surgical service: home health aide", "The wrist fusion is denied.", "wrist", None, id="at_home"
    ),
    pytest.param(
        "Associated surgical service: sling",
        "A sling helps after an operation on the shoulder. That is what the guideline allows, and the arthroscopy of the "
        "right shoulder was approved.",
        "shoulder",
        "right",
        id="side_beside_a_guideline",
    ),
    pytest.param("Assistant surgeon", "The left wrist fusion is approved.", "wrist", "left", id="assistant"),
    pytest.param("Pre-operative clearance", "The left wrist fusion is approved.", "", None, id="clearance"),
    pytest.param("Post-operative sling", "The left wrist fusion is approved.", "wrist", "left", id="post_operative"),
]


@pytest.mark.parametrize(("title", "rationale", "parts", "side"), [*AIMED, *SURGICAL])
def test_reads_what_a_rationale_says_of_its_item(title: str, rationale: str, parts: str, side: str | None) -> None:
    assert read(title, rationale) == (parts, side)


@pytest.mark.parametrize(
    ("words", "is_unnamed"),
    [
        ("The request failed to specify a body part.", True),
        ("The body part to be treated was not identified.", True),
        ("No body part is listed.", True),
        ("It does not say which body region is meant; none is named.", True),
        ("The area to be treated was left unspecified.", True),
        ("The form is silent as to the body part.", True),
        ("The part of the body to be injected isn't mentioned.", True),
        ("The request neither states the body part nor the number.", True),
        ("The anatomical site is missing.", True),
        ("The body part is the wrist, as the request states.", False),
        ("More than one body part may justify more visits.", False),
        ("An MRI of this body part is not medically necessary.", False),
        ("The same body part has failed therapy before.", False),
        ("The body part is sore. It is not named here after anybody.", False),
    ],
)
def test_tells_that_a_request_names_no_part(words: str, is_unnamed: bool) -> None:
    rationale = f"The left wrist hurts. {words} The visits are many."
    span = Span(0, len(rationale))
    assert leaves_part_unnamed(rationale, span) == is_unnamed
    assert read("Therapy x 9", rationale) == (("", None) if is_unnamed else ("wrist", "left"))


def test_the_side_may_stand_in_the_request_that_a_remainder_is_a_part_of() -> None:
    text = "Therapy x 9 for the left wrist was asked. The remainder, therapy x 3"
    remainder, nowhere = Span(57, len(text)), Span(0, 0)
    assert read_body_parts(text, remainder, nowhere) == ()
    parts = read_body_parts(text, Span(0, len(text)), nowhere)
    side = read_laterality(text, remainder, nowhere, parts)
    assert [part.value for part in parts] == ["wrist"]
    assert side is not None
    assert (side.value, text[side.start : side.end]) == ("left", "left")


def named(name: str) -> set[str]:
    """The parts that a name stands for in the middle of a text."""
    return {part for hit in part_names().find(f"the {name} at", 0, len(name) + 7) for part in hit.key.parts}


def test_every_name_stands_for_its_parts() -> None:
    listed = [(name, {part}) for part, names in RULES["part"].items() for name in names]
    listed += [(name, set(parts)) for name, parts in RULES["several"].items()]
    assert_none(f"{name}: {named(name)}, not {parts}" for name, parts in listed if named(name) != parts)
    assert {part for _, parts in listed for part in parts} <= VOCABULARY


def test_closed_sets_hold_no_other_part() -> None:
    assert part_words("midline") <= VOCABULARY
    subcategories = {entry["subcategory"] for entry in load_rules("extraction", "treatments")["treatment"]}
    for name in ("without_parts", "aimed", "worn", "operations"):
        assert part_words(name) <= subcategories


@given(
    st.sampled_from(
        ["MRI", "Sling", "Associated surgical service: sling", "Therapy x 9", "Consultation with a surgeon"]
    ),
    st.lists(
        st.sampled_from(
            ["left", "both", "hip", "neck", "L4-5", "fusion", "for", "and", ".", "ODG", "no body part", "named"]
        ),
        max_size=12,
    ),
)
def test_parts_of_rationales_are_few_and_stand_there(title: str, words: list[str]) -> None:
    text = f"{title}\n{' '.join(words)}"
    rationale = Span(len(title) + 1, len(text))
    parts = read_body_parts(text, Span(0, len(title)), rationale)
    side = read_laterality(text, Span(0, len(title)), rationale, parts)
    assert len({part.value for part in parts}) == len(parts) <= 2
    assert all(rationale.start <= part.start < part.end <= rationale.end for part in parts)
    assert side is None or (bool(parts) and rationale.start <= side.start < side.end <= rationale.end)


@given(
    st.lists(st.sampled_from(["MRI", "left", "right", "knee", "L4-5", "neck", "and", ",", "back", "(R)"]), max_size=8)
)
def test_parts_are_distinct_and_stand_in_the_title(words: list[str]) -> None:
    title = " ".join(words)
    parts = read_body_parts(title, Span(0, len(title)), Span(len(title), len(title)))
    assert len({part.value for part in parts}) == len(parts)
    assert all(0 <= part.start < part.end <= len(title) and part.method == "inferred" for part in parts)


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        pytest.param("Hand therapy for the right thumb", ("thumb",), id="another-part-named"),
        pytest.param("Hand therapy, 8 visits", ("hand",), id="alone"),
    ],
)
def test_the_part_in_a_treatments_name_gives_way(title: str, parts: tuple[str, ...]) -> None:
    found = read_body_parts(title, Span(0, len(title)), Span(0, 0))
    assert tuple(part.value for part in found) == parts
