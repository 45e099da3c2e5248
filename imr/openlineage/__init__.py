"""Lineage outwards: events of the OpenLineage standard, at the grain of runs, steps and batches, never of letters."""
