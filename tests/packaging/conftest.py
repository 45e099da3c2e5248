"""A lake with the sample letters."""

from tests.api.conftest import lake_folder, top_folder

__all__ = ["lake_folder", "top_folder"]
