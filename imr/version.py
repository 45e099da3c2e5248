"""Which release of the package is installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("imr-letters")
except PackageNotFoundError:  # run from its folder, without having been installed
    __version__ = "0+unknown"
