"""Who decided the case: the specialties and states of the reviewer, told in prose or listed as a block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from imr.samples.dice import Dice, Weighted
from imr.samples.letter import Piece
from imr.samples.summary import listed
from imr.samples.wording import words

Style = Literal["prose", "block"]
STATE_COUNTS = Weighted((1, 2, 3), (60, 28, 12))


@dataclass(frozen=True, slots=True)
class Reviewer:
    """The reviewer of one letter; states as USPS codes, in the letter's order."""

    style: Style
    noun: str
    specialties: tuple[str, ...]
    states: tuple[str, ...]


def _states(dice: Dice) -> tuple[str, ...]:
    others = dice.some(tuple(words("form", "states")), dice.weigh(STATE_COUNTS))
    if dice.chance(0.63):
        others[dice.between(0, len(others) - 1)] = "CA"
    return tuple(others)


def reviewer_of(dice: Dice, style: Style, psychiatric: bool) -> Reviewer:
    """A reviewer of a fitting specialty; in prose, the second one is a subspecialty."""
    table = words("form", "reviewers")
    specialties: tuple[str, ...] = dice.pick(table["psychiatric" if psychiatric else "panels"])
    noun = "expert reviewer"
    if style == "prose":
        extra = (dice.pick(table["subspecialties"]),) if dice.chance(0.5) else ()
        specialties, noun = (specialties[0], *extra), dice.pick(("expert reviewer", "physician reviewer"))
    return Reviewer(style, noun, specialties, _states(dice))


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


def _block(dice: Dice, reviewer: Reviewer) -> list[Piece]:
    form = words("form", "boilerplate")
    text = f"{form['sent']} {form['practice']}"
    comma = "," if dice.chance(0.15) else ", "
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


def process_pieces(dice: Dice, reviewer: Reviewer) -> list[Piece]:
    """The section that tells how the determination was made and by whom."""
    return _prose(reviewer) if reviewer.style == "prose" else _block(dice, reviewer)
