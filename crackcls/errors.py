"""The one exception that carries a sentence for the person at the screen."""


class InputError(ValueError):
    """A rule that the given input breaks, said in one sentence with what to do next.

    Attributes:
        advice: What a command can be told in addition; a page does not show it.
    """

    def __init__(self, sentence: str, advice: str = "") -> None:
        super().__init__(sentence)
        self.advice = advice
