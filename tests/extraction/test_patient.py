"""Age, sex and date of injury as summaries word them, all with invented content."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.patient import read_age, read_injury_date, read_sex
from imr.records import Span
from imr.rules import load_rules
from tests.all_at_once import assert_none

LEAD = "CLINICAL CASE SUMMARY "


def span(text: str) -> Span:
    return Span(len(LEAD), len(text))


def age(summary: str) -> int | None:
    found = read_age(LEAD + summary, span(LEAD + summary))
    return found.value if found else None


def sex(summary: str) -> str | None:
    found = read_sex(LEAD + summary, span(LEAD + summary))
    return found.value if found else None


def injury(summary: str) -> str | None:
    found = read_injury_date(LEAD + summary, span(LEAD + summary))
    return found.value.isoformat() if found else None


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        pytest.param("The patient is a 47 year old male.", 47, id="blanks"),
        pytest.param("This case involves a now 47-year-old female.", 47, id="hyphens"),
        pytest.param("The worker is a(n) 58 year-old female.", 58, id="a_n"),
        pytest.param("This 50\nyear old male fell.", 50, id="wrapped"),
        pytest.param("The applicant is a 47 y/o right hand dominant woman.", 47, id="y_o"),
        pytest.param("The patient is a 47-yo F cook.", 47, id="yo_letter"),
        pytest.param("The claimant is 47 years of age.", 47, id="years_of_age"),
        pytest.param("The worker, age 47, slipped.", 47, id="age_comma"),
        pytest.param("The worker, 47 and male, slipped.", 47, id="and_sex"),
        pytest.param("The worker is a forty-seven year old cook who fell.", 47, id="words"),
        pytest.param("Seen with her 12 year old son, the patient is a 47 year old female.", 47, id="not_the_child"),
        pytest.param("Records show that this 47-year-old was hurt.", 47, id="no_noun"),
        pytest.param("She is 47 and works as a cook.", 47, id="number_alone"),
        pytest.param("The claimant is a man of 47 years with pain.", 47, id="of_years"),
        pytest.param("A woman of forty-seven, she bakes.", 47, id="of_words"),
        pytest.param("He is forty-seven (47) years of age.", 47, id="words_and_figures"),
        pytest.param("At 47 years of age he drives a bus.", 47, id="at_years_of_age"),
        pytest.param("The patient, 47, fell.", 47, id="between_commas"),
        pytest.param("This roofer is male and 51 years old. He fell.", 51, id="after_the_sex"),
        pytest.param("She turned 47 in March.", 47, id="turned"),
        pytest.param("The employee was 47 at the time of injury.", 47, id="at_the_time"),
        pytest.param("Age/Sex: 47/F.", 47, id="beside_sex"),
        pytest.param("In May the applicant, who is 47, was said to limp.", 47, id="who_is"),
        pytest.param("The patient, who was 47 when the crate fell, limps.", 47, id="who_was_when"),
        pytest.param("A woman of 47 with knee pain asks for a brace.", 47, id="of_with"),
        pytest.param("The case concerns a woman of 47 who typed for years.", 47, id="of_who"),
        pytest.param("A cook of 47 burned her arm.", 47, id="trade_of"),
        pytest.param("A cook of 22 years' experience, aged 51.", 51, id="trade_of_years"),
        pytest.param("A cook of 22 years who fell.", None, id="trade_of_years_alone"),
        pytest.param("ROM: 60, left 50, right 45. Aged 58.", 58, id="degrees_before_a_side"),
        pytest.param("A forklift driver, 47, was thrown off.", 47, id="trade_comma"),
        pytest.param("This worker, now 47, was struck.", 47, id="now"),
        pytest.param("The claimant, 47 and right handed, tripped.", 47, id="and_right_handed"),
        pytest.param("The injured worker (47) reports pain.", 47, id="in_brackets"),
        pytest.param("Summary: 47, a cook, she slipped on grease.", 47, id="begins_with_age"),
        pytest.param("Ms. D is 47 and works nights.", 47, id="ms_is"),
        pytest.param("A 45- to 50-year-old man fell.", None, id="from_to"),
        pytest.param("He was 19 when hired.", None, id="when_hired"),
        pytest.param("A man in his 50s fell.", None, id="in_his_fifties"),
        pytest.param("Of 49 visits the patient attended 20.", None, id="of_visits"),
        pytest.param("The applicant, whose mother is 80, fell.", None, id="age_of_the_mother"),
        pytest.param("The employee, who is 40 pounds overweight, fell.", None, id="pounds"),
        pytest.param("The surgeon, who is 60, retired.", None, id="age_of_the_surgeon"),
        pytest.param("A man of 30 years of service fell.", None, id="years_of_service"),
        pytest.param("This is a 20 year old claim.", None, id="age_of_the_claim"),
        pytest.param("The claim is 12 years old. The worker fell.", None, id="old_claim"),
        pytest.param("He has had migraines since 13 years old.", None, id="since"),
        pytest.param("The worker was born in spring.", None, id="none"),
        pytest.param("Consult. RHD 47F. Knee.", 47, id="handedness_before"),
        pytest.param("LHD 47 M roofer w/ back pain.", 47, id="letter_apart"),
        pytest.param("This is a 47yoM with knee pain.", 47, id="letter_attached"),
        pytest.param("Gender - female; Age - 47; handed - right.", 47, id="label_with_dash"),
        pytest.param("Who: meter reader, 47, male, healthy.", 47, id="trade_age_sex"),
        pytest.param("A school aide, 47 years of age, was bitten by a pupil aged 14.", 47, id="not_the_pupil"),
        pytest.param("A fight with a suspect, aged 31. The deputy is 47 years of age.", 47, id="not_the_suspect"),
        pytest.param("A 47-year-old teller quarrels with her husband, aged 35.", 47, id="not_the_husband"),
        pytest.param("Bitten by a pit bull aged 15. The carrier, 47, male, rested.", 47, id="not_the_dog"),
        pytest.param("The worker's brother, aged 44, drove.", None, id="brother_alone"),
        pytest.param("Her daughter (age 25) helps with dressing.", None, id="daughter_in_brackets"),
        pytest.param("Caring for a resident aged 91 she hurt her back.", None, id="resident"),
        pytest.param("A 16-year-old nephew does the chores.", None, id="nephew"),
        pytest.param("Pt is 47F, pain since lifting a patient, aged 79.", 47, id="not_the_patient_lifted"),
        pytest.param("Female, forty-seven. Presents for a refill.", 47, id="sex_and_age_as_a_sentence"),
        pytest.param("Patient is female, 47 years old with knee pain.", 47, id="years_old_with"),
        pytest.param("Ms. D., 47, was seen on 7/7/2017.", 47, id="name_comma"),
        pytest.param("A flight attendant (F, 47), hurt by a bag.", 47, id="letter_and_age"),
        pytest.param("Hurt while restraining an inmate (M, 29).", None, id="letter_and_age_of_another"),
        pytest.param("A plumber by trade, aged 47, he fell.", 47, id="aged_after_words"),
    ],
)
def test_age(summary: str, expected: int | None) -> None:
    assert age(summary) == expected


def test_a_summary_may_begin_with_age_and_sex() -> None:
    text = "medical records:\n44F, neck pain."
    summary = Span(text.index("44F"), len(text))
    found, sex_found = read_age(text, summary), read_sex(text, summary)
    assert (found and found.value, sex_found and sex_found.value) == (44, "female")


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        pytest.param("The patient is a 47 year old male.", "male", id="male"),
        pytest.param("a 47-year-old right-handed Hispanic woman", "female", id="woman"),
        pytest.param("a 47 y/o F cook", "female", id="letter"),
        pytest.param("This gentleman fell.", "male", id="gentleman"),
        pytest.param("A 47 year old female whose husband says he saw him fall.", "female", id="word_beats_pronoun"),
        pytest.param("The worker fell. She hurt her hip.", "female", id="pronouns"),
        pytest.param("She fell. He hurt his hip.", None, id="pronouns_differ"),
        pytest.param("The worker fell. He rested; a friend lent her car.", "male", id="kin_within_a_sentence"),
        pytest.param("The worker says that he/she hurt the hip.", None, id="he_or_she"),
        pytest.param("A cook of 40, she fell. The surgeon saw her. He advised a graft.", "female", id="surgeon_after"),
        pytest.param("The orthopedist noted that she limps. He asked for an MRI.", "female", id="surgeon_before"),
        pytest.param("The applicant fell. He was seen by a surgeon. She advised rest.", "male", id="seen_by"),
        pytest.param("The worker is a 28-year-old nurse. Her husband says that he cooks.", "female", id="husband"),
        pytest.param("The patient's daughter translated. She reports that he limps.", "male", id="daughter"),
        pytest.param("His wife drives; she says that he limps.", "male", id="wife"),
        pytest.param("The foreman called an ambulance, he says.", None, id="foreman"),
        pytest.param("The driver says that he did not see her.", "female", id="object"),
        pytest.param(
            "The doctor is a podiatrist. In her note the worker's foot is red. He limps.", "male", id="worker"
        ),
        pytest.param("A psychologist saw the worker. She administered tests.", None, id="act_of_a_physician"),
        pytest.param("The surgeon saw the worker. He was placed off work.", "male", id="no_act_of_a_physician"),
        pytest.param("She was burned. MR arthrogram showed a tear.", "female", id="magnetic_resonance"),
        pytest.param("He takes MS Contin.", "male", id="morphine_sulfate"),
        pytest.param("Ms. Doe fell. Dr. Ray said that he would operate.", "female", id="ms"),
        pytest.param("He was bitten by a woman.", "male", id="somebody_elses_word"),
        pytest.param("Age: 47. Gender: M. Job: roofer.", "male", id="label"),
        pytest.param("RHD 47F. Knee pain.", "female", id="handedness_before"),
        pytest.param("The claimant, a female nurse, was kicked.", "female", id="patient_is_a_female_nurse"),
        pytest.param("A female nurse saw the worker.", None, id="female_nurse"),
        pytest.param("The surgeon wants a scan before he decides.", None, id="surgeon_goes_on"),
        pytest.param("The neurologist needs a study before she answers. The worker limps.", None, id="waits_until"),
        pytest.param("The chiropractor said that she would defer to a surgeon. The worker limps.", None, id="defers"),
        pytest.param("The provider stated that he wanted a traction unit.", None, id="wanted"),
        pytest.param("A flight attendant (F, 47), hurt by a bag.", "female", id="letter_and_age"),
        pytest.param("Hurt while restraining an inmate (M, 29). She limps.", "female", id="letter_and_age_of_another"),
        pytest.param("Dr. Lee hopes that he can avoid fusion.", None, id="hopes_to_avoid"),
        pytest.param("The therapist reports that she taught exercises.", None, id="taught"),
        pytest.param("The worker fell.", None, id="none"),
    ],
)
def test_sex(summary: str, expected: str | None) -> None:
    assert sex(summary) == expected


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        pytest.param("who was injured on 02/03/2007.", "2007-02-03", id="injured_on"),
        pytest.param("sustained an industrial injury on June 7, 2010.", "2010-06-07", id="month_name"),
        pytest.param("sustained an industrial injury June 7, 2010.", "2010-06-07", id="no_preposition"),
        pytest.param("with an industrial injury of June 7, 2010.", "2010-06-07", id="injury_of"),
        pytest.param("a history of an occupational claim from 11/22/2014.", "2014-11-22", id="claim_from"),
        pytest.param("DOI: 6-7-10. Seen on 7-1-10.", "2010-06-07", id="doi_short_year"),
        pytest.param("with a date of injury of 3/4/2008", "2008-03-04", id="date_of_injury"),
        pytest.param("with an industrial injury date of 10-\n11-2016", "2016-10-11", id="wrapped_date"),
        pytest.param(
            "sustained a work related injury to the neck and hip on 10-11-16.", "2016-10-11", id="parts_between"
        ),
        pytest.param("filed a claim for a stress injury with a date of 05/06/2018.", "2018-05-06", id="claim_date"),
        pytest.param("a cook who twisted his right ankle on 8/25/2012 while turning.", "2012-08-25", id="event"),
        pytest.param("On 9/17/2012 she was rear-ended while parking.", "2012-09-17", id="event_first"),
        pytest.param("injured on 7 June 2010", "2010-06-07", id="day_first_with_name"),
        pytest.param("date of injury 2010-06-07", "2010-06-07", id="iso"),
        pytest.param("A clerk who had a box drop on her foot, 3/4/2014.", "2014-03-04", id="had_a_thing_drop"),
        pytest.param("A 50-year-old who had a box drop on it, 3/4/2014.", "2014-03-04", id="year_old_who"),
        pytest.param(
            "This 40 y/o cook had a beam hit her head on 3/4/2014; a CT was done 3/5/2014.",
            "2014-03-04",
            id="had_a_thing_hit",
        ),
        pytest.param(
            "This nurse was kicked by a patient on 3/4/2014. A scan was done on 3/5/2014.",
            "2014-03-04",
            id="this_nurse",
        ),
        pytest.param(
            "Records show that a crate came down on him on 3/4/2014. He was seen.", "2014-03-04", id="records_show"
        ),
        pytest.param("The worker was exposed to gas on 3/4/2014 and was seen.", "2014-03-04", id="exposed"),
        pytest.param("He got a splinter into the eye on 3/4/2014; it was removed.", "2014-03-04", id="got_into"),
        pytest.param("He states that on 3/4/2014 his back gave out.", "2014-03-04", id="he_states"),
        pytest.param("She was assaulted on 3/4/14 and again on 4/5/15.", None, id="and_again"),
        pytest.param("The patient filed a claim on 3/4/2014 for stress.", None, id="filed"),
        pytest.param("The worker was hired on 3/4/2014. He has knee pain.", None, id="hired"),
        pytest.param("He last worked on 3/4/2014. His pain is constant.", None, id="last_worked"),
        pytest.param("The worker had an arthroscopy on 3/4/2014 and fell.", None, id="operation"),
        pytest.param("A 45 year old cook, injured 3/4/2014 when a pan fell.", "2014-03-04", id="injured_without_on"),
        pytest.param("A 45 year old teacher, was assaulted by a pupil on 3/4/2014.", "2014-03-04", id="was_assaulted"),
        pytest.param("Neck pain since lifting, 3/4/2014 at work.", "2014-03-04", id="day_at_work"),
        pytest.param("with dates of injury of 5/5/1998 and 6/6/2010.", None, id="two_dates_of_injury"),
        pytest.param("prior to being injured on 3/4/2014 he jogged.", "2014-03-04", id="prior_to_it"),
        pytest.param("A home health aide injured on 3/4/2014.", "2014-03-04", id="home_health_aide"),
        pytest.param("Mechanism: fall, 3/4/2014. LBP.", "2014-03-04", id="mechanism"),
        pytest.param("facial fractures after an assault on 3/4/2014", "2014-03-04", id="after_an_assault"),
        pytest.param("He was seen in the fall on 3/4/2014.", None, id="season"),
        pytest.param("A cook who, on 3/4/2014, felt a pop. Seen 3/5/2014.", "2014-03-04", id="who_on_a_day"),
        pytest.param("A male who caught his hand in a press 3/4/2014.", "2014-03-04", id="caught_a_hand"),
        pytest.param("Injury: 3/4/2014, box fell on foot. Seen 3/5/2014.", "2014-03-04", id="injury_label"),
        pytest.param("a male with a March 4, 2014 injury to the foot", "2014-03-04", id="dated_injury"),
        pytest.param("The stress claim is of 3/4/2014.", "2014-03-04", id="claim_is_of"),
        pytest.param("Pt with MVA on the job 3/15/13, rear ended.", "2013-03-15", id="on_the_job"),
        pytest.param("Fell off ladder at work 5/5/11. PT x 12.", "2011-05-05", id="at_work"),
        pytest.param("Trip & fall at warehouse 9/1/13, on both knees.", "2013-09-01", id="at_warehouse"),
        pytest.param("This waiter slipped on grease 5/1/2016 and fell.", "2016-05-01", id="date_without_on"),
        pytest.param("He fell at work and was seen 2/14/14.", None, id="seen_after_a_fall"),
        pytest.param(
            "She hurt her back on 4/6/2011. A non-industrial car accident of 7/8/2003 left nothing.",
            "2011-04-06",
            id="not_industrial",
        ),
        pytest.param("He fell on 3/2/2012. A prior accident on 5/6/2001 was mild.", "2012-03-02", id="prior_accident"),
        pytest.param(
            "Dates of injury: 1/1/2010 (left knee, closed) and 2/2/2015 (back, current claim).",
            "2015-02-02",
            id="current_claim",
        ),
        pytest.param("He twisted his knee on 1/2/2007. Worse after a fall on 3/4/2009.", "2007-01-02", id="fell_later"),
        pytest.param("He twisted his knee on 1/2/2007. A 3/4/2006 work injury healed.", "2007-01-02", id="hurt_before"),
        pytest.param("He fell on 1/2/2007. There was a slip at work on 3/4/2009.", "2007-01-02", id="slip_later"),
        pytest.param("He fell on 1/2/2007. He was seen 3/4/2009 at work.", "2007-01-02", id="seen_at_work"),
        pytest.param("Records were reviewed. She had the pain come back on 3/4/2009.", None, id="pain_came_back"),
        pytest.param("He got an injection in the knee on 3/4/2009.", None, id="got_an_injection"),
        pytest.param("He fell on 1/2/2007. He had a crate fall on 3/4/2009.", "2007-01-02", id="crate_later"),
        pytest.param("He fell on 1/2/2007. He caught a cold on 3/4/2009.", "2007-01-02", id="cold"),
        pytest.param("injured on 1/2/2007. Later injured again on 3/4/2009.", None, id="two_dates"),
        pytest.param("cumulative trauma injury from 1/2/2007 to 3/4/2009.", None, id="period"),
        pytest.param("injured in June 2010.", None, id="month_only"),
        pytest.param("injured on 13/45/2011.", None, id="no_such_day"),
        pytest.param("The injured worker was seen on 11/02/2016.", None, id="seen"),
        pytest.param("a First Report of Occupational Injury or Illness dated 4/11/2012", None, id="report"),
        pytest.param("MRI of the hip on 4/11/2012 showed a tear.", None, id="study"),
    ],
)
def test_date_of_injury(summary: str, expected: str | None) -> None:
    assert injury(summary) == expected


def test_other_sentences_say_nothing_of_the_patient() -> None:
    texts = load_rules("extraction", "patient")["never"]
    assert_none(text for text in texts if (age(text), sex(text), injury(text)) != (None, None, None))


@given(
    st.dates(dt.date(1990, 1, 1), dt.date(2024, 12, 31)),
    st.sampled_from(["%m/%d/%Y", "%m-%d-%y", "%B %d, %Y", "%b. %d, %Y", "%Y-%m-%d", "%m/%d/%y"]),
)
def test_every_day_is_read_in_every_style(day: dt.date, style: str) -> None:
    assert injury(f"The worker was injured on {day.strftime(style)}.") == day.isoformat()


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    assert age(text) is None or 14 <= (age(text) or 0) < 105
    assert sex(text) in {"male", "female", None}
    assert injury(text) is None or injury(text)


@pytest.mark.parametrize(
    ("summary", "day"),
    [
        pytest.param("A door shut on her thumb on 2/20/2013. She was seen that day.", dt.date(2013, 2, 20), id="told-first"),
        pytest.param("A clerk of 40. On 2/20/2013, she reported neck pain.", None, id="date-of-a-report"),
        pytest.param("A crate fell on 2/20/2013. It fell again on 3/1/2013. He was seen.", None, id="two-days"),
        pytest.param("He fell from a truck bed. He was seen on 2/20/2013.", None, id="date-of-care"),
    ],
)  # fmt: skip
def test_a_narrative_begins_with_the_accident(summary: str, day: dt.date | None) -> None:
    found = read_injury_date(summary, Span(0, len(summary)))
    assert (found and found.value) == day
