"""Records of standing rules: one for each rule and each live reply after it was given.

The one rule: nothing is asked here. The replies are those that the model gave while the session
was lived through; what the calls cost stands with the session that they wrote.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from harness.core.draws import digest
from harness.core.protocols import Multilingual
from harness.core.record import Record
from harness.runs.trials.compaction_rounds import rounds
from harness.runs.trials.make_record import of_trial
from harness.scoring.restated import gives_again
from harness.scoring.rules import kept, rules
from harness.sessions.kinds import within

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.core.memory import Compaction, LiveReply
    from harness.core.messages import Message
    from harness.core.protocols import RuleCheck
    from harness.core.scenario import Rule
    from harness.core.session import Session
    from harness.core.spec import Spec
    from harness.core.study import SessionTrials
    from harness.core.trial import Trial
    from harness.runs.conversation.prepared import Prepared


@lru_cache(maxsize=256)
def _check(spec: Spec, language: str) -> RuleCheck:
    """The rule, for replies in the language of the scenario."""
    found = rules.resolve(spec)
    return found.spoken_in(language) if isinstance(found, Multilingual) else found


def rule_records(
    conversation: Prepared,
    group: SessionTrials,
    *,
    repeat: int,
    run_id: str,
    now: str,
) -> Iterator[Record]:
    """Whether each live reply of a session kept each rule that was given before it.

    Args:
        conversation: The session that was lived through.
        group: Whose session it is.
        repeat: For which repeat of the trials.
        run_id: The run.
        now: UTC, ISO 8601.
    """
    given = _given(group)
    trial = next((trial for trial in group.trials if trial.repeat == repeat), None)
    if trial is None or trial.arm != "main":
        return
    for rule in group.scenario.rules:
        for reply in conversation.replies:
            if not _is_given(rule, given, conversation.session, reply):
                continue
            yield _record(
                rule,
                reply,
                conversation,
                trial,
                language=group.scenario.language,
                run_id=run_id,
                now=now,
            )


def _given(group: SessionTrials) -> frozenset[str]:
    """Ids of the rules that an earlier session of the chain, or a system prompt, gives."""
    script = group.scenario.script
    earlier: set[str] = {rule.id for rule in group.scenario.opening_rules}
    number = 1
    for step in script:
        number += step.new_session is not None
        if step.rule is not None and number < group.blueprint.number:
            earlier.add(step.rule)
    return frozenset(earlier)


def _is_given(rule: Rule, given: frozenset[str], session: Session, reply: LiveReply) -> bool:
    """Whether the rule was given before that reply."""
    return rule.id in given or _saying(rule, session.messages[: reply.message]) is not None


def _saying(rule: Rule, messages: Sequence[Message]) -> int | None:
    """Index of the last message that says the rule in its own words; None when none does."""
    for index in range(len(messages) - 1, -1, -1):
        message = messages[index]
        if message.role != "assistant" and rule.say.strip() in message.text:
            return index
    return None


def _record(
    rule: Rule,
    reply: LiveReply,
    conversation: Prepared,
    trial: Trial,
    *,
    language: str,
    run_id: str,
    now: str,
) -> Record:
    session, limit = conversation.session, trial.window.limit
    question = session.messages[reply.asked].text
    done = conversation.grown.compactions[: reply.compactions]
    in_view = _saying(rule, reply.sent) is not None or _given_again(rule, reply, session, done)
    verdict = kept(
        _check(rule.check, language),
        reply.text,
        finish_reason=reply.finish_reason,
        in_view=in_view,
    )
    at = _said_at(rule, session, reply, done)
    is_last = reply.asked + 1 == reply.message  # else calls and results follow it, in the view
    before = session.offsets[reply.asked]
    view = _spans(session, reply.sent[:-1] if is_last else reply.sent)
    prompt = reply.sent_tokens if reply.prompt_tokens is None else reply.prompt_tokens
    outcome = verdict.outcome
    if outcome == "evicted" and reply.session_number > 1 and at is None:
        outcome = "lost_in_memory"
    key = digest(["rule", trial.key, rule.id, str(rule.check), reply.turn, session.hashes])
    return Record(
        key=key,
        run_id=run_id,
        fill_requested=None,
        fill=round(prompt / limit, 6),
        position_requested=None,
        position=None if at is None else round(session.offsets[at] / max(before, 1), 6),
        gap_tokens=None if at is None else max(before - session.offsets[at + 1], 0),
        session_tokens=before,
        view_tokens=reply.sent_tokens,
        prompt_tokens=prompt,
        cached_tokens=None,
        completion_tokens=reply.completion_tokens,
        usage_source="local" if reply.prompt_tokens is None else "provider",
        cost_usd=reply.cost_usd,
        question_id=rule.id,
        fact=rule.id,
        probe=f"{rule.id}@{trial.blueprint.stream}:{reply.turn}",
        probe_kind="rule",
        counts="rule",
        guess=0.0,
        question=question,
        expected=(),
        reply=reply.text,
        score=verdict.score,
        outcome=outcome,
        status="ok",
        error=None,
        in_view=in_view,
        server_truncated=None,
        session_number=reply.session_number,
        latency_s=None,
        attempts=0,
        started_at=now,
        finish_reason=reply.finish_reason,
        why=verdict.why,
        trunk=session.trunk,
        view=view,
        cut_messages=reply.asked,
        plant_messages=() if at is None else (at,),
        turn=reply.turn,
        provisional=True,
        provider_tokens=reply.prompt_tokens,
        kind_tokens=within(session.kind_offsets, [*view, (reply.message - 1, reply.message)]),
        **_rounds(rule, at, session, done, language=language),
        **of_trial(trial),
    )


def _said_at(
    rule: Rule, session: Session, reply: LiveReply, done: Sequence[Compaction]
) -> int | None:
    """Index of the message that said the rule last, summaries left out."""
    written = {index for one in done for index in one.written}
    at = _saying(rule, session.messages[: reply.message])
    while at is not None and at in written:
        at = _saying(rule, session.messages[:at])
    return at


def _given_again(
    rule: Rule, reply: LiveReply, session: Session, done: Sequence[Compaction]
) -> bool:
    """Whether the newest summary gives the rule again, and was sent."""
    if not done:
        return False
    sent = set(reply.sent)
    shown = [session.messages[index] for index in done[-1].written]
    return any(message in sent and gives_again(message.text, rule.say) for message in shown)


def _rounds(
    rule: Rule,
    at: int | None,
    session: Session,
    done: Sequence[Compaction],
    *,
    language: str,
) -> dict[str, Any]:
    """The fields about compactions; none for a rule of the system prompt, which none replaces."""
    if at is None or not done or session.messages[at].role == "system":
        return {}

    def says(text: str) -> bool:
        return gives_again(text, rule.say, language)

    gone, survived = rounds(at, done, session.messages, says)
    return {"rounds": gone, "rounds_kept": survived}


def _spans(session: Session, sent: Sequence[Message]) -> tuple[tuple[int, int], ...]:
    """The ranges of the session's messages that were sent: a view is a subsequence of them."""
    spans: list[tuple[int, int]] = []
    at = 0
    for message in sent:
        while session.messages[at] != message:
            at += 1
        if spans and spans[-1][1] == at:
            spans[-1] = (spans[-1][0], at + 1)
        else:
            spans.append((at, at + 1))
        at += 1
    return tuple(spans)
