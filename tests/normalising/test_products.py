from __future__ import annotations

import pytest

from imr.normalising.products import product_name


@pytest.mark.parametrize(
    ("name", "ingredients", "drug_class", "is_compound", "product"),
    [
        pytest.param("Flexeril", ["cyclobenzaprine"], "Muscle Relaxant", False, "cyclobenzaprine", id="a brand"),
        pytest.param("Norco", ["hydrocodone", "acetaminophen"], "Opioids", False, "acetaminophen/hydrocodone", id="two"),
        pytest.param("APAP/hydrocodone", ["acetaminophen", "hydrocodone"], "Opioids", False, "acetaminophen/hydrocodone", id="their order aside"),
        pytest.param("Voltaren gel", ["diclofenac"], "Topical Analgesics", False, "diclofenac (topical)", id="on the skin"),
        pytest.param("Cream", ["gabapentin", "baclofen"], "Topical Compounds", True, "baclofen/gabapentin (compound)", id="mixed"),
        pytest.param("Cream", [None], "Topical Compounds", True, "(compound)", id="mixed of who knows what"),
        pytest.param("Theratramadol®  90", [None], None, False, "theratramadol 90", id="unknown"),
    ],
)  # fmt: skip
def test_a_product_has_one_name(
    name: str, ingredients: list[str | None], drug_class: str | None, is_compound: bool, product: str
) -> None:
    assert product_name(name, ingredients, drug_class, is_compound=is_compound) == product
