"""The `imr` command, and those of its subcommands that run no flow: one module per subcommand."""
