from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.amount_patterns import number_value
from imr.extraction.amounts import read_amounts
from imr.extraction.amounts_explained import explained
from imr.records import Span


def read(title: str) -> dict[str, float]:
    amounts = read_amounts(title, Span(0, len(title)))
    fields = ("visits", "visits_per_week", "weeks", "quantity", "refills")
    return {field: found.value for field in fields if (found := getattr(amounts, field))}


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        # visits
        pytest.param("Eight aquatic sessions", {"visits": 8}, id="number_in_words"),
        pytest.param("Physical therapy, additional 9 visits", {"visits": 9}, id="additional_visits"),
        pytest.param("eleven (11) further chiropractic treatments", {"visits": 11}, id="words_and_figures"),
        pytest.param("Massage, twenty-one sessions", {"visits": 21}, id="compound_number_word"),
        pytest.param("Counselling, two visits a month for four months", {"visits": 8}, id="a_month_for_months"),
        pytest.param("Counselling 2x/month x 3 months", {"visits": 6}, id="a_month_times_months"),
        pytest.param("Counselling, 2 times a month for 6 weeks", {"weeks": 6}, id="a_month_for_weeks"),
        pytest.param("Counselling, 1-2 times per month for 6 months", {}, id="range_a_month"),
        pytest.param("Massage, forty five visits", {"visits": 45}, id="number_words_apart"),
        pytest.param("Massage sessions, 3 to 4 times a week", {}, id="range_after_the_unit"),
        pytest.param("Codeine/APAP #30", {"quantity": 30}, id="count_after_apap"),
        pytest.param("Tylenol #3 #60", {"quantity": 60}, id="number_that_is_a_name"),
        pytest.param("2 wrist splints", {"quantity": 2}, id="leading_number"),
        pytest.param("Acupuncture x 7", {"visits": 7}, id="x_number"),
        pytest.param("Massage times 5", {"visits": 5}, id="times_number"),
        pytest.param("Hand therapy x9", {"visits": 9}, id="x_glued"),
        pytest.param("OT, QTY: 10", {"visits": 10}, id="quantity_of_visits"),
        pytest.param("Chiropractic QUANTITY 4", {"visits": 4}, id="quantity_in_capitals"),
        pytest.param("Acupuncture #8", {"visits": 8}, id="number_sign_of_visits"),
        pytest.param("Therapy sessions, 14", {"visits": 14}, id="units_then_number"),
        pytest.param("Ultrasound therapy 3 times 5", {"visits": 15}, id="times_times"),
        pytest.param("PT 3x5", {"visits": 15}, id="compact_product"),
        pytest.param(
            "PT BIW x 5 weeks", {"visits": 10, "visits_per_week": 2, "weeks": 5}, id="abbreviated_twice_a_week"
        ),
        pytest.param(
            "Massage TIW for 2 weeks", {"visits": 6, "visits_per_week": 3, "weeks": 2}, id="abbreviated_thrice_a_week"
        ),
        pytest.param("PT, 14 visits in all", {"visits": 14}, id="visits_in_all"),
        pytest.param("Massage qty 14, TIW", {"visits": 14, "visits_per_week": 3}, id="count_and_abbreviation"),
        pytest.param("OT #14, 2x/week", {"visits": 14, "visits_per_week": 2}, id="count_and_frequency"),
        pytest.param("#1 OT 2x/week", {"visits_per_week": 2}, id="number_of_a_request_and_frequency"),
        pytest.param("PT TIW x 3", {"visits": 9, "visits_per_week": 3, "weeks": 3}, id="number_after_an_abbreviation"),
        pytest.param("OT 2 times wkly x 3", {"visits": 6, "visits_per_week": 2, "weeks": 3}, id="abbreviated_weekly"),
        pytest.param(
            "PT 2 times/week/5 weeks", {"visits": 10, "visits_per_week": 2, "weeks": 5}, id="weeks_after_a_slash"
        ),
        pytest.param(
            "PT 2 visits in each of 5 weeks", {"visits": 10, "visits_per_week": 2, "weeks": 5}, id="in_each_of_weeks"
        ),
        pytest.param("PT 2 x 7, left wrist", {"visits": 14}, id="compact_product_spaced"),
        pytest.param("Massage 6 times", {"visits": 6}, id="times_after"),
        pytest.param("One (1) neurology consultation", {"visits": 1}, id="one_consultation"),
        pytest.param("Office visits x 3", {"visits": 3}, id="visits_x"),
        pytest.param("Psychiatry visit, once a month for 5 months", {"visits": 5}, id="monthly"),
        pytest.param("Counseling monthly x 4", {"visits": 4}, id="monthly_x"),
        pytest.param("Monthly psychiatric management visits for 6 months", {"visits": 6}, id="monthly_before"),
        pytest.param("Chiropractic treatment 3x5", {"visits": 15}, id="unit_before_a_product"),
        pytest.param("Psychiatry (monthly) for 4 months", {"visits": 4}, id="monthly_in_brackets"),
        pytest.param("Counseling, 1 session per month for 5 months", {"visits": 5}, id="one_session_a_month"),
        pytest.param("Psychiatry recheck, 1 x month x 6 months", {"visits": 6}, id="one_x_month"),
        pytest.param("Dry needling x 5", {"visits": 5}, id="needling"),
        pytest.param("Massage two times five visits (10)", {"visits": 10}, id="product_with_total"),
        pytest.param("two visits for the hip and six visits for the knee", {"visits": 8}, id="sum_of_visits"),
        pytest.param("Massage, 4 sessions plus an additional 2 sessions", {"visits": 6}, id="sum_of_sessions"),
        pytest.param("PT evaluation and 6 visits", {"visits": 6}, id="evaluation_and_visits"),
        pytest.param("3 to 4 PT visits and 4 OT visits", {}, id="sum_of_a_range"),
        pytest.param("Six massage visits with a lidocaine patch", {"visits": 6}, id="visits_before_a_drug"),
        pytest.param("Biofeedback, 1-3 visits", {}, id="range_of_visits"),
        pytest.param("4 to 6 sessions of acupuncture", {}, id="range_in_words"),
        pytest.param("Follow-up visit in 8 weeks", {}, id="when_is_no_amount"),
        pytest.param("3 months follow-up visit", {}, id="months_are_no_visits"),
        pytest.param("EMG of both legs, 2", {}, id="count_of_tests"),
        pytest.param("Trigger point injections x 3", {}, id="count_of_injections"),
        pytest.param("Facet injections C4-5, C5-6, times two", {}, id="levels_are_no_numbers"),
        pytest.param("Day treatment program, 120 hours", {}, id="hours"),
        pytest.param("Walker rental 14 days", {}, id="days"),
        pytest.param("Acupuncture (DOS 2/13/15)", {}, id="date_of_service"),
        pytest.param("1.5 Tesla scan", {}, id="decimal"),
        # frequency and duration
        pytest.param("PT 3 times a week for 5 weeks", {"visits": 15, "visits_per_week": 3, "weeks": 5}, id="a_week"),
        pytest.param(
            "PT (3) times per week for (5) weeks",
            {"visits": 15, "visits_per_week": 3, "weeks": 5},
            id="in_brackets",
        ),
        pytest.param(
            "PT three (3) times per week for five (5) weeks",
            {"visits": 15, "visits_per_week": 3, "weeks": 5},
            id="doubled_numbers",
        ),
        pytest.param(
            "Acupuncture treatment three (3) times a week for two (2) weeks",
            {"visits": 6, "visits_per_week": 3, "weeks": 2},
            id="unit_before_frequency",
        ),
        pytest.param(
            "Yoga twice weekly for 7 weeks", {"visits": 14, "visits_per_week": 2, "weeks": 7}, id="twice_weekly"
        ),
        pytest.param(
            "CBT once a week for ten weeks", {"visits": 10, "visits_per_week": 1, "weeks": 10}, id="once_a_week"
        ),
        pytest.param(
            "Psychotherapy weekly x 9 weeks", {"visits": 9, "visits_per_week": 1, "weeks": 9}, id="weekly_x_weeks"
        ),
        pytest.param(
            "weekly individual psychotherapy for 9 weeks",
            {"visits": 9, "visits_per_week": 1, "weeks": 9},
            id="weekly_something_for_weeks",
        ),
        pytest.param("PT 2xWk x 5Wks", {"visits": 10, "visits_per_week": 2, "weeks": 5}, id="short_forms_glued"),
        pytest.param("PT 2x/week x 5", {"visits": 10, "visits_per_week": 2, "weeks": 5}, id="weeks_understood"),
        pytest.param("PT 2x5 weeks", {"visits": 10, "visits_per_week": 2, "weeks": 5}, id="compact_weeks"),
        pytest.param("ESWT 1 x week x 4 weeks", {"visits": 4, "visits_per_week": 1, "weeks": 4}, id="x_week_x_weeks"),
        pytest.param("PT 2-3 times a week for 5 weeks", {"weeks": 5}, id="range_of_frequency"),
        pytest.param("PT 2 times a week for 4-6 weeks", {"visits_per_week": 2}, id="range_of_weeks"),
        pytest.param("OT 2 to 3 times per week", {}, id="range_of_frequency_in_words"),
        pytest.param("Ten PT sessions, twice weekly", {"visits": 10, "visits_per_week": 2}, id="total_and_frequency"),
        pytest.param(
            "PT 2 times a week for 5 weeks (10)",
            {"visits": 10, "visits_per_week": 2, "weeks": 5},
            id="total_in_brackets",
        ),
        pytest.param(
            "PT 7 sessions 2 times a week for 4 weeks",
            {"visits": 7, "visits_per_week": 2, "weeks": 4},
            id="stated_total_wins",
        ),
        pytest.param(
            "Home attendant 5 hours a day, 6 days a week for 3 weeks",
            {"visits": 18, "visits_per_week": 6, "weeks": 3},
            id="days_count_as_visits",
        ),
        pytest.param(
            "Work conditioning 4 days per week for 3 weeks",
            {"visits": 12, "visits_per_week": 4, "weeks": 3},
            id="days_per_week",
        ),
        pytest.param("2 PT sessions per week", {"visits_per_week": 2}, id="sessions_per_week_are_no_total"),
        pytest.param("Visits every four to six weeks for six months", {}, id="range_of_interval"),
        pytest.param("Visits every two (2) weeks for 12 weeks", {"weeks": 12}, id="interval_and_duration"),
        pytest.param("Counseling, 1 session every other week for 8 weeks", {"weeks": 8}, id="every_other_week"),
        # units of drugs and supplies
        pytest.param("Newdrug 40mg #75", {"quantity": 75}, id="number_sign"),
        pytest.param("Newdrug 40mg # 75", {"quantity": 75}, id="number_sign_spaced"),
        pytest.param("Newdrug 40 mg Qty: 75", {"quantity": 75}, id="qty"),
        pytest.param("Newdrug 40 mg QTY: 75.00 Refills: 4", {"quantity": 75, "refills": 4}, id="form_decimals"),
        pytest.param("Newdrug 40 mg quantity 75 refills 2", {"quantity": 75, "refills": 2}, id="both_labelled"),
        pytest.param("Newdrug 40 mg, sixty count", {"quantity": 60}, id="count"),
        pytest.param("Newdrug 40 mg, thirty (30) tablets", {"quantity": 30}, id="tablets"),
        pytest.param("Newdrug 40 mg x 75", {"quantity": 75}, id="x_of_drug"),
        pytest.param("Newlotion, three 120 ml bottles", {"quantity": 3}, id="bottles"),
        pytest.param("Newlotion 118gm #2", {"quantity": 2}, id="grams_then_count"),
        pytest.param("Newdrug 5% cream 240 grams", {}, id="grams"),
        pytest.param("Newdrug cream #240gm", {}, id="grams_with_number_sign"),
        pytest.param("Newdrug 15mg/ml suspension 300ml", {}, id="millilitres"),
        pytest.param("Newdrug 40mg 1 tablet by mouth daily", {}, id="dose"),
        pytest.param("Newdrug 40mg 1 tablet by mouth daily #75", {"quantity": 75}, id="dose_and_count"),
        pytest.param("Newdrug 40mg one by mouth three times a day #45", {"quantity": 45}, id="times_a_day"),
        pytest.param("Newdrug 40mg #75 day supply: 25", {"quantity": 75}, id="day_supply"),
        pytest.param("Tylenol #3 #75", {"quantity": 75}, id="number_in_the_name"),
        pytest.param("Newdrug 40mg #30 beside therapy", {"quantity": 30}, id="drug_beside_visits"),
        pytest.param("Tylenol #4", {}, id="number_in_the_name_alone"),
        pytest.param("Newdrug 40 mg, two boxes of thirty (30)", {"quantity": 60}, id="in_boxes"),
        pytest.param("Newdrug 40 mg, bottle of 90", {"quantity": 90}, id="in_a_bottle"),
        pytest.param("Newdrug, one bottle of 120 ml", {"quantity": 1}, id="bottle_of_millilitres"),
        pytest.param("Associated surgical service: 2 knee wraps", {"quantity": 2}, id="leading_number_after_a_prefix"),
        pytest.param("Two channel TENS unit, purchase", {}, id="leads_of_one_device"),
        pytest.param("Electrodes x 6", {"quantity": 6}, id="supplies"),
        pytest.param("2 wrist splints", {"quantity": 2}, id="leading_number"),
        pytest.param("Test strips #75", {"quantity": 75}, id="strips_are_no_tests"),
        pytest.param("Compression stockings, 3 pairs", {"quantity": 3}, id="pairs"),
        pytest.param("Newdrug 40 mg monthly x 5", {}, id="months_are_no_units"),
        pytest.param("TENS unit, 30 day trial", {}, id="days_of_trial"),
        pytest.param("MRI of the hip QTY: 1", {}, id="tests_have_no_quantity"),
        pytest.param("Crown for tooth #12", {}, id="tooth_number"),
        # refills
        pytest.param("Newdrug 40mg #30 with 2 refills", {"quantity": 30, "refills": 2}, id="with_refills"),
        pytest.param("Newdrug 40mg #30 with two (2) refills", {"quantity": 30, "refills": 2}, id="refills_doubled"),
        pytest.param("Three refills of Newdrug 40mg #30", {"quantity": 30, "refills": 3}, id="refills_of"),
        pytest.param("Newdrug 40mg #30 refill x 3", {"quantity": 30, "refills": 3}, id="refill_x"),
        pytest.param("Newdrug 40mg #30 refills: 5", {"quantity": 30, "refills": 5}, id="refills_colon"),
        pytest.param("Newdrug 40mg #30, no refills", {"quantity": 30, "refills": 0}, id="no_refills"),
        pytest.param("Newdrug 40mg #30 with 0 refills", {"quantity": 30, "refills": 0}, id="zero_refills"),
        pytest.param("Newdrug 40mg #30 (unknown refills)", {"quantity": 30}, id="unknown_refills"),
        pytest.param("Lumbar corset", {}, id="nothing_stated"),
    ],
)
def test_reads(title: str, expected: dict[str, float]) -> None:
    assert read(title) == expected


def test_spans_are_absolute_and_products_inferred() -> None:
    text = "Before. Acupuncture 2 times a week for 3 weeks. After 9 visits."
    amounts = read_amounts(text, Span(8, 46))
    assert amounts.visits is not None
    assert (amounts.visits.value, amounts.visits.method) == (6, "inferred")
    assert text[amounts.visits.start : amounts.visits.end] == "2 times a week for 3 weeks"
    assert amounts.weeks is not None
    assert text[amounts.weeks.start : amounts.weeks.end] == "3 weeks"


@pytest.mark.parametrize(("written", "value"), [("two (2)", 2), ("(12)", 12), ("Twelve", 12), ("60.00", 60), ("no", 0)])
def test_number_value(written: str, value: int) -> None:
    assert number_value(written) == value


@given(times=st.integers(1, 7), weeks=st.integers(1, 12))
def test_frequency_times_duration(times: int, weeks: int) -> None:
    assert read(f"Acupuncture {times} times per week for {weeks} weeks") == {
        "visits": times * weeks,
        "visits_per_week": times,
        "weeks": weeks,
    }


@given(st.text(alphabet="0123456789 xX#()-/.%mgtimesweekfor", max_size=50))
def test_never_fails_and_points_inside(title: str) -> None:
    amounts = read_amounts(title, Span(0, len(title)))
    found = (amounts.visits, amounts.visits_per_week, amounts.weeks, amounts.quantity, amounts.refills)
    assert all(0 <= f.start < f.end <= len(title) for f in found if f)


@pytest.mark.parametrize(
    ("title", "rationale", "expected"),
    [
        pytest.param("OT 3x4", "The 12 visits (3 a week, 4 weeks) are too many.", (12, 3, 4), id="in_brackets"),
        pytest.param("PT 2x6", "Twice a week for six weeks is asked.", (12, 2, 6), id="in_words"),
        pytest.param("OT 2x4", "Two visits in each of four weeks, eight in sum.", (8, 2, 4), id="in_each_of"),
        pytest.param("PT 2x3", "As PT 2x3 weeks the request is modest.", (6, 2, 3), id="said_again"),
        pytest.param("Massage 1x6", "Weekly massage for 6 weeks is sought.", (6, 1, 6), id="weekly"),
        pytest.param("PT 4x3", "3 times a week for 4 weeks is asked.", (12, 3, 4), id="the_other_way_round"),
        pytest.param("PT 3x3", "3 times a week for 3 weeks is asked.", (9, 3, 3), id="one_number"),
        pytest.param("PT 2x4", "Guidelines allow 3 visits a week for 2 weeks.", (8, None, None), id="other_numbers"),
        pytest.param("PT 2x3", "She had 2 visits a week for 3 months.", (6, None, None), id="months"),
        pytest.param("PT 3x2", "The request is for 6 visits.", (6, None, None), id="unexplained"),
        pytest.param("PT 12 visits", "Two a week for six weeks are asked for.", (12, None, None), id="no_product"),
    ],
)
def test_a_rationale_explains_a_bare_product(
    title: str, rationale: str, expected: tuple[int, float | None, float | None]
) -> None:
    text = f"{title}\n{rationale}"
    read_title = read_amounts(text, Span(0, len(title)))
    amounts = explained(text, read_title, Span(len(title) + 1, len(text)))
    found = (amounts.visits, amounts.visits_per_week, amounts.weeks)
    assert tuple(item and item.value for item in found) == expected
