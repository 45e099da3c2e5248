"""Independent Medical Review letters as data: the core, free of any orchestrator."""

__version__ = "0.1.0"
