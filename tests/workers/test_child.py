"""What fences a worker in: limits of its own, and no network."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import os
import platform
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imr.errors import Code
from imr.lake.raw_store import RawStore
from imr.reading.media import MAX_BYTES
from imr.sources.fetching import Fetched, fetch
from imr.workers import child
from imr.workers.batch import FileLimits, Workers
from imr.workers.slices import name_of, named

resource = pytest.importorskip("resource", reason="this platform knows no limits of a process")

LIMITS = FileLimits(seconds=20.0, memory_bytes=1 << 30, attempts=1)
NEW_NETWORK, NEW_USER = 0x40000000, 0x10000000
SOMEBODY = 12_345
PR_SET_DUMPABLE = 4


@pytest.fixture(scope="module")
def pool() -> Iterator[Workers]:
    with Workers(1, LIMITS) as running:
        yield running


def told(pool: Workers, function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function returns in a worker."""
    (outcome,) = pool.call(function, [arguments], lambda _: None)
    assert outcome.error is None, outcome.error.message
    return outcome.result


def limit(name: str) -> tuple[int, int]:
    return resource.getrlimit(getattr(resource, name))


def limit_after_a_start_with_more(name: str) -> tuple[int, int]:
    child.start_child(LIMITS.memory_bytes * 2)
    return limit(name)


@pytest.mark.parametrize("ask", [limit, limit_after_a_start_with_more])
@pytest.mark.parametrize(
    ("name", "most"),
    [
        pytest.param("RLIMIT_AS", LIMITS.memory_bytes, id="memory"),
        pytest.param("RLIMIT_FSIZE", MAX_BYTES, id="the largest file it writes"),
        pytest.param("RLIMIT_NOFILE", child.OPEN_FILES, id="open files"),
        pytest.param("RLIMIT_CORE", 0, id="no core dumps"),
    ],
)
def test_limits_are_lowered_and_never_raised(
    pool: Workers, ask: Callable[[str], tuple[int, int]], name: str, most: int
) -> None:
    assert all(0 <= bound <= most for bound in told(pool, ask, name))


def memory_kept_of(size: int) -> int:
    """How much of what was taken and given back stays with the process."""

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()

    taken = b"x" * size
    before = resident()
    del taken
    return size - max(0, before - resident())


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this C library gives memory back as it will")
def test_what_a_letter_frees_is_there_for_the_next(pool: Workers) -> None:
    assert told(pool, memory_kept_of, 24 << 20) > 20 << 20


def garbage_threshold() -> int:
    return gc.get_threshold()[0]


def test_workers_look_for_garbage_less_often_than_once_a_letter(pool: Workers) -> None:
    assert told(pool, garbage_threshold) > 10_000


def write_too_much(folder: Path) -> int:
    with (folder / "large").open("wb") as file:
        return sum(file.write(bytes(1_000_000)) for _ in range(MAX_BYTES // 1_000_000 + 1))


def open_too_many(folder: Path) -> int:
    path = folder / "opened"
    path.touch()
    with contextlib.ExitStack() as opened:
        return len([opened.enter_context(path.open()) for _ in range(child.OPEN_FILES)])


def take_too_much(_: Path) -> int:
    return len(bytearray(LIMITS.memory_bytes))


def behave(_: Path) -> int:
    return 0


def call(way: str, folder: str) -> int:
    made: int = named(way)(Path(folder))
    return made


@pytest.mark.parametrize(
    ("way", "code"),
    [
        pytest.param(write_too_much, Code.MACHINE_FAILED, id="a file larger than any letter"),
        pytest.param(open_too_many, Code.MACHINE_FAILED, id="more files than a worker needs"),
        pytest.param(take_too_much, Code.OUT_OF_MEMORY, id="more memory than a letter takes"),
    ],
)
def test_going_beyond_a_limit_is_the_fault_of_one_file(
    pool: Workers, tmp_path: Path, way: Callable[[Path], int], code: Code
) -> None:
    ways = [behave, way, behave]
    outcomes = pool.call(call, [(name_of(each), tmp_path) for each in ways], lambda _: None)
    assert [outcome.error and outcome.error.code for outcome in outcomes] == [None, code, None]
    assert all(path.stat().st_size <= MAX_BYTES for path in tmp_path.iterdir())


def fetch_into(raw: str, uri: str) -> Fetched:
    return fetch(uri, RawStore(Path(raw)))


def test_the_largest_file_there_may_be_is_fetched(pool: Workers, tmp_path: Path) -> None:
    source = tmp_path / "large.pdf"
    source.touch()
    os.truncate(source, MAX_BYTES)
    document_id, suffix, byte_size, *_ = told(pool, fetch_into, tmp_path / "raw", source.as_uri())
    kept = RawStore(tmp_path / "raw").path(document_id, suffix)
    assert (byte_size, kept.stat().st_size) == (MAX_BYTES, MAX_BYTES)
    assert belongs_to(kept) == belongs_to(source)


def belongs_to(path: Path) -> tuple[int, int]:
    return path.stat().st_uid, path.stat().st_gid


def who() -> tuple[int, int, int, int]:
    return os.getuid(), os.geteuid(), os.getgid(), os.getegid()


def test_a_worker_is_whom_it_was_started_by(pool: Workers) -> None:
    assert told(pool, who) == list(who())


def start_where_namespaces_are_refused() -> str:
    def refuse(_: int) -> None:
        raise PermissionError(errno.EPERM, "namespaces are not allowed")

    allowed, child._unshare = child._unshare, refuse
    try:
        child.start_child(LIMITS.memory_bytes)
    finally:
        child._unshare = allowed
    return "started"


def test_a_worker_starts_where_namespaces_are_refused(pool: Workers) -> None:
    assert told(pool, start_where_namespaces_are_refused) == "started"


@pytest.fixture
def namespaces() -> None:
    """Skips the test where a process may not have a network of its own."""
    if sys.platform != "linux":
        pytest.skip("only Linux has namespaces: workers keep the network here")
    kinds = NEW_NETWORK if os.geteuid() == 0 else NEW_NETWORK | NEW_USER
    program = f"import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare({kinds}) != 0)"
    if subprocess.run([sys.executable, "-c", program], check=False).returncode:
        pytest.skip("namespaces are not allowed here: workers keep the network")


Address = tuple[str, int] | bytes

PLACES: list[tuple[str, socket.AddressFamily, Address]] = [
    ("a-port-of-this-machine", socket.AF_INET, ("127.0.0.1", 0)),
    ("a-socket-without-a-file", socket.AF_UNIX, b""),  # the kernel gives it a name that only a network knows
]


def knock(family: int, address: Any) -> str:
    """Connect, and say what comes of it."""
    address = bytes.fromhex(address) if isinstance(address, str) else tuple(address)
    with socket.socket(family, socket.SOCK_STREAM) as caller:
        caller.settimeout(5.0)
        try:
            caller.connect(address)
        except OSError as error:
            return errno.errorcode.get(error.errno or 0, "unknown")
    return "connected"


@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize(
    ("family", "address"), [pytest.param(family, address, id=name) for name, family, address in PLACES]
)
def test_a_worker_reaches_nobody(pool: Workers, family: socket.AddressFamily, address: Address) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.bind(address)
        listener.listen()
        name = listener.getsockname()
        address = name.hex() if isinstance(name, bytes) else name
        assert knock(family, address) == "connected"
        assert told(pool, knock, int(family), address) in {"ENETUNREACH", "ECONNREFUSED"}


def leave_as_somebody(name: str, port: int) -> int:
    """As an ordinary user, in a process that is then thrown away: leave the network, and make a file that tells."""
    folder, pid = Path(name), os.fork()
    if pid == 0:
        try:
            become_somebody()
            child._leave_network()
            (folder / "told").write_text(f"{who()} {knock(socket.AF_INET, ('127.0.0.1', port))}", encoding="ascii")
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def become_somebody() -> None:
    os.setgroups([])
    os.setgid(SOMEBODY)
    os.setuid(SOMEBODY)
    # Whoever was root a moment ago is watched closely; a program that a user starts is not.
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1)


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that any user may write to: a temporary one is behind doors that only its owner opens."""
    doors = [folder for folder in tmp_path.parents if not folder.stat().st_mode & 0o001]
    modes = [folder.stat().st_mode for folder in doors]
    for folder in (*doors, tmp_path):
        folder.chmod(0o777 if folder == tmp_path else 0o711)
    yield tmp_path
    for folder, mode in zip(doors, modes, strict=True):
        folder.chmod(mode)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user; all other tests are run as one")
@pytest.mark.usefixtures("namespaces")
def test_an_ordinary_user_leaves_the_network_and_stays_itself(pool: Workers, open_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert told(pool, leave_as_somebody, open_folder, listener.getsockname()[1]) == 0
    assert (open_folder / "told").read_text() == f"{(SOMEBODY,) * 4} ENETUNREACH"
    assert belongs_to(open_folder / "told") == (SOMEBODY, SOMEBODY)
