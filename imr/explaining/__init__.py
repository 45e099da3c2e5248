"""One letter beside its rows: a page on which every value shows the words it came from."""
