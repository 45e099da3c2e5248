"""What a server refuses of a flow's parameters before it keeps any of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prefect import Flow, get_client
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools.validation import is_valid_schema, validate

from flows.letters import letters
from flows.upkeep import upkeep
from imr.settings import CrawlPolicy


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


@pytest.mark.parametrize("called", [letters, letters.with_options(retries=0)], ids=["as it is", "with other options"])
def test_no_server_keeps_the_credentials_that_a_flow_is_called_with(
    prefect_harness: None, called: Flow[..., Any], tmp_path: Path
) -> None:
    sources = ["ftp://alice:planted@127.0.0.1:9/a/", "https://127.0.0.1:9/a.pdf?X-Amz-Signature=planted"]
    state = called(sources, lake=str(tmp_path), crawl_policy=CrawlPolicy(attempts=1), return_state=True)
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(state.state_details.flow_run_id)
    assert run.parameters["sources"] == ["ftp://127.0.0.1:9/a/", "https://127.0.0.1:9/a.pdf"]
    assert state.is_failed()
    assert "planted" not in run.model_dump_json()
