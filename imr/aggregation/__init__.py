"""From published tables to the summary tables."""
