"""The drug list held against an independent one: names and generics of MedlinePlus, the NHS and DrugBank's open data.

They come with the package drug-named-entity-recognition. Names that it does not know are not judged.
"""

from __future__ import annotations

import bz2
import importlib.util
import pickle
import re
from functools import cache
from pathlib import Path

import pytest

from imr.extraction.drug_list import DrugName, drug_names

OTHERWISE_NAMED = {
    "docusate": "stool softener, dioctyl sulfosuccinic acid", "senna": "sennosides, phenolphthalein",
    "aluminum hydroxide": "gaviscon, loperamide", "calcium carbonate": "calcium supplement",
    "bismuth subsalicylate": "pepto-bismol", "lactase": "beta-galactosidase", "estradiol": "estrogen vaginal",
    "somatropin": "human growth hormone", "dhea": "dehydroepiandrosterone", "bacitracin": "hydrocortisone",
    "l-methylfolate": "levomefolic acid, metanx", "vitamin d": "cholecalciferol, ergocalciferol",
    "cyanocobalamin": "vitamin b 12", "methylcobalamin": "mecobalamin", "vitamin b complex": "cyanocobalamin",
    "vitamin c": "ascorbic acid", "omega-3 fatty acids": "fish oil, omega-3 acid ethyl esters, icosapent ethyl",
    "turmeric": "curcumin", "coenzyme q10": "ubidecarenone", "methylsulfonylmethane": "dimethyl sulfone",
    "ferrous sulfate": "iron supplement", "gaba": "gamma-aminobutyric acid",
    "sodium hyaluronate": "hyaluronic acid", "artificial tears": "lubricant eye drops, carboxymethylcellulose sodium",
    "immune globulin": "immunoglobulins", "onabotulinumtoxina": "botulinum toxins, incobotulinumtoxina",
}  # fmt: skip
"""What the reference calls a drug of ours; where a brand stands for several products it names another of them."""


@cache
def reference() -> dict[str, list[str]]:
    """The reference's generic names by every name it knows."""
    package = importlib.util.find_spec("drug_named_entity_recognition")
    assert package
    assert package.origin
    data = Path(package.origin).with_name("drug_ner_dictionary.pkl.bz2").read_bytes()
    names: dict[str, list[str]] = pickle.loads(bz2.decompress(data))["drug_variant_to_canonical"]
    return names


def agrees(ours: DrugName, theirs: list[str]) -> bool:
    """Whether one of our ingredients is one of theirs, or goes by another name there."""
    listed = {part.strip() for name in theirs for part in re.split(r",| and ", name.lower()) if part.strip()}
    known = listed | {name.lower() for name in theirs}
    return any(
        one in two
        or two in one
        or two in OTHERWISE_NAMED.get(one, "")
        or any(n in two for n in OTHERWISE_NAMED.get(one, "-").split(", "))
        for one in ours.ingredients
        for two in known
    )


def judged() -> list[tuple[str, DrugName]]:
    return [
        (name, drug)
        for name, drug in drug_names().items()
        if name in reference() and drug.rule != "misspelt" and drug.ingredients
    ]


def test_most_names_are_known_to_the_reference() -> None:
    assert len(judged()) > 1500


def test_every_name_stands_for_what_the_reference_says() -> None:
    assert [name for name, drug in judged() if not agrees(drug, reference()[name])] == []


@pytest.mark.parametrize(
    ("ingredients", "theirs"),
    [
        pytest.param(("naproxen",), ["ibuprofen"], id="another-drug"),
        pytest.param((), ["ibuprofen"], id="nothing"),
    ],
)
def test_a_wrong_ingredient_is_seen(ingredients: tuple[str, ...], theirs: list[str]) -> None:
    assert not agrees(DrugName(ingredients, "NSAID", "brand_name", False, False), theirs)
