"""A server that speaks S3 on this machine, with a bucket, and the environment that leads to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from moto.server import ThreadedMotoServer

BUCKET = "letters"


def environment(server: str) -> dict[str, str]:
    """The variables under which a store's own tools find it."""
    of_server = {"ENDPOINT_URL": server, "REGION": "us-east-1", "ALLOW_HTTP": "true"}
    return {
        f"AWS_{name}": value for name, value in (of_server | {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y"}).items()
    }


@contextmanager
def s3_server() -> Iterator[str]:
    """A server with an empty bucket while the block runs; it is in the environment."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    moto.start()
    host, port = moto.get_host_and_port()
    server = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(server).items():
            patch.setenv(name, value)
        boto3.client("s3", endpoint_url=server, region_name="us-east-1").create_bucket(Bucket=BUCKET)
        yield server
    moto.stop()
