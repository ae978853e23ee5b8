"""The answer in a sentence: where a model begins to forget, how surely, and who loses most.

Its one rule: a sentence says no more than the estimate and the counts that it is made of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.reports import text

if TYPE_CHECKING:
    from harness.analysis.findings import Attribution, Group

_HOW = {
    "abstained": "it says that it does not know",
    "swapped": "it names another value",
    "stale": "it names a value that was superseded",
    "incomplete": "it names a part",
    "fabricated": "it makes one up",
    "refused": "it refuses",
    "output_truncated": "its reply is cut off",
}
_MOST = 0.5


def answer(group: Group) -> str:
    """One sentence without its subject, the model, and without a full stop."""
    found = group.onset
    if found.onset is None:
        return found.message
    window = f"{group.window_limit:,}-token window"
    fine = text.fine(found.onset)
    begins = f"forgetting begins at {text.percent(found.onset, fine)} of the {window}"
    ends = text.span(found.lo, found.hi, digits=fine).replace("–", " to ")
    tokens = text.onset_tokens(found).replace("–", " to ")
    blame = blamed(group)
    weak = f"; weak from the start (plateau {text.percent(found.plateau)})" if found.weak else ""
    inside = f", {tokens} tokens" if tokens else ""
    return f"{begins}, {ends} %{inside}{weak}" + (f"; {blame}" if blame else "")


def blamed(group: Group) -> str:
    """Who lost most, as the end of a sentence; empty where nothing was lost."""
    lost = group.attribution
    parts = _parts(lost)
    total = sum(parts.values())
    if not total:
        return ""
    name, n = max(parts.items(), key=lambda part: part[1])
    words = {
        "application": f"evictions by {text.plain(group.policy)}",
        "memory": f"lost in the memory {text.plain(group.memory)}",
        "server": "text that the server dropped",
        "model": f"the model's own losses{_how(lost)}",
    }[name]
    share = n / total
    if share == 1:
        return f"all are {words}" if name != "memory" else f"all {words}"
    return f"{'mostly' if share > _MOST else 'most often'} {words}"


def _parts(lost: Attribution) -> dict[str, int]:
    """Losses by who lost them; they add up."""
    memory = sum(count.n for count in lost.causes if count.name == "lost_in_memory")
    return {
        "application": lost.by_application - lost.by_server - memory,
        "memory": memory,
        "server": lost.by_server,
        "model": lost.by_model,
    }


def _how(lost: Attribution) -> str:
    """What the model mostly says instead."""
    own = [count for count in lost.causes if count.name in _HOW]
    if not own:
        return ""
    return f" ({_HOW[max(own, key=lambda count: count.n).name]})"
