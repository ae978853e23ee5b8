"""Each language that texts are read in, by its code.

A new one is an entry of `latin_script` or `other_scripts`, and its code one of `CODES`.
"""

from __future__ import annotations

from harness.core.languages.language import CODES
from harness.core.languages.latin_script import LATIN
from harness.core.languages.other_scripts import OTHER

TABLE = dict(
    sorted(
        ((found.code, found) for found in (*LATIN, *OTHER)),
        key=lambda entry: CODES.index(entry[0]),
    )
)
"""Each language by its code."""
