"""Standing rules: plain, pure checks of a reply, and what a reply is worth under one of them.

A check is a frozen dataclass whose fields are its options; the first is the one that a scenario may
leave unnamed. A new one is a class, one line below and one test that calls `check_rule`. Each is
imported when a scenario has it.
"""

from __future__ import annotations

from harness.core.protocols import RuleCheck
from harness.core.registry import Registry
from harness.scoring.rules.conformance import check_rule
from harness.scoring.rules.verdict import Kept, kept

__all__ = ["Kept", "check_rule", "kept", "rules"]

rules: Registry[RuleCheck] = Registry("rule", RuleCheck)
rules.add("json", "harness.scoring.rules.form:JsonForm")
rules.add("language", "harness.scoring.rules.language:LanguageRule")
rules.add("max_sentence_words", "harness.scoring.rules.lengths:MaxSentenceWords")
rules.add("max_words", "harness.scoring.rules.lengths:MaxWords")
rules.add("must_include", "harness.scoring.rules.wording:MustInclude")
rules.add("must_not_include", "harness.scoring.rules.wording:MustNotInclude")
rules.add("no_list", "harness.scoring.rules.form:NoList")
rules.add("regex", "harness.scoring.rules.wording:RegexRule")
rules.add("starts_with", "harness.scoring.rules.wording:StartsWith")
