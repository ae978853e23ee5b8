from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.summary.display_names import display_names

NAMES = st.text(alphabet="ab/? []", min_size=1, max_size=6)


def test_a_model_is_called_by_its_name_without_the_provider() -> None:
    names = display_names(["openrouter/meta/llama-4", "reference/window?tokens=4000"])
    assert names["openrouter/meta/llama-4"] == "llama-4"
    assert names["reference/window?tokens=4000"] == "window?tokens=4000"


def test_a_given_name_stands_for_the_model_under_every_prompt() -> None:
    names = display_names(["openai/x", "openai/x [v2]"], {"openai/x": "five"})
    assert names == {"openai/x": "five", "openai/x [v2]": "five [v2]"}


@given(models=st.lists(NAMES, unique=True), chosen=st.dictionaries(NAMES, NAMES))
def test_no_two_models_are_ever_called_alike(models: list[str], chosen: dict[str, str]) -> None:
    names = display_names(models, chosen)
    assert sorted(names) == sorted(models)
    assert len(set(names.values())) == len(models)
