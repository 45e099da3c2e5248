"""What the tables are: one declaration, from which validation, the data dictionary and the data package come."""
