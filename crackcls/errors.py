"""The one exception that carries a sentence for the person at the screen."""


class InputError(ValueError):
    """A rule that the given input breaks, said in one sentence with what to do next."""
