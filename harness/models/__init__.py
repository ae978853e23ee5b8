"""Models: the reference readers, and every other one through litellm.

Importing this room does not import litellm; making a model does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.models.prices import Price, cost
from harness.models.table import known_limit, price

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.models.gateway import LitellmModel

__all__ = ["Price", "cost", "known_limit", "make_model", "price"]


def make_model(name: str, options: Mapping[str, object]) -> LitellmModel:
    """A model that can be asked.

    Args:
        name: Any name that litellm takes, or `reference/<law>?option=value`.
        options: Parameters of every call, as `-M key=value` gives them.

    Raises:
        UsageError: No provider, law or option is called that.
    """
    from harness.models.gateway import LitellmModel

    return LitellmModel(name, options)
