"""Help with its options in groups, in the order in which a newcomer asks for them.

Its one rule: every option of a verb that is grouped stands in one group; a test holds it.
"""

from __future__ import annotations

import click

GROUPS: dict[str, tuple[str, ...]] = {
    "Whom to ask": ("models", "names", "options"),
    "What to ask": (
        "windows", "seeds", "first_seed", "repeats", "fills", "facts", "positions", "filler",
        "controls",
    ),
    "What the application does": (
        "policies", "memories", "replies", "system_prompt", "variants",
    ),
    "What to spend": (
        "budget_usd", "budget_tokens", "max_connections", "rpm", "tpm", "timeout",
        "give_up_after",
    ),
    "Where each question is put next": ("adaptive", "half_width", "batch_size", "max_probes"),
    "How large a study has to be": ("detect", "power"),
    "Answers that are kept": (
        "cache", "no_cache", "cache_days", "cassette", "record", "replay",
    ),
    "Where it goes, and going on": ("out", "resume", "retry_errors", "preflight", "quiet"),
    "Where it runs": ("executor", "workers", "ray_address", "trust_code"),
    "Help": ("help",),
}  # fmt: skip
"""Names of parameters by the title of their group."""


class GroupedCommand(click.Command):
    """A verb with many options."""

    def format_options(self, context: click.Context, formatter: click.HelpFormatter, /) -> None:
        """Write the options, group by group."""
        records = {
            str(option.name): record
            for option in self.get_params(context)
            if (record := option.get_help_record(context)) is not None
        }
        for title, names in GROUPS.items():
            shown = [records[name] for name in names if name in records]
            if shown:
                with formatter.section(title):
                    formatter.write_dl(shown)
