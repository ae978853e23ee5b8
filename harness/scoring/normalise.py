"""The answer in a reply: its text without what the model thought aloud.

Its one rule: what a model thinks aloud between <think> marks is not its answer.
"""

from __future__ import annotations

import re

_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_REST_OF_THOUGHT = re.compile(r"\A.*</(?:think|thinking|reasoning)>", re.DOTALL | re.IGNORECASE)


def answer(reply: str) -> str:
    """The reply without its thoughts; empty when it was cut while still thinking.

    >>> answer("<think>Exuberant? No.</think>Dry.")
    'Dry.'
    """
    if "<" not in reply:
        return reply
    # some servers eat the opening mark with the prompt
    return _REST_OF_THOUGHT.sub("", _THOUGHT.sub("", reply))
