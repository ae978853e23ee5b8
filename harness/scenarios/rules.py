"""Standing rules in a scenario file: checked at their places, and made nouns.

The one rule: what a check is called and needs is told where it is written, before any run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.core.errors import UsageError, nearest
from harness.core.scenario import PLACEHOLDER, Rule
from harness.core.spec import Spec
from harness.scenarios.schema import CheckModel

if TYPE_CHECKING:
    from collections.abc import Collection

    from harness.scenarios.draft import Draft
    from harness.scenarios.schema import RuleModel

OPTION = {
    "max_words": "most",
    "max_sentence_words": "most",
    "must_include": "phrases",
    "must_not_include": "phrases",
    "starts_with": "text",
    "language": "code",
    "regex": "pattern",
}
"""The option of each check that a scenario may leave unnamed."""


def check_rules(draft: Draft, known_rules: Collection[str] | None) -> None:
    """Check every rule by itself, and its id together with those of facts and questions."""
    asked, facts = draft.model.questions or (), draft.model.facts
    places = {one.id: ("questions", i) for i, one in reversed(list(enumerate(asked)))}
    places |= {one.id: ("facts", i) for i, one in reversed(list(enumerate(facts)))}
    for i, rule in enumerate(draft.model.rules or ()):
        where, j = places.setdefault(rule.id, ("rules", i))
        if (where, j) != ("rules", i):
            what = f"a {where.removesuffix('s')}"
            line = draft.where(where, j, "id").line
            problem = f"'{rule.id}' is the id of {what} already (line {line}); rename one of them"
            draft.refuse(problem, "rules", i, "id")
        for key in ("say", "reply"):
            if PLACEHOLDER in (getattr(rule, key) or ""):
                problem = "{value} is not filled in here: a rule is the same for every seed"
                draft.refuse(f"{problem}; write it out", "rules", i, key)
        if isinstance(rule.check, CheckModel):
            _check_one(draft, i, rule.check)
        else:
            _check_name(draft, i, rule.check, known_rules)


def _check_one(draft: Draft, i: int, check: CheckModel) -> None:
    """Exactly one check, and a pattern that is one."""
    given = [name for name in OPTION if getattr(check, name) is not None]
    if len(given) != 1:
        have = f"{given[0]} and {given[1]}" if given else "none"
        problem = f"a rule has exactly one check, and this one has {have}"
        draft.refuse(f"{problem}; write a rule for each", "rules", i, "check")
    if check.regex is not None:
        try:
            re.compile(check.regex)
        except re.error as error:
            problem = f"'{check.regex}' is no regular expression: {error}; mend it"
            draft.refuse(problem, "rules", i, "check", "regex")


def _check_name(draft: Draft, i: int, text: str, known_rules: Collection[str] | None) -> None:
    """The check is a spec, known, and has what it needs."""
    try:
        spec = Spec.parse(text)
    except UsageError as error:
        draft.refuse(f"check: {error}", "rules", i, "check")
        return
    if ":" in spec.name:
        return
    if known_rules is not None and spec.name not in known_rules:
        problem = f"unknown check '{spec.name}': {nearest(spec.name, known_rules)}"
        draft.refuse(f"{problem} (or give package.module:Name)", "rules", i, "check")
    elif spec.name in OPTION and OPTION[spec.name] not in dict(spec.options):
        problem = f"'{spec.name}' needs to know more; write {{{spec.name}: ...}}"
        draft.refuse(problem, "rules", i, "check")


def check_rule_step(draft: Draft, i: int, rule_id: str, given: dict[str, int]) -> None:
    """A step gives a rule that there is, and no rule is given twice."""
    known = [rule.id for rule in draft.model.rules or ()]
    if rule_id not in known:
        hint = nearest(rule_id, known) if known else "add it under 'rules'"
        draft.refuse(f"unknown rule '{rule_id}': {hint}", "script", i, "rule")
    elif rule_id in given:
        line = draft.where("script", given[rule_id], "rule").line
        problem = f"rule '{rule_id}' is given already in line {line}: a rule is given once"
        draft.refuse(f"{problem}; take the step out", "script", i, "rule")
    given.setdefault(rule_id, i)


def rules(draft: Draft) -> tuple[Rule, ...]:
    """The rules as the nouns have them."""
    return tuple(
        Rule(
            id=rule.id,
            say=rule.say,
            check=_spec(rule),
            where=draft.where("rules", i, "id"),
            **({"reply": rule.reply} if rule.reply is not None else {}),
        )
        for i, rule in enumerate(draft.model.rules or ())
    )


def _spec(rule: RuleModel) -> Spec:
    if not isinstance(rule.check, CheckModel):
        return Spec.parse(rule.check)
    (name,) = (name for name in OPTION if getattr(rule.check, name) is not None)
    value = getattr(rule.check, name)
    text = "\n".join(value) if isinstance(value, list) else str(value)
    return Spec(name, ((OPTION[name], text),))
