"""Reference models: readers whose forgetting is known, to calibrate the instrument with.

`laws.resolve("fading?onset=0.6")` is the law of that name; `names()` lists them. They are asked
under the names of models, as `reference/fading?onset=0.6`. Each is imported when it is asked.
"""

from __future__ import annotations

from harness.models.reference.base import DEFAULT_LIMIT, Answer, Law, laws
from harness.models.reference.reader import DONT_KNOW

laws.add("compactor", "harness.models.reference.compactor:Compactor")
laws.add("drifting", "harness.models.reference.drifting:Drifting")
laws.add("exact", "harness.models.reference.skilled:ExactReader")
laws.add("fading", "harness.models.reference.forgetting:Fading")
laws.add("finder", "harness.models.reference.skilled:FinderReader")
laws.add("interference", "harness.models.reference.skilled:InterferenceReader")
laws.add("judge", "harness.models.reference.judging:Judging")
laws.add("lapse", "harness.models.reference.forgetting:Lapse")
laws.add("logistic", "harness.models.reference.forgetting:Logistic")
laws.add("middle", "harness.models.reference.forgetting:MiddleLaw")
laws.add("notes", "harness.models.reference.window:Notes")
laws.add("perfect", "harness.models.reference.base:Reader")
laws.add("refuse", "harness.models.reference.window:RefuseLaw")
laws.add("step", "harness.models.reference.forgetting:StepLaw")
laws.add("swap", "harness.models.reference.swap:Swap")
laws.add("unskilled", "harness.models.reference.skilled:UnskilledReader")
laws.add("window", "harness.models.reference.window:WindowLaw")

__all__ = ["DEFAULT_LIMIT", "DONT_KNOW", "Answer", "Law", "laws"]
