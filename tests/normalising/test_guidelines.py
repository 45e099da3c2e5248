from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.normalising.guidelines import SOURCES, guideline_key, guideline_keys
from imr.rules import load_rules
from tests.all_at_once import assert_none

_TOPICS = load_rules("extraction", "mtus_topics")["topics"]
_CITED = load_rules("extraction", "guidelines")
_CHRONIC_PAIN = "MTUS: Chronic Pain Medical Treatment"


@pytest.mark.parametrize(
    ("source", "title", "key"),
    [
        pytest.param("MTUS", "Chronic Pain Medical Treatment", _CHRONIC_PAIN, id="a topic"),
        pytest.param("MTUS", "Chronic Pain Treatment Guidelines Opioids", _CHRONIC_PAIN, id="a topic with its section"),
        pytest.param("MTUS", "Accupuncture Treatment", "MTUS: Acupuncture Treatment", id="a slip of the source"),
        pytest.param("MTUS", "Chapter 13 Knee Complaints", "MTUS: Knee Complaints", id="a chapter by number and name"),
        pytest.param("MTUS", "Knee Disorders", "MTUS: Knee Disorders", id="the chapter of another book"),
        pytest.param("MTUS", "Chronic Pain", "MTUS: Chronic Pain", id="the successor of a topic"),
        pytest.param("MTUS", None, "MTUS", id="the source alone"),
        pytest.param("ODG", "Official Disability Guidelines (ODG)", "ODG", id="the source by its name"),
        pytest.param("ODG", "Low Back Chapter, MRIs", "ODG: Low Back", id="a chapter and an entry"),
        pytest.param("ODG", "Lumbar & Thoracic (Acute & Chronic), MRI", "ODG: Low Back", id="a chapter's long name"),
        pytest.param("ODG", "Physical therapy, elbow chapter", "ODG: Elbow", id="a chapter behind its entry"),
        pytest.param("ODG", "Preface/Physical therapy", "ODG: Physical Therapy Guidelines", id="before the chapters"),
        pytest.param("ODG", "Shoulder Chapter, Hand Chapter", "ODG: Shoulder", id="the first of two chapters"),
        pytest.param("ODG", "PRP", None, id="an entry without its chapter"),
        pytest.param("ACOEM", "3rd ed., Shoulder Disorders", "ACOEM: Shoulder", id="the ACOEM's chapter"),
        pytest.param("ACOEM", "Chapter 12 Low Back Complaints", "ACOEM: Low Back", id="one of its second edition"),
        pytest.param("other", "accessed from UpToDate.com on 12/17/2016", "other: UpToDate", id="a site"),
        pytest.param("other", "A textbook of something", None, id="a book that is in no list"),
        pytest.param("other", None, None, id="nothing named"),
    ],
)
def test_a_citation_has_the_key_of_its_guideline(source: str, title: str | None, key: str | None) -> None:
    assert guideline_key(source, title) == key


def test_every_topic_and_chapter_that_citations_are_cut_by_has_a_key() -> None:
    listed = [("MTUS", topic) for topic in (*_TOPICS, *_CITED["topics"])]
    listed += [("ODG", chapter) for chapter in _CITED["odg_chapters"]]
    assert_none(f"{source}: {title}" for source, title in listed if guideline_key(source, title) is None)


@given(st.sampled_from(SOURCES), st.one_of(st.none(), st.text(), st.sampled_from(sorted(_TOPICS))))
def test_whatever_is_cited_a_key_is_one_of_the_list(source: str, title: str | None) -> None:
    assert guideline_key(source, title) in (None, *guideline_keys())
