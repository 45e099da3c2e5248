"""The letter steps as a worker process runs them: one letter in, one plain record out, with a hash of the output."""

from imr.steps.extract import Columns, Records, extract_letter, letter_records, placed_evidence
from imr.steps.ocr_cleanup import CleanLetter, clean_letter, scan_letter
from imr.steps.section_split import Sections, split_letter

__all__ = [
    "CleanLetter",
    "Columns",
    "Records",
    "Sections",
    "clean_letter",
    "extract_letter",
    "letter_records",
    "placed_evidence",
    "scan_letter",
    "split_letter",
]
