"""Who decided the case: the specialties and states of the reviewer, told in prose or listed as a block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from imr.synthetic.letter import Piece
from imr.synthetic.seeded_random import SeededRandom, Weighted
from imr.synthetic.summary import listed
from imr.synthetic.wording import words

Style = Literal["prose", "block"]
STATE_COUNTS = Weighted((1, 2, 3), (60, 28, 12))


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The reviewer of one letter; states as USPS codes, in the letter's order."""

    style: Style
    noun: str
    specialties: tuple[str, ...]
    states: tuple[str, ...]


def _states(rng: SeededRandom) -> tuple[str, ...]:
    others = rng.some(tuple(words("form", "states")), rng.weigh(STATE_COUNTS))
    if rng.chance(0.63):
        others[rng.between(0, len(others) - 1)] = "CA"
    return tuple(others)


def reviewer_of(rng: SeededRandom, style: Style, psychiatric: bool) -> Reviewer:
    """A reviewer of a fitting specialty; in prose, the second one is a subspecialty."""
    table = words("form", "reviewers")
    specialties: tuple[str, ...] = rng.pick(table["psychiatric" if psychiatric else "panels"])
    noun = "expert reviewer"
    if style == "prose":
        extra = (rng.pick(table["subspecialties"]),) if rng.chance(0.5) else ()
        specialties, noun = (specialties[0], *extra), rng.pick(("expert reviewer", "physician reviewer"))
    return Reviewer(style, noun, specialties, _states(rng))


def _state_names(reviewer: Reviewer) -> list[str]:
    names = {**words("form", "states"), "CA": "California"}
    return [names[code] for code in reviewer.states]


def _prose(reviewer: Reviewer) -> list[Piece]:
    form = words("form", "boilerplate")
    first, *rest = reviewer.specialties
    text = " ".join((form["sent"], form["board_certified"], form["practice"]))
    return [
        Piece(
            "body",
            text.format(
                a_reviewer=f"{'an' if reviewer.noun[0] == 'e' else 'a'} {reviewer.noun}",
                reviewer=reviewer.noun,
                specialty=first,
                subspecialty=f", has a subspecialty in {rest[0]}, and" if rest else " and",
                states=listed(_state_names(reviewer)),
                items="items/services",
            ),
        )
    ]


def _block(rng: SeededRandom, reviewer: Reviewer) -> list[Piece]:
    form = words("form", "boilerplate")
    text = f"{form['sent']} {form['practice']}"
    comma = "," if rng.chance(0.15) else ", "
    credentials = (
        form["credentials"],
        form["licensure"].format(states=comma.join(_state_names(reviewer))),
        form["certification"].format(specialties=", ".join(reviewer.specialties)),
    )
    return [
        Piece(
            "body",
            text.format(a_reviewer=f"an {reviewer.noun}", reviewer=reviewer.noun, items="items/Service"),
        ),
        Piece("body", "\n".join(credentials)),
    ]


def process_pieces(rng: SeededRandom, reviewer: Reviewer) -> list[Piece]:
    """The section that tells how the determination was made and by whom."""
    return _prose(reviewer) if reviewer.style == "prose" else _block(rng, reviewer)
