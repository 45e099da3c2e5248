"""From bytes to raw text: what kind of file it is and what its text layer says."""
