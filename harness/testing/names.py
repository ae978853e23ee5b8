"""The names of the plugin's settings; it imports nothing, since every pytest session reads it."""

from __future__ import annotations

SETTINGS = (
    ("model", "M[,M]", "Models to ask: any litellm name, or reference/<law>."),
    ("window", "W[,W]", "Windows in tokens: 8k, 200000, max.  [default: max]"),
    ("policy", "P", "What the application does at the ceiling.  [default: send_all]"),
    ("memory", "M", "What crosses a session boundary.  [default: none]"),
    ("replies", "WHO", "Who answers turns without a scripted answer: scripted, or live."),
    ("seeds", "N", "Sessions of each scenario.  [default: 8]"),
    ("repeats", "N", "Times that each question is asked.  [default: 1]"),
    ("fills", "N|F[,F]", "Checkpoints in place of the scenarios' own."),
    ("positions", "P[,P]", "Positions in place of the scenarios' own."),
    ("filler", "NAME|FILE", "Turns between the facts."),
    ("system-prompt", "FILE", "A system prompt in place of the scenarios' own."),
    ("cassette", "FILE", "Answers that were recorded: harness run --cassette FILE --record."),
    ("out", "DIR", "Where runs are kept.  [default: in pytest's cache]"),
    ("max-connections", "N", "Calls in flight for each provider.  [default: 16]"),
    ("rpm", "N", "Calls a minute for each model."),
)
"""Name, what it takes and what it says. Each is an option, an ini key and an environment variable;
the option wins, then the environment."""

SWITCHES = (
    ("live", "Call the models. Without it answers come from the cassette alone."),
    ("record", "With --harness-live: keep the answers in the cassette."),
    ("no-controls", "Leave out the control arms."),
)
"""Name and what it says; off unless set, in the same three ways."""
