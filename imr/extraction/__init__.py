"""From sections to records: every value with the words it came from."""
