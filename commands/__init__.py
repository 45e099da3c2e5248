"""Subcommands of `imr` that run flows, and Prefect on this machine. They live in a checkout of the project alone."""
