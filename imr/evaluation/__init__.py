"""How right the tables are: a lake against letters that people have labelled."""
