"""The tables whose rows belong to one letter: what was in it, and where in it that stands."""

from __future__ import annotations

from typing import get_args

from imr.normalising.guidelines import SOURCES, guideline_keys
from imr.normalising.specialties import specialties
from imr.normalising.treatments import modalities, operations
from imr.records import CitedBy, Method
from imr.tables.schema import NARROW, WIDE, Table, optional, required
from imr.tables.vocabularies import OUTCOMES, vocabulary
from imr.warnings import WarningCode

_DOCUMENT = required("document_id", "string", "SHA-256 of the source bytes in lower-case hex; names the letter")
_CASE_NUMBER = optional(
    "case_number", "string", "Case number as printed, or from the file name; null if neither has one"
)
_CASE_YEAR = optional("case_year", "int16", "Year of the application, from the case number")
_FORMAT = required(
    "letter_format", "string", "Which of the known letter forms the letter has", vocabulary("letter_format")
)
_DECISION = required("decision_number", "int16", "Number of the disputed item in the letter, from 1")
_LATEST = required("is_latest", "bool", "False when a newer letter of the same case number is in the lake")

_OF_THE_ITEM = (
    _CASE_NUMBER,
    optional("decision_date", "date", "Date of the decision"),
    optional("outcome", "string", "Outcome of the disputed item", OUTCOMES),
    optional("is_latest", "bool", "As in `decisions`: summaries count no row of which it is false"),
)
"""What the rows of a disputed item repeat of it, so that they can be counted without a join."""

COUNTED_ROWS = {
    "section_count": "sections",
    "decision_count": "decisions",
    "drug_count": "drugs",
    "citation_count": "citations",
    "provenance_count": "provenance",
}
"""The columns of `documents` that count a letter's rows in other tables, by which a loss of rows shows."""

DOCUMENTS = Table(
    "documents",
    "One row per distinct source file that became a published letter",
    (
        _DOCUMENT,
        required("source_uri", "string", "Address the bytes were read from"),
        required("source_name", "string", "File name alone"),
        required("media_type", "string", "Kind of file, judged by its bytes", ("application/pdf", "text/plain")),
        required("byte_size", "int64", "Bytes of the source file"),
        optional("page_count", "int32", "Pages; null where the file does not tell"),
        required("text_origin", "string", "How the text was got", ("text_layer", "ocr", "mixed", "plain_text")),
        optional("ocr_confidence", "float32", "Mean word confidence of OCR, 0-100; null without OCR"),
        optional("ocr_low_confidence_share", "float32", "Share of words with a confidence below 60; null without OCR"),
        required("char_count", "int32", "Characters of the clean text"),
        _FORMAT,
        _CASE_NUMBER,
        _CASE_YEAR,
        optional(
            "unread_share", "float32", "Share of the clean text's characters that belong to no part of the letter"
        ),
        *(
            optional(
                column, "int32", f"Rows that the letter has in `{table}`; null if published before they were counted"
            )
            for column, table in COUNTED_ROWS.items()
        ),
        required("warnings", "strings", "What is doubtful about the letter", tuple(WarningCode)),
        required("first_seen_at", "instant", "When the letter was first published"),
        required("processed_at", "instant", "When this row was made"),
        required("run_id", "string", "Run that made this row"),
        required("text_version", "string", "Fingerprint of the code and rules that read and cleaned the text"),
        required("split_version", "string", "Fingerprint up to the section split"),
        required("extract_version", "string", "Fingerprint up to the extraction"),
    ),
    ("document_id",),
    "case_year",
    NARROW,
    order=("case_number", "document_id"),
)

CASES = Table(
    "cases",
    "One row per letter: what it says once",
    (
        _DOCUMENT,
        _CASE_NUMBER,
        _CASE_YEAR,
        _FORMAT,
        optional("decision_date", "date", "Date of the decision"),
        optional("date_assigned", "date", "Date the case was assigned to the reviewer"),
        optional("ur_denial_date", "date", "Date of the utilization review denial"),
        optional("application_received_date", "date", "Date the application was received"),
        optional("date_of_injury", "date", "Date of injury, from the header, else from the narrative"),
        optional("priority", "string", "Priority of the review", ("standard", "expedited")),
        required("reviewer_specialties", "strings", "The reviewer's specialties, in the letter's words and order"),
        required(
            "reviewer_licensed_states",
            "strings",
            "States the reviewer is licensed in, as USPS codes",
            vocabulary("licensed_state"),
        ),
        optional("patient_age", "int16", "Age in years"),
        optional("patient_sex", "string", "Sex, from words or unambiguous pronouns", ("male", "female")),
        required("diagnoses", "strings", "Diagnoses as the clinical case summary states them"),
        optional("clinical_case_summary", "string", "The clinical case summary"),
        required("decision_count", "int16", "Disputed items in the letter"),
        required("outcome", "string", "Outcome over all items", ("upheld", "overturned", "mixed")),
        _LATEST,
        optional(
            "reviewer_specialty_names",
            "strings",
            "The specialties under the names of DWC's search tool, each once; one that it has no name for is left out",
            specialties(),
        ),
    ),
    ("document_id",),
    "case_year",
    NARROW,
    order=("decision_date", "document_id"),
)

DECISIONS = Table(
    "decisions",
    "One row per disputed item",
    (
        _DOCUMENT,
        _CASE_NUMBER,
        _CASE_YEAR,
        _DECISION,
        optional("decision_date", "date", "Date of the decision"),
        required("treatment_request", "string", "The disputed item as titled, without its outcome"),
        optional("original_request", "string", "What was first asked for, where a part of it was authorised"),
        optional("authorized_portion", "string", "What the claims administrator authorised of it"),
        required("outcome", "string", "upheld: the denial stands; overturned: found medically necessary", OUTCOMES),
        optional(
            "treatment_category",
            "string",
            "Category in DWC's vocabulary, inferred from the title",
            vocabulary("treatment_category"),
        ),
        optional(
            "treatment_subcategory",
            "string",
            "Subcategory or drug class in DWC's vocabulary, inferred",
            vocabulary("treatment_subcategory"),
        ),
        required("body_parts", "strings", "Body parts the item is aimed at", vocabulary("body_part")),
        optional("laterality", "string", "Side of these body parts", ("left", "right", "bilateral")),
        optional("visits", "int16", "Visits or sessions in the item"),
        optional("visits_per_week", "float32", "Visits a week, if one number is given"),
        optional("weeks", "float32", "Weeks, if one number is given"),
        optional("quantity", "int32", "Units of a drug or supply"),
        optional("refills", "int16", "Refills"),
        required("is_retrospective", "bool", "Asked for after it was given"),
        required("is_associated_surgical_service", "bool", "Titled as a service that goes with a surgery"),
        optional("states_medically_necessary", "bool", "What the rationale itself concludes; null if it never does"),
        optional("outcome_matches_rationale", "bool", "Whether that agrees with the outcome"),
        optional("claims_administrator_basis", "string", "The claims administrator's guideline slot, as written"),
        optional("reviewer_basis", "string", "The reviewer's guideline slot, as written"),
        required("claims_administrator_cites_none", "bool", "The slot says that no evidence was cited"),
        required("reviewer_cites_none", "bool", "The slot says that no evidence was cited"),
        optional("rationale", "string", "The decision rationale"),
        _LATEST,
        optional("modality", "string", "How a test of imaging or of nerves is made, from its title", modalities()),
        optional("operation", "string", "Kind of an operation, from its title", operations()),
        optional(
            "cites_same_guideline",
            "bool",
            "Both sides cite a guideline of the same key, or, where it has none, of the same source and title",
        ),
    ),
    ("document_id", "decision_number"),
    "case_year",
    NARROW,
    order=("decision_date", "document_id", "decision_number"),
)

DRUGS = Table(
    "drugs",
    "One row per ingredient of a disputed drug",
    (
        _DOCUMENT,
        _DECISION,
        required("drug_number", "int16", "Number of the row in the item, from 1"),
        required("name", "string", "The product as written"),
        optional("ingredient", "string", "Generic name, lower case; null if unknown"),
        optional("drug_class", "string", "Class in DWC's vocabulary", vocabulary("drug_class")),
        optional("strength", "string", "Strength as written"),
        required("is_compound", "bool", "The product is compounded of several drugs"),
        optional(
            "product",
            "string",
            "One name for a brand and its generic product: the ingredients in alphabetical order, with `(topical)` or"
            " `(compound)` behind them; the name as written, in lower case, where no ingredient is known",
        ),
        *_OF_THE_ITEM,
        _CASE_YEAR,
    ),
    ("document_id", "decision_number", "drug_number"),
    "case_year",
    NARROW,
)

CITATIONS = Table(
    "citations",
    "One row per guideline citation; readers that know folder keys give it its `case_year` as a column",
    (
        _DOCUMENT,
        _DECISION,
        required("citation_number", "int16", "Number of the row in the item, from 1"),
        required("cited_by", "string", "Which side cites it", get_args(CitedBy)),
        required("source", "string", "Whose guideline", SOURCES),
        optional("title", "string", "Guideline, chapter or topic as written"),
        optional("year", "int16", "Year of the edition"),
        optional("sections", "string", "What is written after 'Section(s):'"),
        optional("pages", "string", "Pages as written"),
        optional("regulation", "string", "Regulation, such as 8 CCR 9792.24.2"),
        required("text", "string", "The citation as written"),
        optional(
            "guideline",
            "string",
            "Source and chapter or topic, so that equal guidelines are equal values; the source alone where only it is"
            " named, null where the title is in no list",
            guideline_keys(),
        ),
        *_OF_THE_ITEM,
    ),
    ("document_id", "decision_number", "citation_number"),
    "case_year",
    NARROW,
)

SECTIONS = Table(
    "sections",
    "One row per section; a disputed item has one for its heading and one for each of its labels",
    (
        _DOCUMENT,
        required("section_number", "int16", "Number of the section in the letter, from 1"),
        required(
            "section",
            "string",
            "Kind of section",
            (
                "header",
                "determination_process",
                "reviewer_credentials",
                "documents_reviewed",
                "clinical_case_summary",
                "decision",
                "other",
            ),
        ),
        optional("decision_number", "int16", "The disputed item it belongs to"),
        optional("title", "string", "Title or label as printed; null for the header and for an item's heading"),
        required("text", "string", "The section's text"),
        required("clean_start", "int32", "Where it begins in the clean text"),
        required("clean_end", "int32", "Where it ends in the clean text"),
        optional("page_first", "int16", "Page it begins on, from 1"),
        optional("page_last", "int16", "Page it ends on"),
    ),
    ("document_id", "section_number"),
    "case_year",
    WIDE,
)

TEXTS = Table(
    "texts",
    "One row per letter: its text before and after cleaning, and the map between",
    (
        _DOCUMENT,
        required("raw_text", "string", "Text as the extractor gave it"),
        required("clean_text", "string", "Text after cleaning"),
        required("page_starts", "offsets", "Offset of each page in the clean text"),
        required("map_clean", "offsets", "Offset map: clean offsets at which the distance to the raw text changes"),
        required("map_raw", "offsets", "Offset map: the raw offsets they were read from"),
        optional("page_ocr_confidences", "shares", "Mean word confidence of OCR on each page, 0-100; null without OCR"),
        optional("page_ocr_low_shares", "shares", "Share of words with a confidence below 60 on each page"),
    ),
    ("document_id",),
    "case_year",
    WIDE,
)

PROVENANCE = Table(
    "provenance",
    "One row per extracted value: where in the letter it stands",
    (
        _DOCUMENT,
        required("table_name", "string", "Table of the value", ("cases", "decisions", "drugs", "citations")),
        optional("decision_number", "int16", "The disputed item it belongs to"),
        optional("item_number", "int16", "Number of the drug or citation"),
        required("field", "string", "Column of the value"),
        required("value", "string", "The value as text"),
        optional("clean_start", "int32", "Where its evidence begins in the clean text; null for a file name"),
        optional("clean_end", "int32", "Where it ends"),
        optional("raw_start", "int32", "Where that was read from in the raw text"),
        optional("raw_end", "int32", "Where it ends in the raw text"),
        optional("page", "int16", "Page it stands on, from 1"),
        required("method", "string", "How it was read", get_args(Method)),
        required("rule", "string", "Rule that read it"),
    ),
    (),
    "case_year",
    WIDE,
    order=("document_id", "table_name", "decision_number", "item_number", "field", "clean_start", "value"),
)
