"""Letters of our own writing, seeded and varied, with their ground truth."""
