"""The one exception that carries a sentence for the person at the screen."""


class InputError(ValueError):
    """A rule that the given input breaks, said in one sentence with what to do next.

    Attributes:
        advice: What a command can be told in addition; a page does not show it.
        public: The sentence for a page, without folders of the machine and without commands.
    """

    def __init__(self, sentence: str, advice: str = "", public: str = "") -> None:
        super().__init__(sentence)
        self.advice = advice
        self.public = public or sentence
