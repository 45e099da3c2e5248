"""What Prefect imports where this package is installed, by its entry point: the blocks of the flows in a checkout.

Without a checkout there are none. This is done in programs of Prefect's, whose path is left alone.
"""

from __future__ import annotations

from importlib import import_module

from imr.cli.checkout import checkout

if checkout() is not None:
    import_module("flows.notifications")
