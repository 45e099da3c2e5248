"""The reviewer's reasoning for one item, and what it concludes."""

from __future__ import annotations

from typing import NamedTuple

from imr.synthetic.request import Request
from imr.synthetic.seeded_random import SeededRandom, Weighted
from imr.synthetic.wording import reasoning, words

# How the rationale of an upheld item closes, in hundredths: outright, in other words, not at all.
CLOSINGS = Weighted(("upheld", "paraphrased", "silent"), (97, 2.5, 0.5))


class Rationale(NamedTuple):
    """The text, and whether it calls the item medically necessary (None when it never concludes)."""

    text: str
    medically_necessary: bool | None


def reason(rng: SeededRandom, request: Request, overturned: bool, tokens: dict[str, str]) -> Rationale:
    """Write the rationale; `tokens` are the worker's noun and the dates and scores it may refer to.

    It names a body part only where the request says that it must.
    """
    family, table = reasoning()[request.family], words("rationales", "general")
    told = rng.some(family.guideline, rng.between(1, 2))
    if request.aimed_part:
        told.append(rng.pick(words("rationales", "aimed")["sentences"]).format(part=request.aimed_part))
    told += [line.format(**tokens) for line in rng.some(table["neutral"], rng.between(0, 2))]
    told += rng.some(family.favour if overturned else family.against, rng.between(1, 3))
    if rng.chance(0.4):
        told.append(rng.pick(table["favour" if overturned else "against"]))
    closing = "overturned" if overturned else rng.weigh(CLOSINGS)
    conclusions = words("rationales", "conclusions")
    told.append(rng.pick(conclusions[closing]).format(title=request.title))
    if request.family == "opioid" and not overturned and rng.chance(0.25):
        told.append(conclusions["weaning"].format(**tokens))
    return Rationale(" ".join(told), None if closing == "silent" else overturned)
