"""The DAG: which task follows which."""
