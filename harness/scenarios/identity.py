"""The hash of what a scenario says, by which records know it again."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from harness.core.draws import digest

if TYPE_CHECKING:
    from harness.core.scenario import Scenario


def identity(scenario: Scenario) -> str:
    """Hash of what is said, asked and held to be right.

    Places, comments and the name of the filler's file are left out (the filler hashes its own
    content), and so is `expect`: a gate that moves must not make every call be paid again.
    """
    content = asdict(scenario)
    # which levels a run compares is no part of what one of them says
    for key in (
        "path",
        "source",
        "expect",
        "hash",
        "variant",
        "distractors",
        "haystacks",
        "sessions",
    ):
        del content[key]
    for part in (
        content["filler"], *content["facts"], *content["questions"], *content["rules"]
    ):  # fmt: skip
        del part["where"]
    _put_under_facts(content)
    if not content["rules"]:  # files of before there were rules keep their hash
        del content["rules"]
        for step in content["script"]:
            del step["rule"]
    # What a file does not use leaves the hash that it had before there was such a thing.
    content["language"] = content["language"].removeprefix("en")
    content["haystack"] = content["haystack"].removeprefix("coherent")
    content["sample"] = content["sample"].removeprefix("sessions")
    unused = (
        ([content], "distracting"), ([content], "haystack"), (content["facts"], "like"),
        (content["facts"], "rank"), ([content], "sample"),
        ([content], "language"), ([content], "synonyms"), (content["facts"], "told"),
        (content["facts"], "least"), (content["facts"], "said_in"), (content["facts"], "request"),
        (content["facts"], "tool_result"), (content["facts"], "tool_call"),
        (content["script"], "says"), (content["script"], "calls"),
    )  # fmt: skip
    for part, key in unused:
        for one in part:
            if not one[key]:
                del one[key]
    del content["filler"]["file"]
    for step in content["script"]:
        del step["idle"]  # what it says is part of the hash, and not why it is there
        if step["new_session"] is None:  # scripts without boundaries keep the hash they had
            del step["new_session"]
    return digest(content)


def _put_under_facts(content: dict[str, Any]) -> None:
    """Each question that stands under a fact, as part of that fact: so it is written.

    What such a file says is the same as before there were questions of their own, and so is its
    hash.
    """
    questions = {question["id"]: question for question in content["questions"]}
    for question in questions.values():
        # a built-in kind is its name; a kind with options is all of them
        name, options = question["kind"]["name"], question["kind"]["options"]
        question["kind"] = [name, options] if options else name
    for fact in content["facts"]:
        own = questions.pop(fact["id"], None)
        if own is not None:
            fact |= {key: own[key] for key in ("kind", "ask", "score")}
    if questions:
        content["questions"] = list(questions.values())
    else:
        del content["questions"]
