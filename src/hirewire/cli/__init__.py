"""The command line: one thin file per verb, one table of commands, one of exit codes. It decides nothing itself."""
