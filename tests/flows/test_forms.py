"""What Prefect's forms show of a flow's parameters: a text for each field, also of limits, alerts and the crawl policy."""

from __future__ import annotations

from typing import Any

import pytest
from prefect.utilities.callables import parameter_schema

from flows import letters, upkeep


@pytest.mark.parametrize("flow", [letters.letters, letters.replay, letters.reprocess, upkeep.upkeep])
def test_every_field_has_a_text(flow: Any) -> None:
    schema = parameter_schema(flow.fn)
    models = {name: each["properties"] for name, each in schema.definitions.items() if "properties" in each}
    for name, properties in {"parameters": schema.properties, **models}.items():
        assert [f"{name}.{field}" for field, each in properties.items() if not each.get("description")] == []
