"""The page where people find decisions: a search index of one commit, and a local server that only reads it."""
