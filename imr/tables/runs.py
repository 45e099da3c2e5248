"""The tables of the runs: what was done to every file, what every commit changed, what did not make it."""

from __future__ import annotations

from imr.errors import Code
from imr.tables.schema import Table, optional, required

_STEPS = ("fetch", "ocr_cleanup", "section_split", "extract", "publish")
_CODES = tuple(Code)

LINEAGE = Table(
    "lineage",
    "One row per file, step and attempt, skips included",
    (
        required("event_id", "string", "Names the event"),
        required("run_id", "string", "Run it happened in"),
        optional("task_run_id", "string", "Task run of the orchestrator it happened in"),
        optional("document_id", "string", "The letter; null when its bytes could not be read"),
        required("source_uri", "string", "Address of the file"),
        required("step", "string", "Step of the flow", _STEPS),
        required("attempt", "int16", "Attempt within the run, from 1"),
        required("status", "string", "How it ended", ("ok", "skipped", "retried", "quarantined", "failed")),
        optional("skip_reason", "string", "Why it was skipped", ("unchanged", "same_bytes", "staged", "removed")),
        optional("error_code", "string", "What went wrong", _CODES),
        optional("error_message", "string", "The same as a sentence, without letter text"),
        optional("input_sha256", "string", "Hash of what the step was given"),
        optional("output_sha256", "string", "Hash of what it made"),
        optional("step_version", "string", "Fingerprint of the step's code and rules"),
        optional("parameters_sha256", "string", "Hash of the step's parameters"),
        optional("rows_out", "int32", "Rows it made"),
        required("started_at", "instant", "When it began"),
        required("finished_at", "instant", "When it ended"),
        required("duration_ms", "int32", "Milliseconds between"),
        optional("commit_id", "string", "Commit that made the event public"),
        optional("source_status", "int16", "HTTP status that the source answered a fetch with"),
        optional("source_etag", "string", "What the source calls this version of the file"),
        optional("source_bytes", "int64", "Bytes that the source gave, in a failed try those that came"),
    ),
    ("event_id",),
    "run_date",
    order=("started_at", "event_id"),
)

COMMITS = Table(
    "commits",
    "One row per publish",
    (
        required("commit_id", "string", "Names the commit"),
        required("run_id", "string", "Run that published"),
        required("committed_at", "instant", "When"),
        required("operation", "string", "Why", ("ingest", "reprocess", "replay", "remove", "migrate")),
        required("files_in", "int32", "Files the run was given"),
        required("files_published", "int32", "Of these, published as new or changed letters"),
        required("files_skipped", "int32", "Of these, known already or copies of another"),
        required("files_quarantined", "int32", "Of these, in quarantine"),
        required("rows_added", "int64", "Rows written to the letters' tables and to dwc_index"),
        required("rows_removed", "int64", "Rows these replaced"),
        required("tables", "strings", "Tables that changed"),
        required("code_version", "string", "Fingerprint of all steps"),
    ),
    ("commit_id",),
    "run_date",
)

QUARANTINE = Table(
    "quarantine",
    "The present state of every file that did not make it",
    (
        optional("document_id", "string", "The file; null when its bytes could not be read"),
        required("source_uri", "string", "Address of the file"),
        required("source_name", "string", "File name alone"),
        required("step", "string", "Step it failed in", _STEPS),
        required("error_code", "string", "What went wrong", _CODES),
        required("error_message", "string", "The same as a sentence, without letter text"),
        required("attempts", "int16", "Runs that tried it"),
        required("first_seen_at", "instant", "When it first failed"),
        required("last_seen_at", "instant", "When it was last met"),
        required("is_poison", "bool", "No further automatic tries until the code or rules change"),
        optional("stored_as", "string", "Path of the kept copy, relative to the lake"),
        required("pipeline_version", "string", "Fingerprint of code and rules at the last try"),
    ),
    ("source_uri",),
    "run_date",
)

REMOVALS = Table(
    "removals",
    "Letters that were removed on request and do not come back",
    (
        required("document_id", "string", "The letter that was removed; nothing else is kept of it"),
        required("reason", "string", "Why, in the words of whoever removed it"),
        required("removed_at", "instant", "When"),
        required("commit_id", "string", "Commit that removed it"),
    ),
    ("document_id",),
)
