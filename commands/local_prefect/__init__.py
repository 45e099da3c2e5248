"""Prefect on this machine: its server and worker, what they are registered with, and the server of a single run."""
