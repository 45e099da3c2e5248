"""The lake: its tables, its folders, and the one way anything is written to it."""
