from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imr.extraction.drug_list import DrugName, catalogue, drug_names
from imr.extraction.drugs import DrugMention, read_drugs
from imr.records import Span
from imr.rules import load_rules
from tests.all_at_once import assert_none

RULES = load_rules("extraction", "drugs")


def read(title: str) -> tuple[DrugMention, ...]:
    return read_drugs(title, Span(0, len(title)))


@pytest.mark.parametrize(
    ("title", "name", "ingredients", "drug_class", "strength"),
    [
        pytest.param("Vicodin 5/500mg #40", "Vicodin", "hydrocodone, acetaminophen", "Opioids", "5/500mg", id="brand"),
        pytest.param(
            "Chlorhexidine gluconate 0.2% 100ml",
            "Chlorhexidine gluconate",
            "chlorhexidine",
            "Anti-infectives",
            "0.2%",
            id="gluconate",
        ),
        pytest.param(
            "Diphenoxylate-atropine 2.5 mg #20",
            "Diphenoxylate-atropine",
            "diphenoxylate, atropine",
            "GI Agents",
            "2.5 mg",
            id="mixture_of_a_new_drug",
        ),
        pytest.param(
            "Oxycodone HCL IR 15 mg", "Oxycodone HCL IR", "oxycodone", "Opioids", "15 mg", id="salt_and_release"
        ),
        pytest.param(
            "Hydrocodone/APAP 5/325 #20",
            "Hydrocodone/APAP",
            "hydrocodone, acetaminophen",
            "Opioids",
            "5/325",
            id="no_unit",
        ),
        pytest.param(
            "hydrocodone bitartrate and acetaminophen 5-325 mg",
            "hydrocodone bitartrate and acetaminophen",
            "hydrocodone, acetaminophen",
            "Opioids",
            "5-325 mg",
            id="and_of_a_known_combination",
        ),
        pytest.param(
            "Hydrocodone 5mg/Acetaminophen 325mg",
            "Hydrocodone",
            "hydrocodone, acetaminophen",
            "Opioids",
            "5mg",
            id="strength_in_between",
        ),
        pytest.param(
            "Oxycodone w/ APAP 5/325",
            "Oxycodone w/ APAP",
            "oxycodone, acetaminophen",
            "Opioids",
            "5/325",
            id="with_abbreviated",
        ),
        pytest.param(
            "Ultram (tramadol) 50mg #20", "Ultram (tramadol)", "tramadol", "Opioids", "50mg", id="generic_in_brackets"
        ),
        pytest.param(
            "Naproxen (Anaprox) 550mg", "Naproxen (Anaprox)", "naproxen", "NSAID", "550mg", id="brand_in_brackets"
        ),
        pytest.param(
            "Percocet (oxycodone/acetaminophen) 5/325mg",
            "Percocet (oxycodone/acetaminophen)",
            "oxycodone, acetaminophen",
            "Opioids",
            "5/325mg",
            id="combination_in_brackets",
        ),
        pytest.param(
            "Tylenol #3, #30", "Tylenol #3", "codeine, acetaminophen", "Opioids", None, id="number_in_the_name"
        ),
        pytest.param(
            "Acetaminophen with codeine 300-30mg",
            "Acetaminophen with codeine",
            "codeine, acetaminophen",
            "Opioids",
            "300-30mg",
            id="with_codeine",
        ),
        pytest.param("Fentanyl patch 12mcg/hr #10", "Fentanyl", "fentanyl", "Opioids", "12mcg/hr", id="opioid_patch"),
        pytest.param("Suboxone 4/1 mg film", "Suboxone", "buprenorphine, naloxone", "Opioids", "4/1 mg", id="film"),
        pytest.param(
            "Arthrotec 50/0.2mg", "Arthrotec", "diclofenac, misoprostol", "NSAID", "50/0.2mg", id="licensed_combination"
        ),
        pytest.param(
            "Ibuprofen/famotidine 800/26.6 mg",
            "Ibuprofen/famotidine",
            "ibuprofen, famotidine",
            "NSAID",
            "800/26.6 mg",
            id="generics_side_by_side",
        ),
        pytest.param(
            "Fioricet 50/325/40mg",
            "Fioricet",
            "butalbital, acetaminophen, caffeine",
            "Barbiturates",
            "50/325/40mg",
            id="three_ingredients",
        ),
        pytest.param(
            "Cyclobenzeprine 10mg", "Cyclobenzeprine", "cyclobenzaprine", "Muscle Relaxant", "10mg", id="misspelt"
        ),
        pytest.param(
            "Tabradol 1mg/ml suspension", "Tabradol", "cyclobenzaprine", "Muscle Relaxant", "1mg/ml", id="kit_tabradol"
        ),
        pytest.param("Synapryn 10mg/ml suspension", "Synapryn", "tramadol", "Opioids", "10mg/ml", id="kit_synapryn"),
        pytest.param(
            "Dicopanol FusePaq", "Dicopanol FusePaq", "diphenhydramine", "Antihistamine", None, id="kit_dicopanol"
        ),
        pytest.param("Deprizine", "Deprizine", "ranitidine", "H2 Blocker", None, id="kit_deprizine"),
        pytest.param(
            "Gabapentin 100 mg", "Gabapentin", "gabapentin", "Anti-epilepsy drugs", "100 mg", id="anti_epilepsy"
        ),
        pytest.param(
            "Duloxetine DR 20mg", "Duloxetine DR", "duloxetine", "Antidepressant", "20mg", id="antidepressant"
        ),
        pytest.param(
            "Zolpidem tartrate 5mg", "Zolpidem tartrate", "zolpidem", "Sedative-hypnotics", "5mg", id="sedative"
        ),
        pytest.param("Nexium 40mg", "Nexium", "esomeprazole", "Proton Pump Inhibitors", "40mg", id="ppi"),
        pytest.param(
            "Docusate/senna 50/8.6mg", "Docusate/senna", "docusate, senna", "GI Agents", "50/8.6mg", id="laxative"
        ),
        pytest.param("Phenergan 25mg", "Phenergan", "promethazine", "Antiemetic", "25mg", id="antiemetic"),
        pytest.param(
            "Losartan/HCTZ 50/12.5mg",
            "Losartan/HCTZ",
            "losartan, hydrochlorothiazide",
            "Antihypertensive",
            "50/12.5mg",
            id="antihypertensive",
        ),
        pytest.param(
            "Vitamin D3 2000 units", "Vitamin D3", "cholecalciferol", "Nutritional Products", "2000 units", id="vitamin"
        ),
        pytest.param("Journavx 50mg", "Journavx", "suzetrigine", "Misc Analgesics", "50mg", id="of_2025"),
        pytest.param(
            "Symbravo 20-10 mg",
            "Symbravo",
            "meloxicam, rizatriptan",
            "Antimigraine Agent",
            "20-10 mg",
            id="brand_of_two",
        ),
        pytest.param("Theramine #30", "Theramine", "", "Nutritional Products", None, id="composition_unknown"),
        pytest.param("Fosinopril 5mg", "Fosinopril", "fosinopril", "Antihypertensive", "5mg", id="stem"),
        pytest.param("Qwertin 40 mg #20", "Qwertin", "", None, "40 mg", id="unlisted_with_a_dose"),
        pytest.param("Toradol 30mg IM injection", "Toradol", "ketorolac", "NSAID", "30mg", id="given_by_needle"),
        pytest.param(
            "Supartz injections", "Supartz", "sodium hyaluronate", "Viscosupplementation", None, id="viscosupplement"
        ),
        pytest.param("Lidocaine 1% injection", "Lidocaine", "lidocaine", None, "1%", id="local_anesthetic"),
        # on the skin
        pytest.param("Voltaren gel 1% 100g", "Voltaren gel", "diclofenac", "Topical Analgesics", "1%", id="brand_gel"),
        pytest.param(
            "Diclofenac sodium 3% gel", "Diclofenac sodium", "diclofenac", "Topical Analgesics", "3%", id="generic_gel"
        ),
        pytest.param("Ketorolac 0.5% eye drops", "Ketorolac", "ketorolac", "NSAID", "0.5%", id="eye_drops"),
        pytest.param("Voltaren 75mg", "Voltaren", "diclofenac", "NSAID", "75mg", id="the_same_brand_by_mouth"),
        pytest.param("Lidoderm 5% patches", "Lidoderm", "lidocaine", "Topical Analgesics", "5%", id="patch"),
        pytest.param(
            "Ketoprofen cream, compounded", "Ketoprofen", "ketoprofen", "Topical Analgesics", None, id="compound_of_one"
        ),
        pytest.param(
            "LidoPro ointment",
            "LidoPro ointment",
            "methyl salicylate, capsaicin, menthol, lidocaine",
            "Topical Analgesics",
            None,
            id="licensed_topical",
        ),
        pytest.param(
            "Lidocaine/Prilocaine 2.5% cream",
            "Lidocaine/Prilocaine",
            "lidocaine, prilocaine",
            "Topical Analgesics",
            "2.5%",
            id="over_the_counter_mixture",
        ),
        pytest.param("Ketamine 10% cream", "Ketamine", "ketamine", "Topical Analgesics", "10%", id="single_cream"),
        pytest.param(
            "Hydrocortisone 1% cream",
            "Hydrocortisone",
            "hydrocortisone",
            "Adrenal Cortical Steroids",
            "1%",
            id="steroid_cream",
        ),
    ],
)
def test_reads_one(title: str, name: str, ingredients: str, drug_class: str | None, strength: str | None) -> None:
    (drug,) = read(title)
    assert drug.name.value == name
    assert ", ".join(drug.ingredients) == ingredients
    assert drug.drug_class == drug_class
    assert (drug.strength.value if drug.strength else None) == strength
    assert not drug.is_compound


@pytest.mark.parametrize(
    ("title", "name", "ingredients", "strength"),
    [
        pytest.param(
            "Flurbiprofen 20%/Tramadol 20% in Mediderm base",
            "Flurbiprofen/Tramadol",
            ("flurbiprofen", "tramadol"),
            "20%/20%",
            id="a_base_is_no_drug",
        ),
        pytest.param(
            "Flurbiprofen 15%/Baclofen 3% cream 120gm",
            "Flurbiprofen/Baclofen",
            ("flurbiprofen", "baclofen"),
            "15%/3%",
            id="slashes",
        ),
        pytest.param(
            "Gabapentin 8%, Tramadol 4%, and Camphor 1%",
            "Gabapentin/Tramadol/Camphor",
            ("gabapentin", "tramadol", "camphor"),
            "8%/4%/1%",
            id="commas",
        ),
        pytest.param(
            "One tub of Baclofen 4%, Clonidine .2%/Menthol",
            "Baclofen/Clonidine/Menthol",
            ("baclofen", "clonidine", "menthol"),
            "4%/.2%",
            id="last_without_a_share",
        ),
        pytest.param(
            "Topical compound: ketoprofen, gabapentin and lidocaine",
            "ketoprofen/gabapentin/lidocaine",
            ("ketoprofen", "gabapentin", "lidocaine"),
            None,
            id="no_shares",
        ),
        pytest.param(
            "Ketoprofen/Cyclobenzaprine cream (12%/3%)",
            "Ketoprofen/Cyclobenzaprine",
            ("ketoprofen", "cyclobenzaprine"),
            "12%/3%",
            id="shares_at_the_end",
        ),
        pytest.param(
            "FluriFlex (flurbiprofen 10%/cyclobenzaprine 5%)",
            "FluriFlex/flurbiprofen/cyclobenzaprine",
            ("flurbiprofen", "cyclobenzaprine"),
            "10%/5%",
            id="brand_with_its_parts",
        ),
        pytest.param(
            "Amitriptyline 6%, Dexamethasone Micro 0.1%, Hyaluronic Acid 0.1% in cream base",
            "Amitriptyline/Dexamethasone/Hyaluronic Acid",
            ("amitriptyline", "dexamethasone", "hyaluronic acid"),
            "6%/0.1%/0.1%",
            id="words_in_between",
        ),
    ],
)
def test_reads_compounds(title: str, name: str, ingredients: tuple[str, ...], strength: str | None) -> None:
    (drug,) = read(title)
    assert (drug.name.value, drug.ingredients, drug.drug_class) == (name, ingredients, "Topical Compounds")
    assert (drug.strength.value if drug.strength else None) == strength
    assert drug.is_compound


@pytest.mark.parametrize(
    ("title", "products"),
    [
        pytest.param("Omeprazole 20mg #30 and Naproxen 500mg #30", ["omeprazole", "naproxen"], id="doses"),
        pytest.param("Medications: Norco, Soma", ["hydrocodone+acetaminophen", "carisoprodol"], id="list"),
        pytest.param("Norco 5/325mg #10, Norco 10/325mg #20", ["hydrocodone+acetaminophen"] * 2, id="strengths"),
        pytest.param(
            "Naproxen, Omeprazole, Medrox lotion",
            ["naproxen", "omeprazole", "methyl salicylate+menthol+capsaicin"],
            id="a_lotion_among_tablets",
        ),
        pytest.param("Ketoprofen cream and lidocaine patch", ["ketoprofen", "lidocaine"], id="two_forms"),
        pytest.param(
            "Flurbiprofen 9%/Baclofen 1% 90gm and Gabapentin 9%/Camphor 1% 90gm",
            ["flurbiprofen+baclofen", "gabapentin+camphor"],
            id="two_compounds",
        ),
        pytest.param(
            "Injection of 2cc lidocaine 1 percent and dexamethasone 4mg", ["lidocaine", "dexamethasone"], id="syringe"
        ),
    ],
)
def test_tells_products_apart(title: str, products: list[str]) -> None:
    assert ["+".join(drug.ingredients) for drug in read(title)] == products


@pytest.mark.parametrize(
    "title",
    [
        "MRI of the left hip",
        "3.0 Tesla MRI",
        "Gym membership",
        "Walker",
        "",
        "Silicone gel sheets, 6 boxes",
        "ScarAway silicone sheets",
        "Povidone iodine swabs",
    ],
)
def test_other_treatments_are_no_drugs(title: str) -> None:
    assert read(title) == ()


def named(name: str) -> list[DrugName]:
    """What a name stands for in the middle of a text."""
    return [hit.key for hit in catalogue().find(f"the {name} at", 0, len(name) + 7)]


def test_every_name_stands_for_its_drug() -> None:
    assert_none(f"{name}: {named(name)}, not {meant}" for name, meant in drug_names().items() if named(name) != [meant])
    assert {meant.drug_class for meant in drug_names().values()} <= set(RULES["class"])


def test_spans_are_absolute_and_repairs_marked() -> None:
    text = "Before this. Tramdol ER 100 mg #20. Norco 5 mg after."
    (drug,) = read_drugs(text, Span(13, 35))
    assert text[drug.name.start : drug.name.end] == "Tramdol ER"
    assert (drug.name.method, drug.name.rule) == ("repaired", "misspelt")
    assert drug.strength is not None
    assert text[drug.strength.start : drug.strength.end] == "100 mg"


@given(
    st.lists(
        st.sampled_from(["Norco", "baclofen", "10%", "5 mg", "/", ",", "(", ")", "and", "cream", "#30"]), max_size=9
    )
)
def test_mentions_keep_the_order_and_stay_inside(words: list[str]) -> None:
    title = " ".join(words)
    drugs = read(title)
    starts = [drug.name.start for drug in drugs]
    assert starts == sorted(starts)
    assert all(0 <= drug.name.start < drug.name.end <= len(title) for drug in drugs)
