"""How fast files are fetched: `python -m tests.benchmarks.fetching [--files N] [--at-once N]`.

A small server in a process of its own gives text letters over the loopback interface. Fetched into a lake, with every
check and note, and without a limit of requests a second, they are timed against plain httpx with as many connections,
in turn, each in a fresh process. Then a whole run of `imr run` over them is killed half-way, started again and run
once more, and the server tells how often it was asked for each file.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psutil

from imr.lake.layout import LakeLayout
from imr.lake.raw_store import RawStore
from imr.settings import CrawlPolicy
from imr.sources.client import SourceClient
from imr.sources.links import list_addresses
from imr.synthetic.compose import compose
from imr.synthetic.render import text_of

ROUNDS = 3
NO_LIMIT = 1e9


async def serve(port_to: Any, files: dict[str, bytes]) -> None:
    """Response requests for files as plainly as can be; `/asked` tells how often each was asked for, and forgets it."""
    asked: Counter[str] = Counter()
    answers = {
        path: b'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n%b'
        % (len(data), data)
        for path, data in files.items()
    }
    unchanged = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'
    absent = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = request.split(b" ", 2)[1].decode()
                if path == "/asked":
                    body = json.dumps(asked).encode()
                    asked.clear()
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
                elif path in answers:
                    known = b"if-none-match" in request.lower()
                    asked[path + (" known" if known else "")] += 1
                    writer.write(unchanged if known else answers[path])
                else:
                    writer.write(absent)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port_to.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def run_server(port_to: Any, count: int) -> None:
    """The server's process."""
    letters = (compose(23, number) for number in range(count))
    files = {f"/{letter.name}.txt": text_of(letter).encode() for letter in letters}
    port_to.send(list(files))
    asyncio.run(serve(port_to, files))


def plainly(addresses: Path, _: Path, at_once: int) -> int:
    """Bytes that plain httpx gets."""
    urls = addresses.read_text().split()
    with (
        httpx.Client(limits=httpx.FileLimits(max_connections=at_once)) as client,
        ThreadPoolExecutor(at_once) as threads,
    ):
        return sum(threads.map(lambda url: len(client.get(url).content), urls))


def plainly_to_files(addresses: Path, root: Path, at_once: int) -> int:
    """The same, each written to a file."""
    urls = addresses.read_text().split()
    root.mkdir()
    with (
        httpx.Client(limits=httpx.FileLimits(max_connections=at_once)) as client,
        ThreadPoolExecutor(at_once) as threads,
    ):

        def one(url: str) -> int:
            return (root / url.rpartition("/")[2]).write_bytes(client.get(url).content)

        return sum(threads.map(one, urls))


def into_lake(addresses: Path, root: Path, at_once: int) -> int:
    """Bytes that are fetched into a lake."""
    lake = LakeLayout(root)
    crawl_policy = CrawlPolicy(requests_per_second=NO_LIMIT, at_once=at_once, allow_private=True)
    files = [*list_addresses(addresses, ["http"]).files]
    with SourceClient(crawl_policy) as client:
        outcomes = [future.result() for future in client.fetch(files, lake, RawStore(lake.raw), lambda _: None)]
    return sum(outcome.result.byte_size for outcome in outcomes if outcome.result)


def measured(way: Callable[[Path, Path, int], int], addresses: Path, root: Path, at_once: int, result_to: Any) -> None:
    """Do it one way and tell the seconds, the bytes and the peak of resident memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    size = way(addresses, root, at_once)
    seconds = time.perf_counter() - began
    result_to.send((seconds, size, before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def in_fresh_process(way: Callable[[Path, Path, int], int], *arguments: Any) -> tuple[float, int, int, int]:
    """The same in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=measured, args=(way, *arguments, there))
    process.start()
    result: tuple[float, int, int, int] = here.recv()
    process.join()
    return result


def run_command(addresses: Path, lake: Path, at_once: int) -> subprocess.Popen[bytes]:
    """`imr run` over the addresses."""
    options = ["--lake", str(lake), "--rate", str(NO_LIMIT), "--at-once", str(at_once), "--allow-private", "--json"]
    command = [sys.executable, "-c", "from imr.cli.main import main; main()", "run", f"urls:{addresses}", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)


def asked(address: str) -> Counter[str]:
    """How often the server was asked for each file since this was last told."""
    with urllib.request.urlopen(f"{address}/asked") as answer:
        return Counter(json.loads(answer.read()))


def killed_and_resumed(addresses: Path, lake: Path, address: str, count: int, at_once: int) -> None:
    """Kill a run half-way, run again, run a third time, and print what the server saw."""
    notes = lake / "stage" / "fetched.jsonl"
    run = run_command(addresses, lake, at_once)
    while run.poll() is None and (not notes.exists() or notes.read_bytes().count(b"}\n") < count // 2):
        time.sleep(0.05)
    family = [process.pid for process in psutil.Process(run.pid).children(recursive=True)]
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    for pid in family:  # Prefect's server has a session of its own
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    noted = notes.read_bytes().count(b"}\n")
    first = asked(address)
    began = time.perf_counter()
    summary = json.loads(run_command(addresses, lake, at_once).communicate()[0])
    second = asked(address)
    print(
        f"killed when {first.total()} files had been asked for and {noted} were noted; the next run asked for "
        f"{second.total()} and published {summary['files_published']} in {time.perf_counter() - began:.1f} s; "
        f"asked for twice: {sum(number > 1 for number in (first + second).values())} files, those in the air at the kill"
    )
    began = time.perf_counter()
    summary = json.loads(run_command(addresses, lake, at_once).communicate()[0])
    third = asked(address)
    print(
        f"a run over what is known: {third.total()} requests, all conditional: "
        f"{all(path.endswith(' known') for path in third)}; published {summary['files_published']}; "
        f"{time.perf_counter() - began:.1f} s"
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=20_000)
    options.add_argument("--at-once", type=int, default=4, help="connections, of both ways")
    options.add_argument("--no-kill", action="store_true", help="leave the killed run out")
    chosen = options.parse_args()
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    server = spawn.Process(target=run_server, args=(there, chosen.files), daemon=True)
    server.start()
    paths, port = here.recv(), here.recv()
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        addresses = root / "addresses.txt"
        addresses.write_text("\n".join(address + path for path in paths))
        seconds: dict[str, list[float]] = {}
        ways = {"plain httpx": plainly, "plain httpx to files": plainly_to_files, "into a lake": into_lake}
        for number in range(ROUNDS):
            for name, way in ways.items():
                took, size, before, peak = in_fresh_process(
                    way, addresses, root / f"{way.__name__}-{number}", chosen.at_once
                )
                seconds.setdefault(name, []).append(took)
                print(
                    f"{name}: {len(paths) / took:.0f} files/s, {size} bytes, peak {peak >> 10} MiB ({before >> 10} before)"
                )
        best = {name: statistics.median(each) for name, each in seconds.items()}
        for name in list(ways)[:2]:
            print(
                f"into a lake against {name}, medians of {ROUNDS}: {best[name] / best['into a lake']:.2f} times as fast"
            )
        asked(address)
        if not chosen.no_kill:
            killed_and_resumed(addresses, root / "lake", address, len(paths), chosen.at_once)
    server.terminate()


if __name__ == "__main__":
    main()
