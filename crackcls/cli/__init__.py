"""The command line: arguments and printing, a file a group of commands; nothing is computed."""
