"""Landlock: how a process on Linux gives up files and network for good, with all that it may start.

https://docs.kernel.org/userspace-api/landlock.html. No library of the system's wraps its three calls.
"""

from __future__ import annotations

import ctypes
import os
import stat
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH, _NO_NEW_PRIVS = 1, 1, 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_TRUNCATE = 1 << 14
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_WRITE = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _TRUNCATE
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE

_ALL_OF_FILES = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many kinds of access to files each version knows; later ones know one more."""
_ALL_BUT_TCP, _ALL_OF_TCP, _ALL_OF_SCOPES = 15 + 1, 0b11, 0b11


_WRITTEN_BY_LIBRARIES = ("/dev/null",)
"""Where native code puts what nobody is to read: Tesseract crashes where it may not write its remarks there."""


class Fence(NamedTuple):
    """The files and folders that a process may still read, and those in which it may also write."""

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


@cache
def version() -> int:
    """The version of Landlock that this kernel offers; 0 where it has none, or it is switched off."""
    if sys.platform != "linux":
        return 0
    return max(_call(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION), 0)


def restrict(fence: Fence) -> bool:
    """Keep this thread, and all it starts from now on, to a fence, with no TCP; whether the kernel could.

    With version 4 there is no TCP, with 6 no abstract socket and no signal to processes outside. What is open stays.

    Raises:
        OSError: the kernel can and does not.
    """
    if not version():
        return False
    files = (1 << _ALL_OF_FILES.get(version(), _ALL_BUT_TCP)) - 1
    attributes = (ctypes.c_uint64 * 3)(
        files, _ALL_OF_TCP if version() >= 4 else 0, _ALL_OF_SCOPES if version() >= 6 else 0
    )
    size = 8 * (1 + (version() >= 4) + (version() >= 6))
    ruleset = _done(_call(_CREATE_RULESET, attributes, ctypes.c_size_t(size), 0))
    try:
        for paths, access in ((fence.reads, _READ), ((*fence.writes, *_WRITTEN_BY_LIBRARIES), _WRITE)):
            _allow(ruleset, paths, access & files)
        _done(ctypes.CDLL(None, use_errno=True).prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
        _done(_call(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)
    return True


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("access", ctypes.c_uint64), ("parent", ctypes.c_int32))


def _allow(ruleset: int, paths: Iterable[str], access: int) -> None:
    """Allow an access below some paths; those that are not there have nothing below them."""
    for path in paths:
        try:
            opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            here = access if stat.S_ISDIR(os.fstat(opened).st_mode) else access & _OF_FILES
            _done(_call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(_Beneath(here, opened)), 0))
        finally:
            os.close(opened)


def _call(number: int, *arguments: object) -> int:
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    syscall.restype = ctypes.c_long
    return int(syscall(ctypes.c_long(number), *arguments))


def _done(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock refuses its own rules")
    return result


def of_this_program() -> tuple[str, ...]:
    """What this program and its libraries read while they run: themselves, the system's libraries and fonts."""
    python = {sys.prefix, sys.base_prefix, sys.exec_prefix, *(p for p in sys.path if _holds_packages(Path(p)))}
    return (*sorted(python), str(Path(__file__).parents[1]), *_OF_THE_SYSTEM)


def _holds_packages(path: Path) -> bool:
    return path.name in ("site-packages", "dist-packages", "lib-dynload") or path.suffix == ".zip"


_OF_THE_SYSTEM = (
    *("/usr", "/lib", "/lib32", "/lib64", "/bin", "/nix/store"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/fonts", "/etc/alternatives"),
    *("/dev/zero", "/dev/random", "/dev/urandom"),
    *("/proc/cpuinfo", "/proc/meminfo", "/proc/sys/vm/overcommit_memory", "/sys/devices/system/cpu"),
)
