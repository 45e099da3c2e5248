from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.requests import read_request
from imr.records import Span
from imr.text import fold

REMAINDER = (
    "Massage x 6 was the original request. Massage x 2 was authorized by the Claims Administrator. "
    "The remaining IMR eligible portion of the original request, Massage x 4"
)
ELIGIBLE = (
    "Purchase of a cane was the original request. The Claims Administrator authorized a cane for 1 month, "
    "leaving the original request IMR eligible. The original request, purchase of a cane"
)

Parts = tuple[str, str | None, str | None, str]


def parts(heading: str) -> Parts:
    read = read_request(heading, Span(0, len(heading)))
    return (
        read.disputed.value,
        read.original and read.original.value,
        read.authorized and read.authorized.value,
        read.outcome.value,
    )


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        pytest.param("Cane: Upheld", ("Cane", None, None, "upheld"), id="plain"),
        pytest.param("Cane: Overturned", ("Cane", None, None, "overturned"), id="overturned"),
        pytest.param("Cane: Partially Overturned", ("Cane", None, None, "partially_overturned"), id="partially"),
        pytest.param("Cane: Overturned in\nPart", ("Cane", None, None, "partially_overturned"), id="in-part"),
        pytest.param("Cane is: Upheld", ("Cane", None, None, "upheld"), id="ends-with-is"),
        pytest.param("Cane is : Upheld", ("Cane", None, None, "upheld"), id="ends-with-is-and-blank"),
        pytest.param("Cane is Upheld", ("Cane", None, None, "upheld"), id="ends-with-is-without-colon"),
        pytest.param("Cane:\nUpheld", ("Cane", None, None, "upheld"), id="outcome-on-the-next-line"),
        pytest.param("Cane Upheld", ("Cane", None, None, "upheld"), id="no-colon"),
        pytest.param("Axis analysis: Upheld", ("Axis analysis", None, None, "upheld"), id="is-inside-a-word-stays"),
        pytest.param("Brace: left: size M: Upheld", ("Brace: left: size M", None, None, "upheld"), id="colons-inside"),
        pytest.param("Cane with\nrubber  tip: Upheld", ("Cane with rubber tip", None, None, "upheld"), id="folded"),
        pytest.param(
            "Norco 5mg (Upheld before): Overturned", ("Norco 5mg (Upheld before)", None, None, "overturned"), id="last"
        ),
        pytest.param(
            f"{REMAINDER} is: Upheld", ("Massage x 4", "Massage x 6", "Massage x 2", "upheld"), id="remainder"
        ),
        pytest.param(
            f"{REMAINDER}:\nOverturned".replace(" portion", "\nportion").replace("IMR eligible", "IMR-eligible"),
            ("Massage x 4", "Massage x 6", "Massage x 2", "overturned"),
            id="remainder-over-lines",
        ),
        pytest.param(
            f"{REMAINDER} is: Upheld".replace("was authorized by the Claims Administrator", "were authorized"),
            ("Massage x 4", "Massage x 6", "Massage x 2", "upheld"),
            id="remainder-without-who-authorized",
        ),
        pytest.param(
            "Massage x 6 was requested. Massage x 2 was approved. The portion of the original request still eligible "
            "for IMR, Massage x 4 is: Upheld",
            ("Massage x 4", "Massage x 6", "Massage x 2", "upheld"),
            id="requested-and-still-eligible",
        ),
        pytest.param(
            "The original request was for massage x 6. The Claims Administrator approved massage x 2. The remaining "
            "portion, massage x 4 is: Upheld",
            ("massage x 4", "massage x 6", "massage x 2", "upheld"),
            id="request-was-for",
        ),
        pytest.param(
            f"{ELIGIBLE} is: Overturned",
            ("purchase of a cane", "Purchase of a cane", "a cane for 1 month", "overturned"),
            id="still-eligible",
        ),
        pytest.param(
            f"{ELIGIBLE} is: Overturned".replace("1 month,", "1 month only,"),
            ("purchase of a cane", "Purchase of a cane", "a cane for 1 month", "overturned"),
            id="still-eligible-only",
        ),
    ],
)
def test_a_heading_is_read(heading: str, expected: Parts) -> None:
    assert parts(heading) == expected


@pytest.mark.parametrize(
    "authorized",
    [
        "Massage x 2 was authorized by the Claims Administrator",
        "Massage x 2 has been approved by utilization review",
        "Massage x 2 is certified",
        "The Claims Administrator authorized massage x 2",
        "The Claims Administrator has approved massage x 2 only",
        "Utilization review certified massage x 2",
        "The utilization reviewer modified the request to massage x 2",
    ],
)
@pytest.mark.parametrize(
    "remainder",
    [
        ". The remaining IMR eligible portion of the original request, massage x 4",
        ". The remaining IMR-eligible part of the original request, massage x 4",
        ". The remaining portion still eligible for IMR is massage x 4",
        ". The remaining portion of the original request that is IMR eligible is massage x 4",
        ". The IMR eligible remainder, massage x 4",
        ". The remainder of the original request is massage x 4",
        ", leaving the original request IMR eligible. The original request, massage x 4",
        ". The original request massage x 4",
    ],
)
def test_any_way_to_authorize_a_part_goes_with_any_way_to_name_the_rest(authorized: str, remainder: str) -> None:
    disputed, original, part, outcome = parts(
        f"Massage x 6 was the original request. {authorized}{remainder} is: Upheld"
    )
    assert (disputed, original, outcome) == ("massage x 4", "Massage x 6", "upheld")
    assert part in ("Massage x 2", "massage x 2")


@pytest.mark.parametrize(
    "heading",
    [
        pytest.param("Massage x 6. The remaining IMR eligible portion, massage x 4", id="no-original"),
        pytest.param(
            "Massage x 6 was the original request. The remaining portion, massage x 4", id="nothing-authorized"
        ),
        pytest.param("Massage x 6, of which the Claims Administrator authorized massage x 2", id="no-remainder"),
    ],
)
def test_a_heading_without_one_of_the_three_parts_is_disputed_whole(heading: str) -> None:
    assert parts(f"{heading}: Upheld") == (heading, None, None, "upheld")


def test_no_clause_is_looked_for_around_what_is_too_long_for_a_heading() -> None:
    said = "The request for a {} is not medically necessary"
    assert parts(said.format("cane"))[0] == "a cane"
    assert parts(said.format("cane is not " * 400))[0].startswith("The request for a cane")


def test_an_outcome_without_a_title_is_read_as_an_empty_request() -> None:
    assert parts("Upheld") == ("", None, None, "upheld")


@pytest.mark.parametrize("heading", [pytest.param(REMAINDER, id="remainder"), pytest.param(ELIGIBLE, id="eligible")])
def test_every_part_stands_where_it_says(heading: str) -> None:
    text = f"What came before. {heading} is: Upheld and what comes after"
    read = read_request(text, Span(18, text.index("Upheld") + 6))
    assert text[slice(*read.title)] == heading
    assert text[read.outcome.start : read.outcome.end] == "Upheld"
    for found in (read.disputed, read.original, read.authorized):
        assert found is not None
        assert text[found.start : found.end] == found.value


TITLES = st.text("aBz 1-/(),:.\n", min_size=1).filter(lambda title: fold(title).rstrip(": "))


@given(TITLES, st.sampled_from(["Upheld", "Overturned", "Partially Overturned"]))
def test_a_plain_title_is_kept_word_by_word(title: str, outcome: str) -> None:
    heading = f"{title}: {outcome}"
    read = read_request(heading, Span(0, len(heading)))
    assert read.outcome.value == outcome.lower().replace(" ", "_")
    assert fold(title).startswith(read.disputed.value)
    assert fold(title)[len(read.disputed.value) :].strip(": ") == ""
