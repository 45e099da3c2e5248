"""What a server refuses of a flow's parameters before it keeps any of them."""

from __future__ import annotations

from typing import Any

import pytest
from prefect import Flow
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools.validation import is_valid_schema, validate

from flows.letters import letters
from flows.upkeep import upkeep


@pytest.mark.parametrize(
    ("flow", "given", "taken"),
    [
        pytest.param(
            letters, {"sources": ["landing", "s3://bucket/a", "dwc://?decided=2017-01-01"]}, True, id="sources"
        ),
        pytest.param(letters, {"sources": ["landing", "ftp://alice:secret@host/"]}, False, id="password"),
        pytest.param(letters, {"sources": ["https://b/a.pdf?X-Amz-Signature=secret"]}, False, id="signature"),
        pytest.param(upkeep, {"release_to": "s3://bucket/prefix"}, True, id="release"),
        pytest.param(upkeep, {"release_to": None}, True, id="no-release"),
        pytest.param(upkeep, {"release_to": "s3://KEY:secret@bucket/prefix"}, False, id="key"),
    ],
)
def test_addresses_with_credentials_are_not_taken(flow: Flow[..., Any], given: dict[str, Any], taken: bool) -> None:
    schema = parameter_schema(flow).model_dump_for_openapi()
    is_valid_schema(schema)
    assert validate(given, schema) is not taken
