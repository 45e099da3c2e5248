"""What a run does to a lake: which letters it takes up, their rows, the gates, the merge, and what is told of it."""
