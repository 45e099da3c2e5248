"""What a server is told of a flow's parameters."""

from __future__ import annotations

from typing import Any, ParamSpec, TypeVar

from prefect import Flow

from imr.sources.credentials import without_credentials

P = ParamSpec("P")
R = TypeVar("R")


class _WithoutCredentials(Flow[P, R]):
    """A flow of whose parameters a server keeps no credentials, whoever calls it with which."""

    def serialize_parameters(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The parameters as they are sent to a server."""
        return {name: _cut(value) for name, value in super().serialize_parameters(parameters).items()}

    def with_options(self, *arguments: Any, **options: Any) -> Flow[P, R]:  # noqa: ANN401 - as Prefect's
        """A copy with other options, of the same kind."""
        return keeping_no_credentials(super().with_options(*arguments, **options))


def keeping_no_credentials(flow: Flow[P, R]) -> Flow[P, R]:
    """A flow that tells no server the credentials in the addresses that it is given.

    A deployment refuses such addresses by its schema; nobody checks what Python code calls a flow with.
    """
    flow.__class__ = _WithoutCredentials
    return flow


def _cut(value: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    match value:
        case str():
            return without_credentials(value)
        case list():
            return [_cut(part) for part in value]
        case dict():
            return {key: _cut(part) for key, part in value.items()}
        case _:
            return value
