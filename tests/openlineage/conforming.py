"""Whether events are as the standard wants them: its package has no JSON schemas, but classes made from them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import attr
from openlineage.client.facet_v2 import BaseFacet

from tests.openlineage.receiving import Event

_BASE = {"_producer", "_schemaURL", "_deleted"}


def assert_conforms(event: Event) -> None:
    """Required fields are there, and every facet has the fields of the schema that it names and no others."""
    assert event["eventType"] in {"START", "COMPLETE", "FAIL", "ABORT"}
    assert dt.datetime.fromisoformat(event["eventTime"]).tzinfo is not None
    assert urlsplit(event["producer"]).scheme
    assert event["schemaURL"].endswith("#/$defs/RunEvent")
    assert UUID(event["run"]["runId"])
    assert event["job"]["namespace"]
    assert event["job"]["name"]
    _assert_facets(event["run"]["facets"])
    _assert_facets(event["job"]["facets"])
    for kind, facets in (("inputs", "inputFacets"), ("outputs", "outputFacets")):
        for dataset in event[kind]:
            assert dataset["namespace"]
            assert dataset["name"].startswith("/")
            _assert_facets(dataset["facets"])
            _assert_facets(dataset[facets])
    names = [(dataset["namespace"], dataset["name"]) for dataset in event["outputs"]]
    assert len(set(names)) == len(names)


def _assert_facets(facets: dict[str, Any]) -> None:
    classes = _by_schema(BaseFacet)
    for name, facet in facets.items():
        fields = {field.name.lstrip("_"): field for field in attr.fields(classes[facet["_schemaURL"]])}
        given = set(facet) - _BASE
        assert urlsplit(facet["_producer"]).scheme
        if name.startswith("imr_"):  # one of our own
            continue
        assert given <= set(fields), name
        assert {key for key, field in fields.items() if field.default is attr.NOTHING} <= given, name


def _by_schema(base: type[BaseFacet]) -> dict[str, type[BaseFacet]]:
    """All classes of facets by the address of their schema; ours have the one that all facets of a run share."""
    found = {base._get_schema(): base}
    for kind in base.__subclasses__():
        found = {**_by_schema(kind), **found}
    return found
