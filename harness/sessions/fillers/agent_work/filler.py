"""The filler `agent-work`: job after job of an agent with tools; no message comes twice."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from harness.core.draws import digest
from harness.sessions.fillers.agent_work.job_writer import words_digest
from harness.sessions.fillers.agent_work.jobs import job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.core.draws import Draws
    from harness.core.messages import Turn

VERSION = 1
"""Raised when the same words would give other turns than before."""


@dataclass(frozen=True, slots=True)
class AgentWork:
    """Bugs hunted and questions looked into, without end: most of it is what tools gave back.

    It is in English whatever the language of the scenario, as code is.
    """

    def turns(self, draws: Draws, /) -> Iterator[Turn]:
        """The turns of one seed; a turn of which a message was said before is left out."""
        said: set[str] = set()
        for number in count(1):
            for turn in job(draws.child("job", number), number):
                texts = [message.text for message in turn.messages]
                if said.isdisjoint(texts) and len(set(texts)) == len(texts):
                    said.update(texts)
                    yield turn

    def identity(self) -> str:
        """Hash of the words and of the version of what is made of them."""
        return digest(["agent-work", VERSION, words_digest()])
