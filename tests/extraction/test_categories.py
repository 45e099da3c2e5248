from __future__ import annotations

import pytest

from imr.extraction.body_parts import read_body_parts
from imr.extraction.categories import read_category, read_flags
from imr.extraction.drugs import read_drugs
from imr.extraction.treatments import disputed_treatment, named_treatments, treatment_names
from imr.records import Span
from imr.rules import load_rules
from tests.all_at_once import assert_none

RULES = load_rules("extraction", "treatments")


def read(title: str) -> str:
    span = Span(0, len(title))
    parts = read_body_parts(title, span, Span(0, 0))
    return "/".join(read_category(title, span, read_drugs(title, span), parts).value)


IMAGING = "Diagnostic Testing/Imaging/Radiology"
NERVES = "Diagnostic Testing/EMG/NCV/NCS"
LAB = "Diagnostic Testing/Lab & Pathology"
TEST = "Diagnostic Testing/Other Diagnostic Tests"
PT = "Rehabilitation/Physical Therapy/Occupational Therapy"
CHIRO = "Rehabilitation/Chiropractic"
ACUPUNCTURE = "Rehabilitation/Acupuncture"
OTHER_REHAB = "Rehabilitation/Other Therapies"
DME = "DMEPOS/DME"
STIMULATION = "DMEPOS/Electrical Stimulation"
ORTHOTICS = "DMEPOS/Prosthetics/Orthotics"
SUPPLIES = "DMEPOS/Supplies"
INJECTION = "Injection/Injection"
FACET = "Injection/Facet Injection"
SPINE = "Surgery/Spine"
SCOPE = "Surgery/Arthroscopic Surgery"
OPEN = "Surgery/Non-arthroscopic Surgery"
ADJUNCT = "Surgery/Adjunct Surgical Services"
SURGEON = "Surgery/Surgical Consult"
VISIT = "Evaluation & Management/Medical Specialties"
DENTAL = "Evaluation & Management/Dental Services"
PSYCH_VISIT = "Psych Services/Evaluation & Management"
PSYCH_THERAPY = "Psych Services/Therapies"
PROGRAM = "Programs/Programs"
THERAPY = "Therapies/Therapies"
HOME = "Home Health/Home Health"
TRANSPORT = "Transportation/Transportation"


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("MRI of the right hip without contrast", IMAGING),
        ("Three views x-ray, left foot", IMAGING),
        ("CT myelogram of the neck", IMAGING),
        ("MR arthrogram right hip", IMAGING),
        ("Ultrasound of the left ankle", IMAGING),
        ("Venous duplex scan", IMAGING),
        ("Bone density scan", IMAGING),
        ("Panoramic film of the jaws", IMAGING),
        ("EMG/NCV of both legs", NERVES),
        ("Electrodiagnostic studies", NERVES),
        ("Nerve conduction studies", NERVES),
        ("Urine drug screen, twice a year", LAB),
        ("UDS", LAB),
        ("Labs: CBC and liver function tests", LAB),
        ("Pharmacogenetic testing", LAB),
        ("Testosterone level", LAB),
        ("PT/INR", LAB),
        ("Polysomnography", TEST),
        ("EKG", TEST),
        ("Functional capacity evaluation", TEST),
        ("Range of motion testing", TEST),
        ("Pulmonary function tests", TEST),
        ("Slit lamp examination", TEST),
        ("Coronary calcium score", IMAGING),
        ("Nissen fundoplication", OPEN),
        ("Distraction osteogenesis", OPEN),
        ("Contracture release, neck burn scar", OPEN),
        ("Wrist denervation", OPEN),
        ("Hernia truss", ORTHOTICS),
        ("Van lift", DME),
        ("Glucose sensors", SUPPLIES),
        ("Swallow therapy", OTHER_REHAB),
        ("Serial casting", PT),
        ("Home IV antibiotics", HOME),
        ("Wheelchair evaluation", VISIT),
        ("Tetanus vaccine", VISIT),
        ("Bariatric surgeon consultation", SURGEON),
        ("Enteral formula", "Pharmaceuticals/Nutritional Products"),
        ("Otoacoustic emissions", TEST),
        ("Cardiopulmonary exercise test", TEST),
        ("QuantiFERON test", LAB),
        ("Amniotic membrane graft, right eye", OPEN),
        ("Panretinal photocoagulation", OPEN),
        ("Hypoglossal nerve stimulator implantation", OPEN),
        ("Chest tube placement", OPEN),
        ("Dermal substitute", OPEN),
        ("Amniotic injection, left knee", INJECTION),
        ("Thoracentesis", INJECTION),
        ("Interspinous spacer L4-5", SPINE),
        ("Sinus lift, upper left", DENTAL),
        ("Composite resin #12", DENTAL),
        ("Residual limb shrinkers", SUPPLIES),
        ("Eye shield", SUPPLIES),
        ("Silicone gel sheeting", SUPPLIES),
        ("Spacer for inhaler", SUPPLIES),
        ("Check socket", ORTHOTICS),
        ("Suspension sleeve", ORTHOTICS),
        ("Scleral lens", ORTHOTICS),
        ("Peak flow meter", DME),
        ("Prosthetic training x 8", PT),
        ("Povidone iodine", "Pharmaceuticals/Anti-infectives"),
        ("NuDiclo SoluPak", "Pharmaceuticals/Topical Analgesics"),
        ("DicloPak kit", "Pharmaceuticals/NSAID"),
        ("Post-operative physical therapy x 8", PT),
        ("Pre-operative physical therapy", PT),
        ("Occupational therapy 2x3", PT),
        ("Aquatic therapy", PT),
        ("PT evaluation and treatment", PT),
        ("Post-injection PT x 4", PT),
        ("Chiropractic evaluation", CHIRO),
        ("Spinal manipulation x 4", CHIRO),
        ("Referral to a chiropractor for evaluation", CHIRO),
        ("Electroacupuncture with infrared", ACUPUNCTURE),
        ("Massage therapy", OTHER_REHAB),
        ("Vestibular rehabilitation", OTHER_REHAB),
        ("TENS unit with electrodes", STIMULATION),
        ("H-wave device, 30 day trial", STIMULATION),
        ("Electrical stimulation unit", STIMULATION),
        ("Interferential unit rental", STIMULATION),
        ("TENS electrodes", SUPPLIES),
        ("Compression stockings", SUPPLIES),
        ("Thumb spica splint", ORTHOTICS),
        ("Custom foot orthotics", ORTHOTICS),
        ("Cervical collar", ORTHOTICS),
        ("Cold therapy unit, 10 day rental", DME),
        ("Hot and cold pack", DME),
        ("Cervical traction unit", DME),
        ("CPM machine", DME),
        ("Home exercise kit", DME),
        ("Hearing aids", DME),
        ("Rental of a device", DME),
        ("Caudal epidural", INJECTION),
        ("L4-5 epidural steroid injection with consultation", INJECTION),
        ("Cortisone injection under ultrasound guidance", INJECTION),
        ("Left ankle ultrasound-guided cortisone injection", INJECTION),
        ("Injection of Kenalog 40 mg and lidocaine into the hip", INJECTION),
        ("PRP injection", INJECTION),
        ("Botox injections", INJECTION),
        ("Trigger point injections with Toradol", INJECTION),
        ("Facet joint injections C4-5", FACET),
        ("Medial branch blocks", FACET),
        ("Radiofrequency ablation", FACET),
        ("L5-S1 fusion", SPINE),
        ("Anterior cervical discectomy and fusion", SPINE),
        ("Revision decompression at L3-4", SPINE),
        ("Hardware removal, lumbar spine", SPINE),
        ("Spinal cord stimulator trial", SPINE),
        ("Fusion of the left ankle", OPEN),
        ("Hardware removal, left ankle", OPEN),
        ("Endoscopic carpal tunnel release", OPEN),
        ("Open rotator cuff repair", OPEN),
        ("Surgery of the left foot", OPEN),
        ("Total hip replacement", OPEN),
        ("Surgery: knee arthroscopy", SCOPE),
        ("Repair of the shoulder, arthroscopic", SCOPE),
        ("Partial medial meniscectomy", SCOPE),
        ("Bursectomy, left shoulder, arthroscopic", SCOPE),
        ("Assistant surgeon", ADJUNCT),
        ("Preoperative EKG and labs", ADJUNCT),
        ("Medical clearance", ADJUNCT),
        ("Inpatient stay x 2 days", ADJUNCT),
        ("Associated surgical service: PT x 8", ADJUNCT),
        ("Consultation with a spine surgeon", SURGEON),
        ("Neurosurgical evaluation", SURGEON),
        ("Transfer of care to an orthopedic surgeon", SURGEON),
        ("Follow-up consultation with the surgeon", VISIT),
        ("Consultation and follow-up with the surgeon", VISIT),
        ("Follow-up visit with PM&R", VISIT),
        ("Pain management consultation for possible epidural injection", VISIT),
        ("Office visit", VISIT),
        ("Referral to neurology", VISIT),
        ("Internal medicine evaluation", VISIT),
        ("Medication management", VISIT),
        ("Dental crown", DENTAL),
        ("Psychological evaluation prior to spinal cord stimulator trial", PSYCH_VISIT),
        ("Follow-up with psychiatrist", PSYCH_VISIT),
        ("Neuropsychological testing", PSYCH_VISIT),
        ("Psychiatric medication management", PSYCH_VISIT),
        ("Cognitive behavioral therapy", PSYCH_THERAPY),
        ("Psychological treatment x 6", PSYCH_THERAPY),
        ("Biofeedback", PSYCH_THERAPY),
        ("Functional restoration program, 20 days", PROGRAM),
        ("Evaluation for a functional restoration program", PROGRAM),
        ("Gym membership with a pool", PROGRAM),
        ("Weight loss program", PROGRAM),
        ("Work hardening", PROGRAM),
        ("Shock wave therapy", THERAPY),
        ("Hyperbaric oxygen", THERAPY),
        ("Electrical stimulation x 4", THERAPY),
        ("Ultrasound 2 times 4", THERAPY),
        ("Home health aide", HOME),
        ("Housekeeping, 4 hours a week", HOME),
        ("Transportation to visits", TRANSPORT),
        ("Synvisc injection, left knee", "Pharmaceuticals/Viscosupplementation"),
        ("Ultrasound guided injection of Synvisc", "Pharmaceuticals/Viscosupplementation"),
        ("Series of viscosupplementation injections", "Pharmaceuticals/Viscosupplementation"),
        ("Toradol 30mg IM injection", "Pharmaceuticals/NSAID"),
        ("Vitamin B12 injection", "Pharmaceuticals/Nutritional Products"),
        ("Medrol dose pack", "Pharmaceuticals/Adrenal Cortical Steroids"),
        ("Norco 5/325 mg", "Pharmaceuticals/Opioids"),
        ("Butrans patch", "Pharmaceuticals/Opioids"),
        ("Compounded medication: Ketoprofen 9%/Gabapentin 4%", "Pharmaceuticals/Topical Compounds"),
        ("Compound cream", "Pharmaceuticals/Topical Compounds"),
        ("Topical compound: Ketoprofen 9% cream", "Pharmaceuticals/Topical Analgesics"),
        ("Baclofen 5%/Hyaluronic acid 0.2% cream", "Pharmaceuticals/Topical Compounds"),
        ("Terocin patches", "Pharmaceuticals/Topical Analgesics"),
        ("Prescription of Medrol dose pack 4mg", "Pharmaceuticals/Adrenal Cortical Steroids"),
        ("Compounded medication: Menthol 2%, Lidocaine 5%", "Pharmaceuticals/Topical Compounds"),
        ("Capsaicin 0.0375%/Lidocaine 5% cream", "Pharmaceuticals/Topical Compounds"),
        ("Lidocaine 4%/Menthol 1% patch", "Pharmaceuticals/Topical Analgesics"),
        ("Lumbar spine support", "DMEPOS/Prosthetics/Orthotics"),
        ("Interpreter at office visits", "Other/Other"),
        ("Medical food", "Pharmaceuticals/Nutritional Products"),
        ("Qwertin 40 mg", "Pharmaceuticals/Other"),
        ("Something else", "Other/Other"),
        # what stands beside a name decides
        ("Functional restoration program with physical therapy and CBT", PROGRAM),
        ("Residential program including cognitive behavioral therapy", PROGRAM),
        ("Functional restoration physical therapy x 8", PT),
        ("Physical therapy by telehealth", PT),
        ("Telehealth with physical therapy x 6", PT),
        ("Inpatient detoxification", PROGRAM),
        ("In-home sleep study", TEST),
        ("In-home physical therapy", PT),
        ("Pain psychology x 6", PSYCH_THERAPY),
        ("Pain psychology", PSYCH_VISIT),
        ("Follow-up visits with a psychologist x 2", PSYCH_VISIT),
        ("Evaluation by a psychologist for CBT", PSYCH_VISIT),
        ("Lumbar fusion consultation", SURGEON),
        ("Epidural steroid injection consultation", VISIT),
        ("Spine surgery second opinion", SURGEON),
        ("Electrical stimulator supplies", SUPPLIES),
        ("Electrical stimulator, supplies", STIMULATION),
        ("Traction, home unit", DME),
        ("Traction x 6", THERAPY),
        ("Post-operative DME: shoulder brace", ORTHOTICS),
        ("Cervical arthroplasty C5-6", SPINE),
        ("Removal of the hardware, L5", SPINE),
        ("Transportation to psychotherapy", TRANSPORT),
        ("Home health aide and transportation to visits", HOME),
        ("Toxicology consultation", VISIT),
        ("Wound care nurse", HOME),
        ("SI joint inj under fluoro, left", INJECTION),
        ("Inj, right knee", INJECTION),
        ("Trigger pt injs x 3", INJECTION),
        ("Facet inj at L4-5", FACET),
        ("Botox inj", INJECTION),
        ("Acu x 6", ACUPUNCTURE),
        ("Phys ther 2x3", PT),
        ("HEP kit", DME),
        ("Home sleep mattress, queen size", DME),
        ("Home sleep testing", TEST),
        ("EMG biofeedback unit for the home", DME),
        ("Silicone gel sheets, 6 boxes", SUPPLIES),
        ("ScarAway silicone sheets", SUPPLIES),
        ("Conductive gel for a TENS unit", SUPPLIES),
        ("Povidone iodine swabs", SUPPLIES),
        ("Normal saline for irrigation", SUPPLIES),
        ("Amniotic membrane injection, left heel", INJECTION),
        ("Amniotic membrane graft to the left eye", OPEN),
        ("Normal saline and Depo-Medrol injection, right hip", INJECTION),
        # procedures that no list knows
        ("Ureterotomy", OPEN),
        ("Hemicorporectomy of the spine, L4", SPINE),
        ("Lymphography", IMAGING),
        ("Keratometry", TEST),
        ("Geriatrician", VISIT),
        ("Chemotherapy", THERAPY),
        ("Ureterotomy with an MRI", IMAGING),
        ("A dichotomy", "Other/Other"),
        ("Excision of a cyst of the sacrum", SPINE),
        ("Arthroplasty of the left hip", OPEN),
        ("Shoulder arthroplasty with biceps tenodesis", OPEN),
        ("Shoulder arthroscopy with abrasion arthroplasty", SCOPE),
        ("Bursectomy and acromioplasty, left shoulder", SCOPE),
        ("Stellate ganglion block for CRPS", INJECTION),
        ("CRPS, sympathetic block", INJECTION),
        ("Serum testosterone", LAB),
        # newer services
        ("Intracept procedure", SPINE),
        ("Radiofrequency ablation of genicular nerves", FACET),
        ("Peripheral nerve stimulation, Sprint system", OPEN),
        ("Acoustic therapy for tinnitus", THERAPY),
        ("Virtual reality therapy", THERAPY),
        ("Virtual reality headset", DME),
        ("Remote therapeutic monitoring", VISIT),
        ("Virtual pain management program", PROGRAM),
        ("Journavx 50 mg", "Pharmaceuticals/Misc Analgesics"),
    ],
    ids=lambda value: value[:45],
)
def test_reads_categories(title: str, category: str) -> None:
    assert read(title) == category


def test_evidence_is_what_decided() -> None:
    text = "Before this. New walker with seat. MRI after."
    found = read_category(text, Span(13, 33), ())
    assert (text[found.start : found.end], found.method, found.rule) == ("walker", "inferred", "treatment_name")


def test_the_part_that_a_rationale_names_tells_what_is_operated() -> None:
    title, rationale = (
        "Hardware removal",
        "A screw of the lumbar fusion is loose. Surgery on the lumbar spine is asked.",
    )
    text = f"{title}\n{rationale}"
    span = Span(0, len(title))
    parts = read_body_parts(text, span, Span(len(title) + 1, len(text)))
    assert "/".join(read_category(text, span, (), parts).value) == SPINE
    assert "/".join(read_category(text, span, (), ()).value) == OPEN


def test_no_match_spans_the_title() -> None:
    found = read_category("Before. Qwerty.", Span(8, 14), ())
    assert (found.start, found.end, found.rule) == (8, 14, "none_matched")


@pytest.mark.parametrize(
    ("title", "retrospective", "surgical"),
    [
        pytest.param("Retrospective walker (DOS 3/4/15)", True, False, id="retrospective"),
        pytest.param("Walker, DOS 3/4/2015", True, False, id="dos"),
        pytest.param("Walker, date of service 3/4/2015", True, False, id="date_of_service"),
        pytest.param("Retro: walker", True, False, id="retro"),
        pytest.param("Electrodiagnostic study, performed 2/20/2013", True, False, id="performed"),
        pytest.param("Night splint supplied on May 4, 2013", True, False, id="supplied"),
        pytest.param("Newdrug dispensed on 3/4/2015", True, False, id="dispensed"),
        pytest.param("Excision of a retro-calcaneal spur", False, False, id="retrocalcaneal"),
        pytest.param("Associated surgical service: sling", False, True, id="associated"),
        pytest.param("Associated Surgical Services: sling", False, True, id="associated_plural"),
        pytest.param("Surgical service of the knee", False, False, id="surgical_service"),
        pytest.param("Assistant surgeon", False, False, id="untitled_assistant"),
        pytest.param("Walker", False, False, id="neither"),
    ],
)
def test_reads_flags(title: str, retrospective: bool, surgical: bool) -> None:
    assert tuple(map(bool, read_flags(title, Span(0, len(title))))) == (retrospective, surgical)


def test_the_lowest_rank_decides() -> None:
    title = "Evaluation for a functional restoration program"
    hit = disputed_treatment(title, Span(0, len(title)))
    assert hit is not None
    assert (hit.key.category, title[hit.start : hit.end]) == ("Programs", "functional restoration program")


def test_describing_words_are_no_treatment() -> None:
    assert_none(text for text in RULES["ignored"] if named_treatments(text, Span(0, len(text))))


def named(name: str) -> list[tuple[str, str]]:
    """What a name stands for in the middle of a text."""
    hits = treatment_names().find(f"the {name} at", 0, len(name) + 7)
    return [(hit.key.category, hit.key.subcategory) for hit in hits]


def test_every_name_stands_for_its_treatment() -> None:
    listed = [
        (name, (entry["category"], entry["subcategory"])) for entry in RULES["treatment"] for name in entry["names"]
    ]
    assert_none(f"{name}: {named(name)}, not {meant}" for name, meant in listed if named(name) != [meant])


def test_every_abbreviation_stands_for_its_word() -> None:
    listed = [(word, short) for word, forms in RULES["abbreviated"].items() for short in forms]
    assert_none(f"{short}: not {word}" for word, short in listed if named(short) != named(word))


def test_a_treatment_by_drugs_is_of_a_class_of_drugs() -> None:
    drugs = {entry["subcategory"] for entry in RULES["treatment"] if entry["category"] == "Pharmaceuticals"}
    assert drugs <= set(load_rules("extraction", "drugs")["class"])
