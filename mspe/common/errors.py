"""The project's own error."""


class MspeError(ValueError):
    """A problem that the user can mend.

    Its message is one line: what was given, where, what is allowed, and what to do.
    """
