"""Thin Prefect adapters, one module per step."""
