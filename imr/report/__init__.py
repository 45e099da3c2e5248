"""The report: what the tables say, as a page that anyone can read and as a workbook, with the query of each number."""
