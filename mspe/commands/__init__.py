"""The verbs of the command `mspe`, one to a file; what a verb needs is imported when it runs."""
