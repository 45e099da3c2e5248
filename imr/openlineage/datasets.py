"""What the jobs read and write, named as OpenLineage's naming rules say: `file` and an absolute path."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from openlineage.client.event_v2 import Dataset, InputDataset, OutputDataset
from openlineage.client.facet_v2 import (
    DatasetFacet,
    dataset_version_dataset,
    datasource_dataset,
    documentation_dataset,
    input_statistics_input_dataset,
    output_statistics_output_dataset,
    schema_dataset,
)

from imr.fingerprint import staged_by
from imr.lake.layout import LakeLayout
from imr.tables.declaration import LETTER_TABLES, TABLES
from imr.tables.schema import TYPES, Table

MOST_FOLDERS = 20
"""Folders that the inputs of a batch name one by one; of more only what they have in common."""

_READ_BY: Mapping[str, tuple[tuple[str, str], ...]] = {
    "section_split": (("ocr_cleanup", "texts"), ("ocr_cleanup", "reading")),
    "extract": (
        ("ocr_cleanup", "texts"),
        ("ocr_cleanup", "reading"),
        ("section_split", "sections"),
        ("section_split", "splitting"),
    ),
}
"""The staged tables that a step reads, each with the step that staged it."""


def source_folders(uris: Iterable[str]) -> list[InputDataset]:
    """The folders that some files come from, each with how many of the files it has."""
    counts = Counter(map(_folder, uris))
    if len(counts) > MOST_FOLDERS:
        counts = _common(counts)
    return [_folder_read(*folder, count) for folder, count in sorted(counts.items())]


def read_by(step: str, lake: LakeLayout) -> list[InputDataset]:
    """What a letter step reads."""
    if step == "ocr_cleanup":
        return [InputDataset(*_local(lake.raw))]
    return [InputDataset(*_local(lake.stage / before / table)) for before, table in _READ_BY[step]]


def stored_files(lake: LakeLayout, files: int, size: int) -> OutputDataset:
    """The raw store, with how many files of a batch are in it and their bytes."""
    statistics = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(fileCount=files, size=size)
    return OutputDataset(*_local(lake.raw), outputFacets={"outputStatistics": statistics})


def staged_tables(lake: LakeLayout, step: str, key: str, rows: Mapping[str, int]) -> list[OutputDataset]:
    """What a step staged of a batch, with the rows of each table; its version is the batch's key."""
    version = dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion=key)
    return [
        _written(Dataset(*_local(lake.stage / step / table), facets={"version": version}), count)
        for table, count in sorted(rows.items())
    ]


def merged_tables(lake: LakeLayout, names: Iterable[str]) -> list[InputDataset]:
    """The staged tables that the letter tables among some public ones are made of."""
    letter_tables = {table.name for table in LETTER_TABLES} & set(names)
    return [InputDataset(*_local(lake.stage / staged_by(n) / n)) for n in sorted(letter_tables)]


def public_tables(lake: LakeLayout, commit_id: str, rows: Mapping[str, int]) -> list[OutputDataset]:
    """The public tables that a commit changed, as they are declared, with the rows of the files it wrote."""
    return [_written(_public_table(lake, TABLES[name], commit_id), count) for name, count in rows.items()]


def _public_table(lake: LakeLayout, table: Table, commit_id: str) -> Dataset:
    folder = lake.tables / table.name
    facets: dict[str, DatasetFacet] = {
        "schema": schema_of(table),
        "dataSource": datasource_dataset.DatasourceDatasetFacet(name="file", uri=folder.absolute().as_uri()),
        "version": dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion=commit_id),
        "documentation": documentation_dataset.DocumentationDatasetFacet(description=table.meaning),
    }
    return Dataset(*_local(folder), facets=facets)


def schema_of(table: Table) -> schema_dataset.SchemaDatasetFacet:
    """The columns of a table as they are declared: names, Arrow types, meanings."""
    fields = [
        schema_dataset.SchemaDatasetFacetFields(column.name, str(TYPES[column.kind]), column.meaning)
        for column in table.columns
    ]
    return schema_dataset.SchemaDatasetFacet(fields=fields)


def _written(dataset: Dataset, rows: int) -> OutputDataset:
    statistics = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=rows)
    return OutputDataset(
        dataset.namespace, dataset.name, facets=dataset.facets, outputFacets={"outputStatistics": statistics}
    )


def _folder_read(namespace: str, name: str, files: int) -> InputDataset:
    statistics = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(fileCount=files)
    return InputDataset(namespace, name, inputFacets={"inputStatistics": statistics})


def _local(path: Path) -> tuple[str, str]:
    """The namespace and name of what stands at a path of this machine."""
    return "file", path.absolute().as_posix()


def _folder(uri: str) -> tuple[str, str]:
    """The namespace and name of the folder that an address is in; a password in the address stays out of both."""
    parts = urlsplit(uri)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" if host else parts.scheme, posixpath.dirname(unquote(parts.path)) or "/"


def _common(counts: Mapping[tuple[str, str], int]) -> Counter[tuple[str, str]]:
    """What the folders of each namespace have in common, with the files of all of them."""
    names: dict[str, list[str]] = {}
    for namespace, name in counts:
        names.setdefault(namespace, []).append(name)
    common: Counter[tuple[str, str]] = Counter()
    for (namespace, _), count in counts.items():
        common[namespace, posixpath.commonpath(names[namespace])] += count
    return common
