"""What the tools of an agent print: code, hits, test runs, logs, changes, pages.

Its one rule: an output is lines, so that a long one can be cut where its tool would cut it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.sessions.fillers.agent_work.job_writer import JobWriter

_INDENT = "    "
_LEVELS = ("DEBUG", "INFO", "INFO", "INFO", "WARNING", "ERROR")
_CHANCE = 3


def code(job: JobWriter, first: int, lines: int) -> str:
    """A listing with the numbers of its lines, as a tool shows a file.

    Args:
        job: Whose words.
        first: Number of its first line.
        lines: How many there are, at least.
    """
    said: list[str] = []
    while len(said) < lines:
        said += [*_function(job), "", ""]
    return "\n".join(f"{first + at:>5}  {line}".rstrip() for at, line in enumerate(said[:-2]))


def _function(job: JobWriter) -> Iterator[str]:
    noun, other, verb = job.one(job.nouns), job.one(job.nouns), job.one(job.verbs)
    field = job.one(job.fields)
    yield f"def {verb}_{noun}({noun}: {noun.title()}, *, {field}: int = {job.number(0, 90)}):"
    yield f'{_INDENT}"""{verb.title()} the {noun}, and keep its {field}."""'
    for _ in range(job.number(2, 6)):
        yield from (f"{_INDENT}{line}" for line in _statement(job, noun, other))
    yield f"{_INDENT}return {job.one((noun, field, f'{noun}.{field}', f'{other}s', 'None'))}"


def _statement(job: JobWriter, noun: str, other: str) -> tuple[str, ...]:
    """One statement; some have a second line."""
    field, verb, n = job.one(job.fields), job.one(job.verbs), job.number(2, 900)
    options = (
        (f"if {noun}.{field} is None:", f"{_INDENT}return {verb}_{other}({noun})"),
        (f"for {other} in {noun}.{other}s:", f"{_INDENT}{verb}({other}, {field}={n})"),
        (f"with lock_of({noun}, timeout={n}):", f"{_INDENT}self._{verb}({other})"),
        (f"{other}s = [o for o in self.{other}s if o.{field} > {n}]",),
        (f'log.info("{verb} %s with %d {other}s", {noun}.id, len({other}s))',),
        (f"{field} = min({noun}.{field}, MAX_{field.upper()})  # was {n}",),
        (f"if not {other}.{field}:", f'{_INDENT}raise {noun.title()}Error("{other}: no {field}")'),
        (f"self._{other}s[{noun}.id] = {verb}({noun}, retries={n % 9})",),
        (f"assert {noun}.{field} != {other}.{field}, {noun}",),
        (f"# {job.one(('TODO', 'Note', 'Careful'))}: {other} may come without {field} here.",),
    )
    return options[job.draws.below(len(options))]


def hits(job: JobWriter, count: int) -> str:
    """Lines that a search has found, with their places."""
    found = []
    for _ in range(count):
        line = _statement(job, job.one(job.nouns), job.one(job.nouns))[0]
        found.append(f"{job.one(job.files + job.tests)}:{job.number(8, 720)}: {line}")
    return "\n".join(found)


def test_run(job: JobWriter, path: str, failures: int) -> str:
    """What a run of tests prints."""
    total = job.number(12, 90)
    marks = ["."] * total
    for _ in range(failures):
        marks[job.draws.below(total)] = "F"
    failed = marks.count("F")
    lines = [f"collected {total} items", "", f"{path} {''.join(marks)}"]
    names = []
    if failed:
        lines += ["", "=" * 20 + " FAILURES " + "=" * 20]
    for _ in range(failed):
        noun, verb, field = job.one(job.nouns), job.one(job.verbs), job.one(job.fields)
        names.append(f"test_{verb}_{noun}_keeps_{field}")
        want = job.number(2, 400)
        lines += [
            f"{'_' * 12} {names[-1]} {'_' * 12}",
            f"    def {names[-1]}({noun}_{job.one(('store', 'factory', 'list'))}):",
            *(f"        {line}" for line in _statement(job, noun, job.one(job.nouns))),
            f">       assert found.{field} == {want}",
            f"E       AssertionError: assert {job.number(2, 400)} == {want}",
            f"E        +  where found = {noun.title()}(id={job.number(100, 9999)}, {field}=None)",
            f"{path}:{job.number(20, 400)}: AssertionError",
            "-" * 10 + " Captured log call " + "-" * 10,
            *log(job, job.number(2, 12)).splitlines(),
        ]
    if failed:
        lines += ["=" * 14 + " short test summary info " + "=" * 14]
        lines += [f"FAILED {path}::{name} - AssertionError" for name in names]
    seconds = job.number(40, 2900) / 100
    told = f"{failed} failed, " if failed else ""
    return "\n".join([*lines, f"{told}{total - failed} passed in {seconds:.2f}s"])


def log(job: JobWriter, count: int) -> str:
    """The last lines of a log."""
    hour, minute, second = job.number(0, 23), job.number(0, 59), job.number(0, 59)
    lines = []
    for _ in range(count):
        second += job.number(0, 8)
        minute, second = (minute + second // 60) % 60, second % 60
        noun, verb, field = job.one(job.nouns), job.one(job.verbs), job.one(job.fields)
        what = job.one(
            (
                f"{verb} {noun} {job.number(100, 9999)} took {job.number(2, 2400)} ms",
                f"{noun} {job.number(100, 9999)} has no {field}, using the default",
                f"queue of {noun}s is at {job.number(1, 900)}",
                f"request {job.hex(8)} {verb} -> {job.one(('200', '200', '204', '409', '500'))}",
                f"gave up on {noun} after {job.number(2, 9)} attempts",
            )
        )
        level = job.one(_LEVELS)
        lines.append(f"{hour:02}:{minute:02}:{second:02} {level:<7} {noun}s: {what}")
    return "\n".join(lines)


def history(job: JobWriter, count: int) -> str:
    """The newest changes of a repository, a line a change."""
    return "\n".join(
        f"{job.hex(7)} {job.one(job.verbs).title()} {job.one(job.nouns)}"
        f" {job.one(('before', 'after', 'without', 'with'))} {job.one(job.fields)}"
        for _ in range(count)
    )


def change(job: JobWriter, path: str) -> str:
    """What an edit changed, as a diff."""
    at, noun, other = job.number(10, 500), job.one(job.nouns), job.one(job.nouns)
    lines = [f"--- a/{path}", f"+++ b/{path}", f"@@ -{at},6 +{at},{job.number(6, 9)} @@"]
    for _ in range(job.number(2, 4)):
        lines += [f" {line}" for line in _statement(job, noun, other)]
        lines += [f"-{line}" for line in _statement(job, noun, other)[:1]]
        lines += [f"+{line}" for line in _statement(job, noun, other)]
    return "\n".join(lines)


def results(job: JobWriter, count: int) -> str:
    """What a search of the web has found."""
    found = []
    for number in range(1, count + 1):
        found += [
            f"{number}. {job.say('source')}: {job.say('topic')}, {job.one(job.aspects)}",
            f"   {web_address(job)}",
            f"   {job.say('page')}",
        ]
    return "\n".join(found)


def web_address(job: JobWriter) -> str:
    """Where a page stands."""
    nouns = (job.one(job.nouns), job.one(job.nouns))
    return f"https://{nouns[0]}-notes.example/{job.number(1, 400)}/{nouns[1]}-{job.hex(4)}"


def web_page(job: JobWriter, paragraphs: int) -> str:
    """The text of a page."""
    parts = [f"# {job.say('topic')}: {job.one(job.aspects)}"]
    for number in range(paragraphs):
        if number % _CHANCE == 0:
            parts.append(f"## {job.say('heading')}")
        parts.append(" ".join(job.say("page") for _ in range(job.number(2, 6))))
    return "\n\n".join(parts)
