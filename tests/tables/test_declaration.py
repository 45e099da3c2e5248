"""The declaration against the contract, which is written out here by hand."""

from __future__ import annotations

import pyarrow as pa
import pytest

from imr.tables.declaration import AGGREGATES, LETTER_TABLES, TABLES
from imr.tables.schema import Table

STRINGS, OFFSETS = pa.list_(pa.string()), pa.list_(pa.int32())
DATE, INSTANT = pa.date32(), pa.timestamp("us", tz="UTC")
TYPE_NAMES = {
    "string": pa.string(),
    "strings": STRINGS,
    "offsets": OFFSETS,
    "int16": pa.int16(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "shares": pa.list_(pa.float32()),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "date": DATE,
    "instant": INSTANT,
}

COUNTS = """
    decisions int64, upheld int64, overturned int64, partially_overturned int64, overturn_rate float64,
    overturn_rate_low float64, overturn_rate_high float64"""
OF_THE_ITEM = """
    case_number string, decision_date date, outcome string, is_latest bool"""

CONTRACT = {
    "documents": """
        document_id string, source_uri string, source_name string, media_type string, byte_size int64,
        page_count int32, text_origin string, ocr_confidence float32, ocr_low_confidence_share float32,
        char_count int32, letter_format string, case_number string, case_year int16, unread_share float32,
        section_count int32, decision_count int32, drug_count int32, citation_count int32, provenance_count int32,
        warnings strings,
        first_seen_at instant, processed_at instant, run_id string, text_version string, split_version string,
        extract_version string""",
    "texts": """
        document_id string, raw_text string, clean_text string, page_starts offsets, map_clean offsets,
        map_raw offsets, page_ocr_confidences shares, page_ocr_low_shares shares""",
    "sections": """
        document_id string, section_number int16, section string, decision_number int16, title string, text string,
        clean_start int32, clean_end int32, page_first int16, page_last int16""",
    "cases": """
        document_id string, case_number string, case_year int16, letter_format string, decision_date date,
        date_assigned date, ur_denial_date date, application_received_date date, date_of_injury date,
        priority string, reviewer_specialties strings, reviewer_licensed_states strings, patient_age int16,
        patient_sex string, diagnoses strings, clinical_case_summary string, decision_count int16, outcome string,
        is_latest bool, reviewer_specialty_names strings""",
    "decisions": """
        document_id string, case_number string, case_year int16, decision_number int16, decision_date date,
        treatment_request string, original_request string, authorized_portion string, outcome string,
        treatment_category string, treatment_subcategory string, body_parts strings, laterality string,
        visits int16, visits_per_week float32, weeks float32, quantity int32, refills int16, is_retrospective bool,
        is_associated_surgical_service bool, states_medically_necessary bool, outcome_matches_rationale bool,
        claims_administrator_basis string, reviewer_basis string, claims_administrator_cites_none bool,
        reviewer_cites_none bool, rationale string, is_latest bool, modality string, operation string,
        cites_same_guideline bool""",
    "drugs": """
        document_id string, decision_number int16, drug_number int16, name string, ingredient string,
        drug_class string, strength string, is_compound bool, product string,"""
    + OF_THE_ITEM
    + ", case_year int16",
    # (The case year of citations is the key of their folders.)
    "citations": """
        document_id string, decision_number int16, citation_number int16, cited_by string, source string,
        title string, year int16, sections string, pages string, regulation string, text string,
        guideline string,"""
    + OF_THE_ITEM,
    "provenance": """
        document_id string, table_name string, decision_number int16, item_number int16, field string, value string,
        clean_start int32, clean_end int32, raw_start int32, raw_end int32, page int16, method string, rule string""",
    "lineage": """
        event_id string, run_id string, task_run_id string, document_id string, source_uri string, step string,
        attempt int16, status string, error_code string, error_message string, input_sha256 string,
        output_sha256 string, step_version string, parameters_sha256 string, rows_out int32, started_at instant,
        finished_at instant, duration_ms int32, commit_id string, skip_reason string,
        source_status int16, source_etag string, source_bytes int64""",
    "commits": """
        commit_id string, run_id string, committed_at instant, operation string, files_in int32,
        files_published int32, files_skipped int32, files_quarantined int32, rows_added int64, rows_removed int64,
        tables strings, code_version string""",
    "quarantine": """
        document_id string, source_uri string, source_name string, step string, error_code string,
        error_message string, attempts int16, first_seen_at instant, last_seen_at instant, is_poison bool,
        stored_as string, pipeline_version string""",
    # Beyond the contract: the tombstones of letters removed on request, and DWC's own index of the letters.
    "removals": "document_id string, reason string, removed_at instant, commit_id string",
    "dwc_index": """
        case_number string, case_year int16, item_number int16, decision_date date, date_of_injury date,
        application_received_date date, reviewer_specialty string, case_outcome string, outcome string,
        treatment_category string, treatment_subcategory string, listed_case_outcome string, listed_outcome string,
        listed_category string, listed_subcategory string, source_uri string, listed_at instant""",
    "outcomes_by_year": "case_year int16," + COUNTS,
    "outcomes_by_treatment": "treatment_category string, treatment_subcategory string," + COUNTS,
    "outcomes_by_drug": "ingredient string, drug_class string," + COUNTS,
    "outcomes_by_body_part": "body_part string," + COUNTS,
    "outcomes_by_guideline": "cited_by string, source string, title string," + COUNTS,
    "outcomes_by_specialty": "specialty string," + COUNTS,
    "outcomes_by_licensed_state": "state string," + COUNTS,
    "outcomes_by_decision_year": "decision_year int16," + COUNTS,
    "outcomes_by_decision_quarter": "decision_quarter date," + COUNTS,
    "outcomes_by_decision_month": "decision_month date," + COUNTS,
    "outcomes_by_category_year": "treatment_category string, decision_year int16," + COUNTS,
    "outcomes_by_drug_class_year": "drug_class string, decision_year int16," + COUNTS,
    "outcomes_by_injury_age": "injury_age_years int16," + COUNTS,
    "outcomes_by_modality": "modality string," + COUNTS,
    "outcomes_by_operation": "operation string," + COUNTS,
    "outcomes_by_product": "product string, drug_class string," + COUNTS,
    "outcomes_by_guideline_key": "cited_by string, guideline string," + COUNTS,
    "outcomes_by_specialty_name": "specialty_name string," + COUNTS,
    "processing_times": """
        case_year int16, stage string, cases int64, days_min float64, days_p25 float64, days_median float64,
        days_p75 float64, days_p95 float64, days_max float64""",
    "guideline_agreement": """
        case_year int16, treatment_category string, decisions int64, same_guideline int64,
        different_guideline int64, claims_administrator_cited_none int64, reviewer_cited_none int64""",
    "dwc_agreement": """
        case_year int16, treatment_category string, measure string, compared int64, same int64,
        agreement_rate float64""",
}

VOCABULARIES = {
    ("documents", "text_origin"): {"text_layer", "ocr", "mixed", "plain_text"},
    ("sections", "section"): {
        "header",
        "determination_process",
        "reviewer_credentials",
        "documents_reviewed",
        "clinical_case_summary",
        "decision",
        "other",
    },
    ("cases", "outcome"): {"upheld", "overturned", "mixed"},
    ("decisions", "outcome"): {"upheld", "overturned", "partially_overturned"},
    ("citations", "cited_by"): {"claims_administrator", "reviewer"},
    ("citations", "source"): {"MTUS", "ODG", "ACOEM", "other"},
    ("provenance", "method"): {"exact", "repaired", "inferred", "file_name"},
    ("lineage", "step"): {"fetch", "ocr_cleanup", "section_split", "extract", "publish"},
    ("lineage", "status"): {"ok", "skipped", "retried", "quarantined", "failed"},
    ("commits", "operation"): {"ingest", "reprocess", "replay", "remove", "migrate"},
    ("processing_times", "stage"): {
        "ur_denial_to_application",
        "application_to_assigned",
        "assigned_to_decision",
        "application_to_decision",
    },
}


@pytest.mark.parametrize("name", CONTRACT)
def test_a_table_has_the_columns_of_the_contract(name: str) -> None:
    promised = dict(entry.split() for entry in CONTRACT[name].split(","))
    declared = {field.name: field.type for field in TABLES[name].schema}
    assert declared == {column: TYPE_NAMES[kind] for column, kind in promised.items()}


def test_there_are_the_tables_of_the_contract_and_no_others() -> None:
    assert set(TABLES) == set(CONTRACT)


@pytest.mark.parametrize(("table", "column"), VOCABULARIES, ids=".".join)
def test_a_closed_vocabulary_is_that_of_the_contract(table: str, column: str) -> None:
    declared = next(entry for entry in TABLES[table].columns if entry.name == column)
    assert set(declared.values) == VOCABULARIES[table, column]


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_key_and_order_are_columns_and_every_column_says_what_it_means(table: Table) -> None:
    names = table.schema.names
    assert len(names) == len(set(names))
    assert set(table.key) | set(table.order) <= set(names)
    assert set(table.key) <= set(table.order)  # so that equal rows always make equal files
    assert all(field.metadata[b"description"] for field in table.schema)


@pytest.mark.parametrize("table", LETTER_TABLES, ids=lambda table: table.name)
def test_no_column_of_a_letters_key_may_be_null(table: Table) -> None:
    assert not any(table.schema.field(column).nullable for column in table.key)


def test_parents_are_replaced_before_their_children_and_summaries_last() -> None:
    assert list(TABLES) == [
        *("documents", "cases", "decisions", "drugs", "citations", "sections", "texts", "provenance"),
        *("dwc_index", "lineage", "quarantine", "removals", "commits"),
        *(table.name for table in AGGREGATES),
    ]
