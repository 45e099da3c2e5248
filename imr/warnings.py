"""Warnings: what a letter gives cause to doubt, as a closed set of codes. A warning never stops a letter."""

from __future__ import annotations

from enum import StrEnum


class WarningCode(StrEnum):
    """The codes of `documents.warnings`."""

    SECTIONS_OUT_OF_ORDER = "sections_out_of_order"
    SECTION_MISSING = "section_missing"
    SECTION_SIZE_UNUSUAL = "section_size_unusual"
    TEXT_UNREAD = "text_unread"
    ITEM_NUMBERS_DIFFER = "item_numbers_differ"
    ITEMS_REPEATED = "items_repeated"
    ENTRIES_DIFFER = "entries_differ"
    TEXT_BREAKS_OFF = "text_breaks_off"
    ITEM_INCOMPLETE = "item_without_guidelines"
    OUTCOME_DIFFERS_FROM_STATEMENT = "outcome_differs_from_statement"
    LISTED_TREATMENTS_DIFFER = "listed_treatments_differ"
    INDEX_DIFFERS = "index_differs"
    OUTCOME_CONTRADICTS_RATIONALE = "outcome_contradicts_rationale"
    DATES_OUT_OF_ORDER = "dates_out_of_order"
    DATE_UNREADABLE = "date_unreadable"
    NUMBER_TOO_LARGE = "number_too_large"
    CASE_NUMBER_DIFFERS = "case_number_differs_from_file_name"
    POSSIBLE_PERSONAL_DATA = "possible_personal_data"
    OCR_LOW_CONFIDENCE = "ocr_low_confidence"
    PAGE_UNREAD = "page_unread"
    NOTES_READ = "notes_read"
    ATTACHMENTS_UNREAD = "attachments_unread"
    CHARACTERS_LOST = "characters_lost"
