"""Standing rules: plain, pure checks of a reply, and what a reply is worth under one of them.

A check is a frozen dataclass whose fields are its options; the first is the one that a scenario may
leave unnamed. A new one is a class, one line below and one test that calls `check_rule`.
"""

from __future__ import annotations

from harness.core.protocols import RuleCheck
from harness.core.registry import Registry
from harness.scoring.rules.conformance import check_rule
from harness.scoring.rules.form import JsonForm, NoList
from harness.scoring.rules.language import LanguageRule
from harness.scoring.rules.lengths import MaxSentenceWords, MaxWords
from harness.scoring.rules.verdict import Kept, kept
from harness.scoring.rules.wording import MustInclude, MustNotInclude, RegexRule, StartsWith

__all__ = ["Kept", "check_rule", "kept", "rules"]

rules: Registry[RuleCheck] = Registry("rule", RuleCheck)
rules.add("json", JsonForm)
rules.add("language", LanguageRule)
rules.add("max_sentence_words", MaxSentenceWords)
rules.add("max_words", MaxWords)
rules.add("must_include", MustInclude)
rules.add("must_not_include", MustNotInclude)
rules.add("no_list", NoList)
rules.add("regex", RegexRule)
rules.add("starts_with", StartsWith)
