"""Guideline slots as the programme's letters word them through the years, all with invented content."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.citation_statements import statements
from imr.extraction.citation_tokens import is_prose
from imr.extraction.citations import CitationMention, cites_none, read_basis, read_citations
from imr.records import Span
from imr.rules import load_rules
from tests.all_at_once import assert_none

LEAD = "Claims Administrator guideline: "

Parts = tuple[str, str | None, int | None, str | None, str | None]


def read(slot: str) -> tuple[CitationMention, ...]:
    text = f"{LEAD}{slot} MAXIMUS guideline: "
    return read_citations(text, Span(len(LEAD), len(LEAD) + len(slot)))


def parts(mention: CitationMention) -> Parts:
    found = (mention.title, mention.year, mention.sections, mention.pages)
    title, year, sections, pages = (item.value if item else None for item in found)
    return (mention.source.value, title, year, sections, pages)  # type: ignore[return-value]


def case(name: str, slot: str, *expected: Parts) -> object:
    return pytest.param(slot, expected, id=name)


DECIDED = "Decision based on"
NON = "Decision based on Non-MTUS Citation"

LETTERS_2016 = [
    case(
        "chapter_of_acoem",
        f"{NON} ACOEM, Elbow Disorders, Splints.",
        ("ACOEM", "Elbow Disorders, Splints", None, None, None),
    ),
    case(
        "chapter_of_acoem_with_commas",
        f"{NON} ACOEM, Hand, Wrist, and Forearm Disorders, Casts, Page(s): 12.",
        ("ACOEM", "Hand, Wrist, and Forearm Disorders, Casts", None, None, "12"),
    ),
    case(
        "chapter_of_acoem_of_a_year",
        f"{NON} ACOEM, Eye Disorders (2017); ODG, Eye Chapter.",
        ("ACOEM", "Eye Disorders", 2017, None, None),
        ("ODG", "Eye Chapter", None, None, None),
    ),
    case(
        "acoem_and_what_the_mtus_wrote_itself",
        f"{NON} ACOEM, Postsurgical Treatment Guidelines.",
        ("ACOEM", "ACOEM", None, None, None),
        ("ACOEM", "Postsurgical Treatment Guidelines", None, None, None),
    ),
    case(
        "topic_year",
        f"{DECIDED} MTUS Elbow Complaints 2007.",
        ("MTUS", "Elbow Complaints", 2007, None, None),
    ),
    case(
        "topic_year_section",
        f"{DECIDED} MTUS Knee Complaints 2004, Section(s): Initial Care.",
        ("MTUS", "Knee Complaints", 2004, "Initial Care", None),
    ),
    case(
        "sections_hold_commas",
        f"{DECIDED} MTUS Knee Complaints 2004, Section(s): Initial Care, Special Studies, Summary.",
        ("MTUS", "Knee Complaints", 2004, "Initial Care, Special Studies, Summary", None),
    ),
    case(
        "topic_holds_commas_and_and",
        f"{DECIDED} MTUS Forearm, Wrist, and Hand Complaints 2004.",
        ("MTUS", "Forearm, Wrist, and Hand Complaints", 2004, None, None),
    ),
    case(
        "two_topics_without_sections",
        f"{DECIDED} MTUS Knee Complaints 2004, and Opioid Treatment 2016.",
        ("MTUS", "Knee Complaints", 2004, None, None),
        ("MTUS", "Opioid Treatment", 2016, None, None),
    ),
    case(
        "three_topics_with_sections",
        f"{DECIDED} MTUS Forearm, Wrist, and Hand Complaints 2004, Section(s): Summary, and Postsurgical "
        "Treatment 2009, Section(s): Elbow & Upper Arm, and Chronic Pain Medical Treatment 2016, Section(s): "
        "Physical medicine treatment.",
        ("MTUS", "Forearm, Wrist, and Hand Complaints", 2004, "Summary", None),
        ("MTUS", "Postsurgical Treatment", 2009, "Elbow & Upper Arm", None),
        ("MTUS", "Chronic Pain Medical Treatment", 2016, "Physical medicine treatment", None),
    ),
    case(
        "section_named_as_a_topic",
        f"{DECIDED} MTUS General Approaches 2004, Section(s): Prevention, Initial Approaches to Treatment, "
        "General Approach to Initial Assessment and Documentation.",
        (
            "MTUS",
            "General Approaches",
            2004,
            "Prevention, Initial Approaches to Treatment, General Approach to Initial Assessment and Documentation",
            None,
        ),
    ),
    case(
        "section_with_number_and_colon",
        f"{DECIDED} MTUS Opioid Treatment 2016, Section(s): 2.1 Opioids for Subacute Pain: When to Begin, 4.2 "
        "Tapering Opioids: Methods.",
        (
            "MTUS",
            "Opioid Treatment",
            2016,
            "2.1 Opioids for Subacute Pain: When to Begin, 4.2 Tapering Opioids: Methods",
            None,
        ),
    ),
    case(
        "section_is_a_number",
        f"{DECIDED} MTUS Knee Complaints 2004, Section(s): 341.",
        ("MTUS", "Knee Complaints", 2004, "341", None),
    ),
    case(
        "mtus_then_odg",
        f"{DECIDED} MTUS Shoulder Complaints 2004. {NON} Official Disability Guidelines (ODG) Shoulder, Arthrography.",
        ("MTUS", "Shoulder Complaints", 2004, None, None),
        ("ODG", "Shoulder, Arthrography", None, None, None),
    ),
    case(
        "unknown_topic_with_year",
        f"{DECIDED} MTUS Eye Disorders 2017, Section(s): Lasers, and Hip and Groin Disorders 2019.",
        ("MTUS", "Eye Disorders", 2017, "Lasers", None),
        ("MTUS", "Hip and Groin Disorders", 2019, None, None),
    ),
]

ODG = [
    case(
        "chapter_without_its_source",
        f"{NON} Hip (Acute & Chronic), Slings.",
        ("ODG", "Hip (Acute & Chronic), Slings", None, None, None),
    ),
    case(
        "journal_called_like_a_chapter",
        f"{NON} Pain. 2010;150(3):573-81.",
        ("other", "Pain", 2010, None, "573-81"),
    ),
    case(
        "purpose",
        f"{NON} ODG Hip Chapter, Slings, for the number of visits.",
        ("ODG", "Hip Chapter, Slings", None, None, None),
    ),
    case(
        "latter",
        f"{NON} ODG Hip Chapter, Slings, the latter because it counts the visits.",
        ("ODG", "Hip Chapter, Slings", None, None, None),
    ),
    case(
        "two_chapters_by_semicolon",
        f"{NON} Official Disability Guidelines, Hip Chapter, Heat; Mental Illness and Stress Chapter - Office visits.",
        ("ODG", "Hip Chapter, Heat", None, None, None),
        ("ODG", "Mental Illness and Stress Chapter - Office visits", None, None, None),
    ),
    case(
        "two_chapters_by_and",
        f"{NON} ODG Neck chapter - Collars and Shoulder chapter - Slings.",
        ("ODG", "Neck chapter - Collars", None, None, None),
        ("ODG", "Shoulder chapter - Slings", None, None, None),
    ),
    case(
        "three_chapters",
        f"{NON} ODG Burns, grafts; Hernia, surgery; and Pulmonary, spirometry.",
        ("ODG", "Burns, grafts", None, None, None),
        ("ODG", "Hernia, surgery", None, None, None),
        ("ODG", "Pulmonary, spirometry", None, None, None),
    ),
    case(
        "chapters_alone",
        f"{NON} ODG Low Back; Pain; Shoulder.",
        ("ODG", "Low Back", None, None, None),
        ("ODG", "Pain", None, None, None),
        ("ODG", "Shoulder", None, None, None),
    ),
    case(
        "topics_of_one_chapter",
        f"{NON} ODG Elbow (Acute & Chronic), Bracing, Massage; Heat therapy, and Stretching.",
        ("ODG", "Elbow (Acute & Chronic), Bracing, Massage; Heat therapy, and Stretching", None, None, None),
    ),
    case(
        "chapters_that_share_a_topic",
        f"{NON} ODG Hip and Knee chapters, Massage.",
        ("ODG", "Hip and Knee chapters, Massage", None, None, None),
    ),
    case(
        "and_within_a_chapter",
        f"{NON} ODG (2016), Neck and Upper Back, Massage.",
        ("ODG", "Neck and Upper Back, Massage", 2016, None, None),
    ),
    case(
        "chapter_of_the_odg",
        "The Claims Administrator used the Hip Chapter of the Official Disability Guidelines (ODG).",
        ("ODG", "Hip Chapter", None, None, None),
    ),
    case(
        "bare",
        f"{NON} Official Disability Guidelines (ODG).",
        ("ODG", "Official Disability Guidelines (ODG)", None, None, None),
    ),
    case("short_name", f"{NON} ODG Pain Chapter.", ("ODG", "Pain Chapter", None, None, None)),
    case("colon", f"{NON} Official Disability Guidelines: Hip, Massage.", ("ODG", "Hip, Massage", None, None, None)),
    case("dash", f"{NON} Official Disability Guidelines - Hip & Pelvis.", ("ODG", "Hip & Pelvis", None, None, None)),
    case("slash", f"{NON} ODG Elbow chapter/ Bracing.", ("ODG", "Elbow chapter/ Bracing", None, None, None)),
    case(
        "updated_is_no_year",
        f"{NON} Official Disability Guidelines (ODG), Hip (updated 08/23/2016): Heat therapy.",
        ("ODG", "Hip (updated 08/23/2016): Heat therapy", None, None, None),
    ),
    case(
        "updated_in_words_is_no_year",
        f"{NON} Official Disability Guidelines (ODG), Hip (updated August 2016): Heat therapy.",
        ("ODG", "Hip (updated August 2016): Heat therapy", None, None, None),
    ),
    case("nothing_named", f"{NON} ."),
    case("only_and", f"{NON} Official Disability Guidelines (ODG) Hip; and.", ("ODG", "Hip", None, None, None)),
    case(
        "edition_year",
        f"{NON} Official Disability Guidelines, 2015, Online Edition, Massage.",
        ("ODG", "Online Edition, Massage", 2015, None, None),
    ),
    case(
        "two_by_semicolon",
        f"{NON} Official Disability Guidelines (ODG) Hip, Massage; Ankle, Massage.",
        ("ODG", "Hip, Massage", None, None, None),
        ("ODG", "Ankle, Massage", None, None, None),
    ),
    case(
        "two_by_full_stop",
        f"{NON} Official Disability Guidelines (ODG) Hip, Massage. Official Disability Guidelines (ODG) Hand.",
        ("ODG", "Hip, Massage", None, None, None),
        ("ODG", "Hand", None, None, None),
    ),
    case(
        "two_by_and",
        f"{NON} Official Disability Guidelines (ODG) Hip (Acute and Chronic) Massage and ODG Gym Guidelines.",
        ("ODG", "Hip (Acute and Chronic) Massage", None, None, None),
        ("ODG", "Gym Guidelines", None, None, None),
    ),
    case(
        "two_without_separator",
        f"{NON} Official Disability Guidelines (ODG), Hand Official Disability Guidelines (ODG), Splints.",
        ("ODG", "Hand", None, None, None),
        ("ODG", "Splints", None, None, None),
    ),
    case(
        "by_mcg",
        f"{NON} ODG by MCG Elbow Chapter: Bracing.",
        ("ODG", "by MCG Elbow Chapter: Bracing", None, None, None),
    ),
    case(
        "outside_of_the_schedule",
        "The Expert Reviewer based their decision on recommendation(s) outside of the MTUS Guidelines. "
        f"{NON} Official Disability Guidelines (ODG) Eye, Glasses.",
        ("ODG", "Eye, Glasses", None, None, None),
    ),
    case(
        "not_on_the_mtus",
        f"The Claims Administrator did not base their decision on the MTUS. {NON} ODG, Eye.",
        ("ODG", "Eye", None, None, None),
    ),
    case(
        "line_broken_name",
        "Decision based on Non-\nMTUS Citation Official\nDisability Guidelines (ODG) Eye,\nGlasses.",
        ("ODG", "Eye, Glasses", None, None, None),
    ),
]

OTHERS = [
    case(
        "acoem_outside_the_schedule",
        f"{NON} MTUS ACOEM Practice Guidelines, 2nd Edition (2004), Traction, page 51",
        ("ACOEM", "Practice Guidelines, 2nd Edition, Traction", 2004, None, "51"),
    ),
    case(
        "acoem_third_edition",
        f"{NON} ACOEM, 3rd Edition, Chronic Pain, 2011, page 212.",
        ("ACOEM", "3rd Edition, Chronic Pain", 2011, None, "212"),
    ),
    case(
        "acoem_spelt_out",
        f"{NON} American College of Occupational and Environmental Medicine (ACOEM), Hip Disorders.",
        ("ACOEM", "Hip Disorders", None, None, None),
    ),
    case(
        "society_with_year",
        f"{NON} American College of Surgeons, Statement on Assistants, 2012.",
        ("other", "American College of Surgeons, Statement on Assistants", 2012, None, None),
    ),
    case(
        "textbook_with_date",
        f"{NON} University Health System. Management of gout. Springfield: University Press; 2009 Feb. 12.",
        ("other", "University Health System. Management of gout. Springfield: University Press", 2009, None, None),
    ),
    case(
        "address",
        f"{NON} http://www.example.org/2014/policy/12.html.",
        ("other", "http://www.example.org/2014/policy/12.html", None, None, None),
    ),
    case(
        "two_addresses",
        f"{NON} http://www.example.org/one, https://example.com/two.",
        ("other", "http://www.example.org/one", None, None, None),
        ("other", "https://example.com/two", None, None, None),
    ),
    case(
        "other_label_is_no_title",
        f"{NON} Official Disability Guidelines (ODG) Hip and Other Medical Treatment Guidelines "
        "http://example.org/cpb.html.",
        ("ODG", "Hip", None, None, None),
        ("other", "http://example.org/cpb.html", None, None, None),
    ),
    case(
        "publisher_after_odg",
        f"{NON} Official Disability Guidelines (ODG) Hip. Medicare Benefits Manual, Chapter 7.",
        ("ODG", "Hip", None, None, None),
        ("other", "Medicare Benefits Manual, Chapter 7", None, None, None),
    ),
]

REFERENCES = [
    case(
        "journal_article",
        f"{NON} Doe J, Roe R. Slings after surgery. J Sling Res. 2011 Mar;39(3):541-5.",
        ("other", "Doe J, Roe R. Slings after surgery. J Sling Res", 2011, None, "541-5"),
    ),
    case(
        "two_articles",
        f"{NON} Doe J, Sling Res 2012; 28: 1-9; Roe R, Wrap Res. 2003;28(10):994-1001.",
        ("other", "Doe J, Sling Res", 2012, None, "1-9"),
        ("other", "Roe R, Wrap Res", 2003, None, "994-1001"),
    ),
    case(
        "author_after_odg",
        f"{NON} ODG Hip Chapter, Slings (Wrap); and Doe J, et al., Trends in slings, 2004.",
        ("ODG", "Hip Chapter, Slings (Wrap)", None, None, None),
        ("other", "Doe J, et al., Trends in slings", 2004, None, None),
    ),
    case(
        "author_without_initials",
        f"{NON} ODG Hip Chapter, Slings; Van den Roe et al., Slings, Wrap Res, 1983.",
        ("ODG", "Hip Chapter, Slings", None, None, None),
        ("other", "Van den Roe et al., Slings, Wrap Res", 1983, None, None),
    ),
    case(
        "editor_of_acoem",
        "ODG, Hip Chapter; Doe J, Occupational Medicine Practice Guidelines, 2nd Edition (2004)",
        ("ODG", "Hip Chapter", None, None, None),
        ("ACOEM", "Doe J, Occupational Medicine Practice Guidelines, 2nd Edition", 2004, None, None),
    ),
    case(
        "release_is_no_author",
        "ODG, Hip Chapter; Doxepin ER, updated 2014.",
        ("ODG", "Hip Chapter", None, None, None),
    ),
    case(
        "picture_is_no_author",
        "ODG, Hip Chapter; Repeat MRI, updated 2014.",
        ("ODG", "Hip Chapter", None, None, None),
    ),
    case(
        "two_authors_after_odg",
        f"{NON} ODG Hip Chapter, Slings, and O'Roe J, Doe K. Slings. Wrap Res, 2011.",
        ("ODG", "Hip Chapter, Slings", None, None, None),
        ("other", "O'Roe J, Doe K. Slings. Wrap Res", 2011, None, None),
    ),
    case(
        "author_after_mtus",
        f"{DECIDED} MTUS Chronic Pain 2016, Section(s): Slings; and Doe D, et al., Slings, 2016.",
        ("MTUS", "Chronic Pain", 2016, "Slings", None),
        ("other", "Doe D, et al., Slings", 2016, None, None),
    ),
    case(
        "two_authors",
        f"{NON} Doe M, et al., Slings, 2001; and Roe P, et al., Wraps, 2003.",
        ("other", "Doe M, et al., Slings", 2001, None, None),
        ("other", "Roe P, et al., Wraps", 2003, None, None),
    ),
    case(
        "article_in_prose",
        "The Physician Reviewer relied on the ODG, Hip Chapter, Slings, and on the following peer-reviewed article: Doe "
        "J. Slings. J Sling Res. 2013;8:16-84.",
        ("ODG", "Hip Chapter, Slings", None, None, None),
        ("other", "Doe J. Slings. J Sling Res", 2013, None, "16-84"),
    ),
    case(
        "textbook_with_pages",
        f"{NON} Campbell's Operative Orthopaedics, 12th Edition (2013), Chapter 5, Knee, pages 2045-2060.",
        ("other", "Campbell's Operative Orthopaedics, 12th Edition, Chapter 5, Knee", 2013, None, "2045-2060"),
    ),
    case(
        "two_books",
        f"{NON} Physician's Desk Reference, 68th Edition, 2014; The Book of Slings, 3rd edition, 2010.",
        ("other", "Physician's Desk Reference, 68th Edition", 2014, None, None),
        ("other", "Book of Slings, 3rd edition", 2010, None, None),
    ),
    case(
        "society_after_odg",
        f"{NON} ODG Head Chapter, Balance; and the National Institute of Ears: Balance, 2016.",
        ("ODG", "Head Chapter, Balance", None, None, None),
        ("other", "National Institute of Ears: Balance", 2016, None, None),
    ),
    case(
        "department_after_odg",
        f"{NON} ODG Head Chapter, Balance and the Lake County Department of Ears, Balance, 2016.",
        ("ODG", "Head Chapter, Balance", None, None, None),
        ("other", "Lake County Department of Ears, Balance", 2016, None, None),
    ),
    case(
        "organization_with_and",
        f"{NON} American Academy of Noses and Throat Care Practice Guideline: Voice, 2012.",
        ("other", "American Academy of Noses and Throat Care Practice Guideline: Voice", 2012, None, None),
    ),
    case(
        "address_of_a_reference",
        f"{NON} What is a sling? National Heart Institute. http://example.gov/sling, accessed 03/04/2017, Doe J. Wraps.",
        (
            "other",
            "What is a sling? National Heart Institute. http://example.gov/sling, accessed 03/04/2017",
            None,
            None,
            None,
        ),
        ("other", "Doe J. Wraps", None, None, None),
    ),
    case(
        "address_after_odg",
        f"{NON} ODG Head Chapter, Balance. http://example.gov/sling.",
        ("ODG", "Head Chapter, Balance", None, None, None),
        ("other", "http://example.gov/sling", None, None, None),
    ),
    case(
        "unknown_reference_after_odg",
        f"{NON} ODG by MCG, Hip Chapter, Slings; National Academies, The Use of Slings, 2017.",
        ("ODG", "by MCG, Hip Chapter, Slings", None, None, None),
        ("other", "National Academies, The Use of Slings", 2017, None, None),
    ),
    case(
        "numbered_list",
        "The professional reviewer relied on the following: (1) ACOEM, Chapter 9, page 3; and (2) FDA label, Sling.",
        ("ACOEM", "Chapter 9", None, None, "3"),
        ("other", "FDA label, Sling", None, None, None),
    ),
    case(
        "experience_is_no_reference",
        "The Physician Reviewer based his/her decision on his/her medical training and experience.",
    ),
]

LETTERS_2013_TO_2015 = [
    *(
        case(f"pages_{name}", f"{DECIDED} MTUS Knee Complaints{pages}.", ("MTUS", "Knee Complaints", None, None, found))
        for name, pages, found in [
            ("short", ", pgs. 22, 67-68", "22, 67-68"),
            ("letter", ", p. 3", "3"),
            ("letters", ", pp. 30-34", "30-34"),
            ("through", " Page(s): 63 through 66 of 127", "63 through 66 of 127"),
            ("to", " (pages 98 to 99)", "98 to 99"),
            ("semicolon", " Page(s): 17; 33-36", "17; 33-36"),
            ("and", ", pages 9, 12, and 15", "9, 12, and 15"),
            ("repeated", ": pg. 12 and pg. 57", "12 and pg. 57"),
            ("en_dash", ", pages 78\N{EN DASH}80", "78\N{EN DASH}80"),
        ]
    ),
    case(
        "pages_after_pages",
        f"{DECIDED} MTUS Chronic Pain Treatment Guidelines Opioids Page(s): 78-80, Weaning Page(s): 124.",
        ("MTUS", "Chronic Pain Treatment Guidelines Opioids", None, None, "78-80"),
        ("MTUS", "Weaning", None, None, "124"),
    ),
    case(
        "pages_first",
        "The Expert Reviewer relied on page 46 of the Chronic Pain Medical Treatment Guidelines, part of the MTUS.",
        ("MTUS", "Chronic Pain Medical Treatment Guidelines", None, None, "46"),
    ),
    case(
        "pages_after_sections",
        f"{DECIDED} MTUS Knee Complaints 2004, Section(s): Initial Care, Summary, page(s) 372-374.",
        ("MTUS", "Knee Complaints", 2004, "Initial Care, Summary", "372-374"),
    ),
    case(
        "topic_and_its_acoem_chapter",
        f"{DECIDED} MTUS General Approaches ACOEM Practice Guidelines, Chapter 3 Page(s): 48.",
        ("MTUS", "General Approaches ACOEM Practice Guidelines, Chapter 3", None, None, "48"),
    ),
    case(
        "schedule_after_the_title",
        "The Claims Administrator cited the Chronic Pain Medical Treatment Guidelines (MTUS), 2009, pages 114-116.",
        ("MTUS", "Chronic Pain Medical Treatment Guidelines", 2009, None, "114-116"),
    ),
    case(
        "schedule_around_the_title",
        "The Claims Administrator used the MTUS (Chronic Pain Medical Treatment Guidelines, 2009), page 46.",
        ("MTUS", "Chronic Pain Medical Treatment Guidelines", 2009, None, "46"),
    ),
    case(
        "schedule_in_full_after_the_pages",
        "The Claims Administrator referenced the Chronic Pain Medical Treatment Guidelines, Insomnia, page 60, which is a "
        "part of the Medical Treatment Utilization Schedule.",
        ("MTUS", "Chronic Pain Medical Treatment Guidelines, Insomnia", None, None, "60"),
    ),
    case(
        "schedule_before_the_pages",
        "The Claims Administrator based its decision on the Postsurgical Treatment Guidelines, part of the MTUS, pages "
        "16-19, and on the ODG, Hip Chapter.",
        ("MTUS", "Postsurgical Treatment Guidelines", None, None, "16-19"),
        ("ODG", "Hip Chapter", None, None, None),
    ),
    *(
        case(
            f"acoem_{name}",
            f"The Physician Reviewer relied on the ACOEM Practice Guidelines, Chapter 9, page 3{words}.",
            (source, "Practice Guidelines, Chapter 9", None, None, "3"),
        )
        for name, words, source in [
            ("adopted", ", which has been adopted by the MTUS", "MTUS"),
            ("adopted_by_an_officer", ", as adopted by the Administrative Director into the MTUS", "MTUS"),
            ("incorporated", ", incorporated into the MTUS by reference", "MTUS"),
            ("taken_over", ", which the MTUS has adopted", "MTUS"),
            ("in_brackets", " (MTUS)", "MTUS"),
            ("own_sentence", "; this chapter is part of the MTUS", "MTUS"),
            ("no_article", ", which is part of MTUS", "MTUS"),
            ("not_in_brackets", " (not MTUS)", "ACOEM"),
            ("not_part", ", a Medical Treatment Guideline (MTG) that is not part of the MTUS", "ACOEM"),
            ("unsaid", ", because ODG and the MTUS are silent", "ACOEM"),
        ]
    ),
    case(
        "three_sources_in_a_sentence",
        "The Claims Administrator based its decision on the MTUS Chronic Pain Guidelines, pages 98-99, which is part of the "
        "MTUS, the ACOEM Guidelines, Chapter 9, page 203, which is part of the MTUS, and the ODG, Shoulder Chapter, Massage.",
        ("MTUS", "Chronic Pain Guidelines", None, None, "98-99"),
        ("MTUS", "Guidelines, Chapter 9", None, None, "203"),
        ("ODG", "Shoulder Chapter, Massage", None, None, None),
    ),
    case(
        "as_well_as",
        "The Claims Administrator based its decision on the MTUS Chronic Pain Guidelines, page 9, as well as the ODG, Hip.",
        ("MTUS", "Chronic Pain Guidelines", None, None, "9"),
        ("ODG", "Hip", None, None, None),
    ),
    case(
        "entries_by_letter",
        "a) Massage: Chronic Pain Medical Treatment Guidelines, page 58. b) Acupuncture: Acupuncture Medical Treatment "
        "Guidelines. Both are part of the MTUS.",
        ("MTUS", "Chronic Pain Medical Treatment Guidelines", None, None, "58"),
        ("MTUS", "Acupuncture Medical Treatment Guidelines", None, None, None),
    ),
    case(
        "finding_after_a_citation",
        "The Claims Administrator's physician advisor cited the ODG, Hip Chapter, Slings, and found the criteria not met.",
        ("ODG", "Hip Chapter, Slings", None, None, None),
    ),
    case(
        "topic_after_odg",
        "The Claims Administrator based its decision on the ODG, Pain Chapter, Opioids, and the Chronic Pain Medical "
        "Treatment Guidelines, page 78.",
        ("ODG", "Pain Chapter, Opioids", None, None, None),
        ("MTUS", "Chronic Pain Medical Treatment Guidelines", None, None, "78"),
    ),
    case(
        "chapter_after_a_standing",
        "The Expert Reviewer relied on the ACOEM Guidelines, Chapter 9, page 3 (part of the MTUS), and Chapter 10, page 4 "
        "(part of the MTUS).",
        ("MTUS", "Guidelines, Chapter 9", None, None, "3"),
        ("MTUS", "Chapter 10", None, None, "4"),
    ),
    case(
        "decision_is_based",
        "The Claims Administrator's decision is based on the Elbow Complaints Chapter of the ACOEM Practice Guidelines "
        "(2007), page 15, part of the MTUS.",
        ("MTUS", "Elbow Complaints Chapter of the ACOEM Practice Guidelines", 2007, None, "15"),
    ),
    case(
        "cited_and_referenced",
        "The Claims Administrator cited the MTUS ACOEM Guidelines, Chapter 13, page 341, and referenced the ODG, Knee.",
        ("MTUS", "Guidelines, Chapter 13", None, None, "341"),
        ("ODG", "Knee", None, None, None),
    ),
    case(
        "found_relevant_and_relied",
        "The Expert Reviewer found the section of the MTUS used by the Claims Administrator relevant and appropriate and "
        "relied on the Postsurgical Treatment Guidelines, Knee, page 24, part of the MTUS.",
        ("MTUS", "Postsurgical Treatment Guidelines, Knee", None, None, "24"),
    ),
    case(
        "year_before_a_publisher",
        "The Physician Reviewer based his/her decision on the 2013 ACC/AHA Guideline on Blood Cholesterol, which is not "
        "part of the MTUS.",
        ("other", "ACC/AHA Guideline on Blood Cholesterol", 2013, None, None),
    ),
    case(
        "found_relevant_by_name",
        "The Expert Reviewer also found the ODG, Hip Chapter, Massage, relevant and appropriate.",
        ("ODG", "Hip Chapter, Massage", None, None, None),
    ),
    case(
        "no_section_of_several_sources",
        "The Physician Reviewer found no relevant section in the MTUS or the ACOEM Guidelines. The Physician Reviewer used "
        "the ODG, Hip Chapter, Massage.",
        ("ODG", "Hip Chapter, Massage", None, None, None),
    ),
    case(
        "silence_in_a_sentence_of_its_own",
        "The MTUS does not address massage. The professional reviewer applied the ODG, Hip Chapter, Massage.",
        ("ODG", "Hip Chapter, Massage", None, None, None),
    ),
    case(
        "odg_after_a_slot_of_another_kind",
        "The Claims Administrator did not cite any section of the MTUS but cited the ODG, Hip Chapter.",
        ("ODG", "Hip Chapter", None, None, None),
    ),
    case(
        "remark_on_another_source",
        "The professional reviewer relied on the ODG, Hip Chapter. The MTUS chapter on hips was considered too.",
        ("ODG", "Hip Chapter", None, None, None),
    ),
    case(
        "pages_only",
        f"{DECIDED} MTUS Chronic Pain Treatment Guidelines Page(s): 22.",
        ("MTUS", "Chronic Pain Treatment Guidelines", None, None, "22"),
    ),
    case(
        "topic_and_pages",
        f"{DECIDED} MTUS Chronic Pain Treatment Guidelines Opioids, long-term use Page(s): 88-89, 94.",
        ("MTUS", "Chronic Pain Treatment Guidelines Opioids, long-term use", None, None, "88-89, 94"),
    ),
    case(
        "pages_of_total",
        f"{DECIDED} MTUS Chronic Pain Treatment Guidelines TENS Page(s): 114-116 of 127.",
        ("MTUS", "Chronic Pain Treatment Guidelines TENS", None, None, "114-116 of 127"),
    ),
    case(
        "comma_pages",
        f"{DECIDED} MTUS Chronic Pain Treatment Guidelines Insomnia, pages 60-61.",
        ("MTUS", "Chronic Pain Treatment Guidelines Insomnia", None, None, "60-61"),
    ),
    case(
        "two_undated_topics",
        f"{DECIDED} MTUS Low Back Complaints, Chronic Pain Treatment Guidelines Ultrasound Page(s): 123.",
        ("MTUS", "Low Back Complaints", None, None, None),
        ("MTUS", "Chronic Pain Treatment Guidelines Ultrasound", None, None, "123"),
    ),
    case(
        "topic_after_pages",
        f"{DECIDED} MTUS Knee Complaints Page(s): 339, Chronic Pain Treatment Guidelines Page(s): 22.",
        ("MTUS", "Knee Complaints", None, None, "339"),
        ("MTUS", "Chronic Pain Treatment Guidelines", None, None, "22"),
    ),
    case(
        "acoem_then_topic",
        f"{DECIDED} MTUS ACOEM, and Chronic Pain Treatment Guidelines Page(s): 9.",
        ("MTUS", "ACOEM", None, None, None),
        ("MTUS", "Chronic Pain Treatment Guidelines", None, None, "9"),
    ),
    case(
        "acoem_chapter",
        f"{DECIDED} MTUS ACOEM Chapter 7 Independent Medical Examinations page(s) 127.",
        ("MTUS", "Chapter 7 Independent Medical Examinations", None, None, "127"),
    ),
    case(
        "two_chapters_without_pages",
        f"{DECIDED} MTUS ACOEM Chapter 9 (Shoulder Complaints), and Chapter 10 (Elbow Complaints).",
        ("MTUS", "Chapter 9 (Shoulder Complaints)", None, None, None),
        ("MTUS", "Chapter 10 (Elbow Complaints)", None, None, None),
    ),
    case(
        "chapter_and_topic_stay_one",
        f"{DECIDED} MTUS ACOEM Practice Guidelines, 2nd Edition (2004), Chapter 10, Elbow Complaints, page 40.",
        ("MTUS", "Practice Guidelines, 2nd Edition, Chapter 10, Elbow Complaints", 2004, None, "40"),
    ),
    case(
        "regulation_dated",
        f"{DECIDED} MTUS Chronic Pain Treatment Guidelines 8 C.C.R. 9792.20 & 9792.26 MTUS (Effective July 18, "
        "2009) Page(s): 51 of 127.",
        ("MTUS", "Chronic Pain Treatment Guidelines 8 C.C.R. 9792.20 & 9792.26", 2009, None, "51 of 127"),
    ),
    case(
        "prose_part_of_the_schedule",
        "The Claims Administrator based its decision on the ACOEM Practice Guidelines, 2nd Edition (2004), "
        "Chapter 13, Knee Complaints, pages 343-344, part of the MTUS.",
        ("MTUS", "Practice Guidelines, 2nd Edition, Chapter 13, Knee Complaints", 2004, None, "343-344"),
    ),
    case(
        "prose_not_part_of_the_schedule",
        "The Expert Reviewer relied on the ACOEM Practice Guidelines, Hip, page 5, which is not part of the MTUS.",
        ("ACOEM", "Practice Guidelines, Hip", None, None, "5"),
    ),
    case(
        "prose_two_sources",
        "The Physician Reviewer based his/her decision on the MTUS ACOEM Guidelines (2004), Chapter 9 (Shoulder "
        "Complaints), page(s) 203, and on the Official Disability Guidelines (ODG), Shoulder Chapter, Massage, "
        "which is not part of the MTUS.",
        ("MTUS", "Guidelines, Chapter 9 (Shoulder Complaints)", 2004, None, "203"),
        ("ODG", "Shoulder Chapter, Massage", None, None, None),
    ),
    case(
        "prose_two_chapters",
        "The Physician Reviewer based his/her decision on the MTUS ACOEM Guidelines (2004), Chapter 9 (Shoulder "
        "Complaints), page(s) 203, and Chapter 10 (Elbow Complaints) (2007), page(s) 33, which are part of the MTUS.",
        ("MTUS", "Guidelines, Chapter 9 (Shoulder Complaints)", 2004, None, "203"),
        ("MTUS", "Chapter 10 (Elbow Complaints)", 2007, None, "33"),
    ),
    case(
        "prose_second_section",
        "The Physician Reviewer based his/her decision on the MTUS Chronic Pain Medical Treatment Guidelines, "
        "Insomnia, page(s) 60, and Zolpidem, page(s) 62, which are part of the MTUS.",
        ("MTUS", "Chronic Pain Medical Treatment Guidelines, Insomnia", None, None, "60"),
        ("MTUS", "Zolpidem", None, None, "62"),
    ),
    case(
        "prose_topic_only",
        "The Expert Reviewer based his/her decision on the Acupuncture Medical Treatment Guidelines, which are part "
        "of the MTUS.",
        ("MTUS", "Acupuncture Medical Treatment Guidelines", None, None, None),
    ),
    case(
        "prose_silent_schedule",
        "The Expert Reviewer found that no section of the MTUS was applicable and relied on the Official Disability "
        "Guidelines (ODG), Eye Chapter, Glasses.",
        ("ODG", "Eye Chapter, Glasses", None, None, None),
    ),
    case(
        "prose_unknown_publisher",
        "The Expert Reviewer based his/her decision on the Harriet Lane Handbook 2012 Edition, page 9, not part of the MTUS.",
        ("other", "Harriet Lane Handbook Edition", 2012, None, "9"),
    ),
    case(
        "prose_unknown_but_of_the_schedule",
        "The Expert Reviewer relied on the Occupational Medicine Practice Guidelines (2004), page 9, part of the MTUS.",
        ("MTUS", "Occupational Medicine Practice Guidelines", 2004, None, "9"),
    ),
    case("prose_no_reference", "The Expert Reviewer based his/her decision on the same guideline."),
    case(
        "prose_standing_of_several",
        "The Expert Reviewer relied on the ACOEM Guidelines, Chapter 9, page 3, and Chapter 10, page 4, which are part "
        "of the MTUS.",
        ("MTUS", "Guidelines, Chapter 9", None, None, "3"),
        ("MTUS", "Chapter 10", None, None, "4"),
    ),
    case(
        "prose_table_after_pages",
        "The Expert Reviewer relied on the ACOEM Guidelines, Chapter 9, page 3, and Table 9-6, part of the MTUS, and "
        "found no conflicting authority.",
        ("MTUS", "Guidelines, Chapter 9, and Table 9-6", None, None, "3"),
    ),
    case(
        "prose_passive",
        "No section applies. The Official Disability Guidelines (ODG), Hip Chapter, Massage, was relied upon because it is recent.",
        ("ODG", "Hip Chapter, Massage", None, None, None),
    ),
    case(
        "prose_specifically",
        "The professional reviewer relied on the MTUS, specifically the Postsurgical Treatment Guidelines (2009), page 16.",
        ("MTUS", "Postsurgical Treatment Guidelines", 2009, None, "16"),
    ),
    case(
        "prose_schedule_in_full",
        "The Expert Reviewer relied on the Medical Treatment Utilization Schedule (MTUS), Knee Complaints, page 3.",
        ("MTUS", "Knee Complaints", None, None, "3"),
    ),
    case(
        "prose_chapter_in_brackets",
        "The Expert Reviewer relied on the Knee Complaints Chapter (ACOEM Practice Guidelines (2004), Chapter 13), page 3, "
        "part of the MTUS.",
        ("MTUS", "Knee Complaints Chapter (ACOEM Practice Guidelines, Chapter 13)", 2004, None, "3"),
    ),
    case(
        "item_number_and_label",
        "1. Cane: Chronic Pain Medical Treatment Guidelines (2009), page 3, part of the MTUS.",
        ("MTUS", "Chronic Pain Medical Treatment Guidelines", 2009, None, "3"),
    ),
    case(
        "prose_remark_on_a_source",
        "The Expert Reviewer relied on the ODG, Hip Chapter, Massage. The ODG is more specific.",
        ("ODG", "Hip Chapter, Massage", None, None, None),
    ),
    case(
        "item_label_and_reason",
        "2. Walking boot: Official Disability Guidelines (ODG), Ankle & Foot Chapter, Boots, because the MTUS does "
        "not speak of boots.",
        ("ODG", "Ankle & Foot Chapter, Boots", None, None, None),
    ),
]

LETTERS_FROM_2018 = [
    case(
        "topic_that_is_unknown",
        f"{DECIDED} MTUS Drug Formulary 2020, and Chronic Pain 2017, Section(s): Gabapentin.",
        ("MTUS", "Drug Formulary", 2020, None, None),
        ("MTUS", "Chronic Pain", 2017, "Gabapentin", None),
    ),
    case(
        "section_named_as_a_topic_with_another_after_it",
        f"{DECIDED} MTUS Low Back Disorders 2020, Section(s): Prevention, Opioids, and Prevention 2018.",
        ("MTUS", "Low Back Disorders", 2020, "Prevention, Opioids", None),
        ("MTUS", "Prevention", 2018, None, None),
    ),
    case(
        "colon_in_topic",
        f"{DECIDED} MTUS Workplace Mental Health: Anxiety Disorders 2021, Section(s): Exercise.",
        ("MTUS", "Workplace Mental Health: Anxiety Disorders", 2021, "Exercise", None),
    ),
    case(
        "acoem_with_year",
        f"{DECIDED} MTUS ACOEM Hip and Groin Guideline (2019).",
        ("MTUS", "Hip and Groin Guideline", 2019, None, None),
    ),
    case(
        "topic_without_year_after_sections",
        f"{DECIDED} MTUS Knee Disorders 2020, Section(s): Braces; Rest, and Workplace Mental Health: Introduction.",
        ("MTUS", "Knee Disorders", 2020, "Braces; Rest", None),
        ("MTUS", "Workplace Mental Health: Introduction", None, None, None),
    ),
    case(
        "sections_after_standing",
        f"{NON} ACOEM Knee Disorders Guideline, which is part of the MTUS, Section(s): Braces; Rest.",
        ("MTUS", "Knee Disorders Guideline", None, "Braces; Rest", None),
    ),
    case(
        "same_guideline_namely",
        "The Expert Reviewer relied on the same guideline as the Claims Administrator, namely the MTUS Opioids "
        "Treatment Guidelines, page 8.",
        ("MTUS", "Opioids Treatment Guidelines", None, None, "8"),
    ),
    case(
        "topic_in_a_title",
        f"{NON} American Academy of Eyes, Treatment of Dystonia, Spasm, and Headache, 2016; ODG by MCG Head Chapter: Botox.",
        ("other", "American Academy of Eyes, Treatment of Dystonia, Spasm, and Headache", 2016, None, None),
        ("ODG", "by MCG Head Chapter: Botox", None, None, None),
    ),
    case(
        "relied_also_on",
        "The professional reviewer relied on the ODG, Hip Chapter, Massage. The professional reviewer relied also on the "
        "ODG, Low Back Chapter, MRIs, since it is newer.",
        ("ODG", "Hip Chapter, Massage", None, None, None),
        ("ODG", "Low Back Chapter, MRIs", None, None, None),
    ),
    case(
        "turned_to",
        "The professional reviewer turned to the American Academy of Eyes, Guidelines for Care (2008).",
        ("other", "American Academy of Eyes, Guidelines for Care", 2008, None, None),
    ),
    case(
        "acoem_by_publisher",
        f"{NON} ACOEM by MDGuidelines: Hip and Groin Disorders.",
        ("ACOEM", "by MDGuidelines: Hip and Groin Disorders", None, None, None),
    ),
    case(
        "formulary",
        f"{DECIDED} MTUS Drug Formulary, 8 C.C.R. 9792.27.15.",
        ("MTUS", "Drug Formulary, 8 C.C.R. 9792.27.15", None, None, None),
    ),
    case(
        "year_before_the_topic",
        f"{DECIDED} MTUS ACOEM Guidelines 2017 Opioids.",
        ("MTUS", "Guidelines Opioids", 2017, None, None),
    ),
]


@pytest.mark.parametrize(
    ("slot", "expected"), LETTERS_2016 + ODG + OTHERS + REFERENCES + LETTERS_2013_TO_2015 + LETTERS_FROM_2018
)
def test_a_slot_yields_its_citations(slot: str, expected: tuple[Parts, ...]) -> None:
    assert tuple(map(parts, read(slot))) == expected


TOPICS = load_rules("extraction", "mtus_topics")["topics"]


def test_every_topic_is_cited_in_second_place_under_its_whole_name() -> None:
    for topic, editions in TOPICS.items():
        for year in editions or [2004]:
            slot = (
                f"{DECIDED} MTUS Knee Complaints 2004, Section(s): Summary, and {topic} {year}, Section(s): Eye care."
            )
            first, second = read(slot)
            assert parts(first) == ("MTUS", "Knee Complaints", 2004, "Summary", None)
            assert parts(second) == ("MTUS", topic, year, "Eye care", None)


@pytest.mark.parametrize(
    ("slot", "says_so"),
    [
        pytest.param("The Claims Administrator did not cite any medical evidence for its decision.", True, id="stock"),
        pytest.param("The Expert Reviewer did not cite any medical\nevidence for its decision.", True, id="wrapped"),
        pytest.param(
            "The Claims Administrator did not cite any evidence based criteria for its decision.", True, id="criteria"
        ),
        pytest.param(
            "The Claims Administrator did not cite any evidence-based guidelines in its decision.",
            True,
            id="guidelines",
        ),
        pytest.param("The Claims Administrator cited no guidelines.", True, id="cited_no"),
        pytest.param("No medical evidence was cited by the Claims Administrator.", True, id="passive"),
        pytest.param("None cited.", True, id="none"),
        pytest.param("Not cited.", True, id="not"),
        pytest.param("No guideline cited.", True, id="short"),
        pytest.param("Guideline not specified.", True, id="not_specified"),
        pytest.param("The Claims Administrator did not cite a specific guideline in its letter.", True, id="specific"),
        pytest.param("The Claims Administrator did not provide any evidence-basis for its decision.", True, id="basis"),
        pytest.param("The Claims Administrator failed to cite any medical evidence.", True, id="failed"),
        pytest.param("The determination makes no reference to any guideline.", True, id="no_reference"),
        pytest.param("The Claims Administrator found that no guideline applies and cited none.", True, id="cited_none"),
        pytest.param("There was no evidence-based guideline cited.", True, id="there_was_none"),
        pytest.param("The Claims Administrator neither cited nor named any guideline.", True, id="neither"),
        pytest.param("The professional reviewer did not rely on any guideline.", True, id="relied_on_none"),
        pytest.param("Cane: none. Neither the MTUS nor any other guideline was cited.", True, id="neither_nor"),
        pytest.param(
            "The Claims Administrator did not indicate that any guideline was used in reaching its decision.",
            True,
            id="did_not_indicate",
        ),
        pytest.param("The denial does not state which guideline was applied.", True, id="does_not_state_which"),
        pytest.param("The letter of denial gives no indication that a guideline was consulted.", True, id="no_sign"),
        pytest.param(
            "The Claims Administrator did not cite any guideline of the MTUS. The Claims Administrator used the ODG, Hip.",
            False,
            id="none_of_the_mtus",
        ),
        pytest.param(
            "The Expert Reviewer noted that no evidence was cited. The Expert Reviewer relied on the ODG, Hip.",
            False,
            id="somebody_else_cited_none",
        ),
        pytest.param(f"{DECIDED} MTUS Knee Complaints 2004.", False, id="cites"),
        pytest.param("The Claims Administrator did not base their decision on the MTUS.", False, id="not_the_mtus"),
        pytest.param("", False, id="empty"),
    ],
)
def test_a_slot_may_say_that_nothing_was_cited(slot: str, says_so: bool) -> None:
    text = LEAD + slot
    found = cites_none(text, Span(len(LEAD), len(text)))
    assert (found is not None and found.value) == says_so
    assert not says_so or not read(slot)


@pytest.mark.parametrize(
    ("slot", "regulation"),
    [
        pytest.param("MTUS Drug List, 8 C.C.R. 9792.27.15.", "8 CCR 9792.27.15", id="dots"),
        pytest.param("MTUS Drug List, 8 CCR § 9792.27.1", "8 CCR 9792.27.1", id="section_sign"),
        pytest.param("MTUS 8 C.C.R. 9792.20 & 9792.26 page 5", "8 CCR 9792.20, 9792.26", id="two"),
        pytest.param("MTUS 8 C.C.R. 9792.20 - 9792.26 page 5", "8 CCR 9792.20-9792.26", id="range"),
        pytest.param("MTUS, Title 8, California Code of Regulations, section 9792.24.2", "8 CCR 9792.24.2", id="words"),
        pytest.param("MTUS Knee Complaints 2004", None, id="none"),
    ],
)
def test_the_regulation_is_written_one_way(slot: str, regulation: str | None) -> None:
    (mention,) = read(f"{DECIDED} {slot}")
    assert (mention.regulation.value if mention.regulation else None) == regulation


def test_the_last_citation_has_all_that_follows_in_a_statement_without_end() -> None:
    assert len(read(f"{DECIDED} MTUS Drug Formulary, ODG Low Back Chapter.")) == 2
    assert len(read(f"{DECIDED} MTUS Drug Formulary {'is not ' * 1_000}, ODG Low Back Chapter.")) == 1


def test_the_basis_is_the_slot_as_written() -> None:
    text = "guideline:  Decision based on\n MTUS Knee\nComplaints 2004. "
    assert read_basis(text, Span(10, len(text))).value == "Decision based on MTUS Knee Complaints 2004."


def test_other_sentences_cite_nothing() -> None:
    assert_none(text for text in load_rules("extraction", "guidelines")["never"] if read(text))


@pytest.mark.parametrize("table", ["statement", "standing", "aside", "cites_none"])
def test_what_prose_may_say_is_looked_for_in_it(table: str) -> None:
    for entry in load_rules("extraction", "guidelines")[table]:
        if table != "statement" or entry.get("prose"):
            assert is_prose(entry["example"], 0, len(entry["example"])), entry["name"]


@pytest.mark.parametrize("table", ["reasons", "prose_words"])
def test_words_of_prose_are_written_as_they_are_looked_for(table: str) -> None:
    for words in load_rules("extraction", "guidelines")[table]:
        assert is_prose(f"x {words} x", 0, len(words) + 4), words


@pytest.mark.parametrize("entry", load_rules("extraction", "guidelines")["statement"], ids=lambda entry: entry["name"])
def test_a_statement_opens_at_a_word_that_may_open_one(entry: dict[str, str]) -> None:
    slot = Span(0, len(entry["example"]))
    opened = [statement for statement in statements(entry["example"], slot) if statement.start > 0]
    assert entry.get("kind", entry["name"]) in [statement.kind for statement in opened]


WORDS = st.sampled_from(
    ["Decision based on", "MTUS", "Non-MTUS Citation", "ODG", "(ODG)", "ACOEM", "Knee Complaints", "2004", ",", ";",
     ". ", "and", "Section(s):", "Summary", "Page(s):", "98-99", "http://e.org/x", "Chapter 9", "part of the MTUS",
     "\n", "(", ")", "8 C.C.R. 9792.20", "Official Disability Guidelines", "because the MTUS", "relied on the"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=25).map(" ".join))
def test_any_slot_is_read_and_every_value_stands_within_it(slot: str) -> None:
    for mention in read(slot):
        for found in (mention.source, mention.title, mention.year, mention.sections, mention.pages, mention.text):
            if found:
                assert len(LEAD) <= found.start < found.end <= len(LEAD) + len(slot)
        assert mention.source.value in {"MTUS", "ODG", "ACOEM", "other"}
