"""The `imr` command: one module per subcommand."""
