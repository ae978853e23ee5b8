"""`python -m harness` is `harness`."""

import os
import sys

# Python puts this folder first, and a file here could pose as a library that is imported later
if sys.path and sys.path[0] in {"", os.getcwd()}:  # noqa: PTH109 -- as Python wrote it
    del sys.path[0]

from harness.cli import main

main()
