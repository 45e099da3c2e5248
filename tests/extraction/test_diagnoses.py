"""Diagnoses as summaries word them, all with invented content."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.diagnoses import read_diagnoses
from imr.records import Span
from imr.rules import load_rules
from tests.all_at_once import assert_none

LEAD = "CLINICAL CASE SUMMARY "
SENTENCES = Path(__file__).with_name("diagnosis_lists.tsv")


def read(summary: str) -> list[str]:
    text = LEAD + summary
    return [found.value for found in read_diagnoses(text, Span(len(LEAD), len(text)))]


def case(name: str, summary: str, *expected: str) -> object:
    return pytest.param(summary, list(expected), id=name)


LEAD_INS = [
    case(
        "found_at_a_visit_to_have",
        "She was found at her second neurology visit (3/4/16) to have migraine without aura and cervical strain.",
        "migraine without aura",
        "cervical strain",
    ),
    case(
        "found_by_a_doctor_to_have",
        "He was found by the occupational physician to have lateral epicondylitis. Grip was weak.",
        "lateral epicondylitis",
    ),
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
    case("suffering_from", "She was diagnosed by a psychiatrist as suffering from gout.", "gout"),
    case("doctor_in_between", "He was diagnosed by Dr. P. with gout.", "gout"),
    case("surgeon_diagnosed", "The hand surgeon diagnosed gout and a hip strain.", "gout", "hip strain"),
    case("carries", "The patient carries diagnoses of gout and hip strain.", "gout", "hip strain"),
    case("diagnosis_list", "The diagnosis list in the note of 3/4/2015 reads: hip strain, gout.", "hip strain", "gout"),
    case("diagnoses_given_as", "The diagnosis has been given as hip strain.", "hip strain"),
    case("diagnoses_on_file", "Diagnoses on file are gout, and hip strain.", "gout", "hip strain"),
    case("diagnosis_remains", "The working diagnosis remains hip strain.", "hip strain"),
    case("unchanged", "The diagnoses are unchanged: gout, hip strain.", "gout", "hip strain"),
    case("impression_is_that_of", "The impression is that of hip strain.", "hip strain"),
    case("dx_plural", "Dx's include gout and hip strain.", "gout", "hip strain"),
    case("assessment_and_plan", "Assessment and plan: Hip strain. Rest is advised.", "Hip strain"),
    case("provider_has_assessed", "The provider has assessed hip strain and gout.", "hip strain", "gout"),
    case("receives_treatment", "She receives treatment for gout and hip pain.", "gout", "hip pain"),
    case("in_treatment", "He is in treatment for panic disorder.", "panic disorder"),
    case("followed_for", "She is followed by a surgeon for gout.", "gout"),
    case("treats_him", "The surgeon treats him for hip strain and for gout.", "hip strain", "gout"),
    case("care_for_treatment", "He is under the care of a surgeon for treatment of hip strain.", "hip strain"),
    case("assessed_whom_with", "The therapist assessed her with gout.", "gout"),
    case("names_as_diagnoses", "The surgeon names as diagnoses gout and hip strain.", "gout", "hip strain"),
    case("records_the_diagnoses", "The note records the following diagnoses: gout, asthma.", "gout", "asthma"),
    case("according_to", "His diagnoses, according to the note, are gout and asthma.", "gout", "asthma"),
    case("axis_alone", "Axis I: panic disorder. Axis II: none. He sleeps.", "panic disorder"),
    case(
        "with_which", "The diagnoses with which she left the ward were a hip fracture and gout.", "hip fracture", "gout"
    ),
    case("then_a_history", "Dx: hip strain; knee sprain. History of gout, controlled.", "hip strain", "knee sprain"),
    case("said_between_commas", "His impression, which he gave late, was, in short, of hip strain.", "hip strain"),
    case("verb_of_the_clause", "As to diagnosis, the doctor offers hip strain.", "hip strain"),
    case("object", "Notes accept the diagnoses hip strain and gout.", "hip strain", "gout"),
    case("object_not_known", "The dentist diagnosed dry socket syndrome.", "dry socket syndrome"),
    case("announced", "She is treated for the following injuries: hip strain, gout.", "hip strain", "gout"),
    case("subject_of_the_lead", "In May a hip strain and gout were diagnosed.", "hip strain", "gout"),
    case("subject_after_a_phrase", "After an injury of the hip, gout was the main diagnosis.", "gout"),
    case(
        "listed_after",
        "The diagnosis is gout; hip strain and asthma are also charted as diagnoses.",
        "gout",
        "hip strain",
        "asthma",
    ),
    case("surgeon_after_a_picture", "After the MRI the surgeon's impression was hip strain.", "hip strain"),
    case("amounted_to", "He was told that his condition amounted to panic disorder.", "panic disorder"),
    case("records_show_treatment", "The records show treatment for gout; and hip pain.", "gout", "hip pain"),
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
    case("detail_of_an_entry", "Diagnoses: asthma, of old; gout, tophaceous.", "asthma, of old", "gout, tophaceous"),
    case(
        "rule_out_in_an_entry",
        "Diagnoses: hip strain, rule out labral tear; gout.",
        "hip strain, rule out labral tear",
        "gout",
    ),
    case(
        "conditions_of_an_entry",
        "Diagnoses: hip strain, possible labral tear; gout.",
        "hip strain",
        "possible labral tear",
        "gout",
    ),
    case(
        "brought_on_by",
        "Diagnoses: asthma, aggravated by her work, and gout.",
        "asthma, aggravated by her work",
        "gout",
    ),
    case("quality_after_comma", "Diagnoses: hernia, reducible, and gout.", "hernia, reducible", "gout"),
    case("tail_and_more", "Diagnoses: scoliosis, acquired (grade II), gout.", "scoliosis, acquired (grade II)", "gout"),
    case("shared_noun", "Diagnoses: gout, vivid visual and aural visions.", "gout", "vivid visual and aural visions"),
    case(
        "places_brought_in",
        "Diagnosis: disc bulge with lateral recess and foraminal stenosis.",
        "disc bulge with lateral recess and foraminal stenosis",
    ),
    case("effects", "Diagnosis: reaction affecting sleep and headaches.", "reaction affecting sleep and headaches"),
    case(
        "axes",
        "Diagnoses: Axis I - panic disorder; gout. Axis II - none. Axis III - asthma. Axis IV - debts. Axis V - 60.",
        "panic disorder",
        "gout",
        "asthma",
    ),
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

NAMES = [
    case(
        "joints_and_ligaments",
        "Diagnoses: sprain of ligaments and joints of other parts of hip, gout.",
        "sprain of ligaments and joints of other parts of hip",
        "gout",
    ),
    case(
        "pair_and_tail",
        "Diagnoses: gout, other synovitis and tenosynovitis, unspecified foot, and malaise and fatigue.",
        "gout",
        "other synovitis and tenosynovitis, unspecified foot",
        "malaise and fatigue",
    ),
    case("bladder_and_bowel", "Diagnosis: neurogenic bladder and bowel.", "neurogenic bladder and bowel"),
    case(
        "tail_with_and",
        "Diagnoses: pain due to prosthetic devices, implants and grafts, initial encounter, and gout.",
        "pain due to prosthetic devices, implants and grafts, initial encounter",
        "gout",
    ),
    case(
        "not_elsewhere_classified",
        "Diagnoses: stiffness of hip, not elsewhere classified, and tinnitus, not otherwise specified.",
        "stiffness of hip, not elsewhere classified",
        "tinnitus, not otherwise specified",
    ),
    case(
        "encounters",
        "Diagnoses: fracture of rib, subsequent encounter for fracture with routine healing, gout, left ankle.",
        "fracture of rib, subsequent encounter for fracture with routine healing",
        "gout, left ankle",
    ),
    case(
        "course",
        "Diagnoses: hip strain, improving, and gout, in remission.",
        "hip strain, improving",
        "gout, in remission",
    ),
    case("twins_with_more", "Diagnosis: hip sprain and strain with neuritis.", "hip sprain and strain with neuritis"),
    case(
        "adjectives", "Diagnoses: gout, segmental and somatic dysfunction.", "gout", "segmental and somatic dysfunction"
    ),
    case("place_after_comma", "Diagnoses: stenosis, lumbar, and gout.", "stenosis, lumbar", "gout"),
    case(
        "place_of_the_next",
        "Diagnoses: hip strain, left knee, elbow and wrist sprain.",
        "hip strain",
        "left knee, elbow and wrist sprain",
    ),
    case(
        "places_closed_by_and",
        "Diagnoses: chronic pain syndrome, thoracic and lumbar spine, and hip strain.",
        "chronic pain syndrome, thoracic and lumbar spine",
        "hip strain",
    ),
    case(
        "post_of_the_same_part",
        "Diagnoses: meniscal tear, status post right knee arthroscopy, and gout.",
        "meniscal tear, status post right knee arthroscopy",
        "gout",
    ),
    case("post_of_no_part", "Diagnosis: hip fracture, status post fixation.", "hip fracture, status post fixation"),
    case(
        "post_of_another_part",
        "Diagnoses: lumbar strain, status post right knee arthroscopy, and gout.",
        "lumbar strain",
        "status post right knee arthroscopy",
        "gout",
    ),
    case(
        "post_of_the_other_side",
        "Diagnoses: left knee strain, status post right knee arthroscopy.",
        "left knee strain",
        "status post right knee arthroscopy",
    ),
    case(
        "operations_after_post",
        "Diagnosis: status post open reduction and internal fixation of the rib.",
        "status post open reduction and internal fixation of the rib",
    ),
    case("after", "Diagnoses: hip fracture after a fall, gout, after rest.", "hip fracture", "gout"),
    case("repair", "Diagnoses: hip hernia, repaired in 2010, and gout.", "hip hernia", "gout"),
    case(
        "cause_of_two",
        "Diagnoses: insomnia secondary to pain and stress, ulcer due to naproxen and gout.",
        "insomnia secondary to pain and stress",
        "ulcer due to naproxen",
        "gout",
    ),
    case(
        "two_in_quotes",
        'Diagnoses: "trigger finger, left thumb" and "gout".',
        "trigger finger, left thumb",
        "gout",
    ),
    case("with_another", "Diagnoses: gout, and with hip strain.", "gout", "hip strain"),
    case(
        "numbered_holds_commas",
        "Diagnoses: 1. Hip tendinitis, bursitis and strain 2. Gout.",
        "Hip tendinitis, bursitis and strain",
        "Gout",
    ),
    case("lines", "DIAGNOSES:\nHip strain, left\nGout\nHe rests.", "Hip strain, left", "Gout"),
    case("numbered_lines", "DIAGNOSES:\n1. Hip strain\n2. Gout\nHe rests.", "Hip strain", "Gout"),
    case("bullets", "Diagnoses: • Hip strain • Gout", "Hip strain", "Gout"),
    case(
        "dashes",
        "Assessment of 3/4/2015: - hip strain, left\n- gout - asthma\nHe rests.",
        "hip strain, left",
        "gout",
        "asthma",
    ),
    case("one_dash", "Diagnosis - hip strain, gout.", "hip strain", "gout"),
    case("letters", "Diagnoses carried on: (a) hip strain; (b) gout, tophaceous.", "hip strain", "gout, tophaceous"),
    case("heading_without_colon", "DIAGNOSES\n1. Hip strain\n2. Gout\nHe rests.", "Hip strain", "Gout"),
    case(
        "sentence_after_the_last",
        "DIAGNOSES\n1. Asthma\n2. Nasal polyps Wheezing began in May.",
        "Asthma",
        "Nasal polyps",
    ),
    case(
        "levels_with_more",
        "Diagnosis: hernia at C5-6 and C6-7 with cord edema.",
        "hernia at C5-6 and C6-7 with cord edema",
    ),
    case(
        "region_with_more",
        "Diagnoses: stenosis, lumbar region with sciatica; gout.",
        "stenosis, lumbar region with sciatica",
        "gout",
    ),
    case(
        "word_with_plural",
        "Diagnosis: strain of muscle(s) and tendon(s) of hip.",
        "strain of muscle(s) and tendon(s) of hip",
    ),
]

ENDS = [
    case("discharge_plan", "Diagnosis: lumbar strain Discharge plan: rest.", "lumbar strain"),
    case(
        "conservative_treatment",
        "Diagnoses: gout, wrist sprain Conservative treatment: splint.",
        "gout",
        "wrist sprain",
    ),
    case("pain_medication", "Dx: ankle sprain Pain medication: none.", "ankle sprain"),
    case(
        "range_of_motion_deficit",
        "Diagnoses include knee contusion with range of motion deficit and gout.",
        "knee contusion with range of motion deficit",
        "gout",
    ),
    case(
        "treated_at_a_place",
        "Diagnoses: gout, wrist sprain treated at the hospital, and asthma.",
        "gout",
        "wrist sprain",
        "asthma",
    ),
    case("newly_added", "Diagnoses: gout, newly added asthma.", "gout", "newly added asthma"),
    case(
        "smoking_addiction",
        "Diagnoses: gout, alcohol dependence, smoking addiction, asthma.",
        "gout",
        "alcohol dependence",
        "smoking addiction",
        "asthma",
    ),
    case("smoking_related", "Diagnoses: burns; smoking-related COPD; gout.", "burns", "smoking-related COPD", "gout"),
    case(
        "a_sentence_of_blocks",
        "Current diagnoses: right ankle sprain, and sural neuritis. Three nerve blocks in May gave relief of six days.",
        "right ankle sprain",
        "sural neuritis",
    ),
    case(
        "a_sentence_of_a_strain",
        "Diagnoses: hip strain, gout. The neck strain got better and the gout came back.",
        "hip strain",
        "gout",
    ),
    case("no_blank", "Diagnosis: hip strain.Treatment to date has included rest.", "hip strain"),
    case("heading", "Diagnosis: hip strain Treatment plan: rest.", "hip strain"),
    case("heading_below", "IMPRESSION:\nHip strain; gout\nPLAN:\nRest", "Hip strain", "gout"),
    case(
        "said_by_somebody", "The diagnoses are gout and hip strain, the attending provider noted.", "gout", "hip strain"
    ),
    case("subject", "He was diagnosed with gout, and inhalers were prescribed.", "gout"),
    case("subject_itself", "Diagnoses of gout and hip strain are recorded.", "gout", "hip strain"),
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
    case("between_dashes", "The diagnoses - hip strain and gout - have not changed.", "hip strain", "gout"),
    case("who_diagnosed", "A doctor, who diagnosed gout, and who left, was asked.", "gout"),
    case("agent", "The diagnosis is gout, and the therapist agrees.", "gout"),
]

TOGETHER = [
    case("two_leads", "Diagnoses include gout. He was also diagnosed with hip strain.", "gout", "hip strain"),
    case("active", "The surgeon has diagnosed gout and a hip strain.", "gout", "hip strain"),
    case("time_of", "Diagnoses at the time of the visit were gout and hip strain.", "gout", "hip strain"),
    case("said_twice", "Diagnosis: gout. The impression was gout.", "gout"),
    case("said_shorter", "Diagnosis: left hip strain. The diagnosis of hip strain was made early.", "left hip strain"),
    case("lead_in_a_lead", "He is treated for a diagnosis of gout.", "gout"),
]

NOTHING = [
    case("seen_for_complaints", "She is seen by a neurologist for headaches with nausea and photophobia. Rest helps."),
    case("treated_for_nightmares", "He is treated for nightmares, nervousness and flashbacks. He sleeps badly."),
    case("not_diagnosed_on", "Depression not diagnosed on evaluation."),
    case("diagnosed_in_error", "Carpal tunnel syndrome diagnosed in error."),
    case("ruled_out_since", "Gout diagnosed in 2013 was later ruled out."),
    case("patients_seen_by", "The therapist sees patients for depression."),
    case("kin_cared_for", "She cared for her mother for dementia."),
    case("complaints_only", "She is undergoing treatment for neck and shoulder pain and headaches."),
    case("not_provided", "The diagnosis was not documented."),
    case("taken_back", "It was denied because the diagnosis of gout was not established."),
    case("ruled_out", "A diagnosis of gout has been considered and rejected."),
    case("notes_the_diagnosis", "The doctor notes the diagnosis and asks for gout tablets."),
    case("spoken_of", "The diagnosis was based on the examination of the hip."),
    case("denied", "He was never diagnosed with diabetes."),
    case("sought", "An MRI was requested to rule out the diagnosis of a tear."),
    case("relative", "His father was diagnosed with diabetes."),
    case("rejected_before", "The examiner rejected the diagnosis of gout."),
    case("no_subject", "No fracture was diagnosed."),
    case("complaint_as_subject", "Hip pain was diagnosed."),
    case("another_clause", "The diagnosis was reviewed, and she was given a sling for her hip strain."),
    case("somebody_else_acts", "After the diagnosis the worker was seen for hip strain."),
    case("said_again", "Diagnoses were restated without change in her report."),
    case("picture_after", "The impression of the radiologist was a labral tear."),
    case("picture", "The MRI of the hip gave an impression of labral tear."),
    case("treated_with", "He was treated with six visits of therapy and ibuprofen."),
    case("treatment_of_a_part", "Undergoing treatment for the neck and left hip."),
    case("complaint", "The worker reported hip pain and stiffness."),
    case("care_of_an_injury", "He is under the care of a clinic for an injury dating from 2004."),
    case("assessed", "During the assessment on 3/4/2015, the worker complained of hip strain."),
    case("codes_left_out", "The diagnosis codes were left blank."),
    case("empty", ""),
]


@pytest.mark.parametrize(("summary", "expected"), LEAD_INS + LISTS + NAMES + ENDS + TOGETHER + NOTHING)
def test_a_summary_yields_its_diagnoses(summary: str, expected: list[str]) -> None:
    assert read(summary) == expected


def test_sentences_in_many_hands() -> None:
    """Sentences written before the rules for them, a tab, and their diagnoses between bars; "\\n" begins a line."""
    right = found = there = 0
    wrong: list[str] = []
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        sentence, _, listed = line.partition("\t")
        expected, got = [name for name in listed.split(" | ") if name], read(sentence.replace("\\n", "\n"))
        right += len(set(expected) & set(got))
        found, there = found + len(got), there + len(expected)
        wrong += [] if got == expected else [f"{sentence}\n{got}"]
    assert 2 * right / (found + there) > 0.99, "\n".join(wrong)


def test_other_sentences_state_no_diagnosis() -> None:
    assert_none(text for text in load_rules("extraction", "diagnoses")["never"] if read(text))


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
