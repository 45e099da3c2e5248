"""Worker processes: fenced, with a deadline and a memory limit for each file, and retries per file."""
