import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.core.errors import UsageError
from harness.models import known_limit, price
from harness.models.catalog import FREE, Price, bundled, cost, limit_in, price_in
from harness.models.options import convert, masked, secrets
from harness.models.usage import Usage, read_usage

PAID = Price(input_per_token=2e-6, cached_input_per_token=1e-6, output_per_token=1e-5)
TABLE = {
    "alpha": {
        "litellm_provider": "maker",
        "max_input_tokens": 1000,
        "input_cost_per_token": 2e-6,
        "output_cost_per_token": 1e-5,
        "input_cost_per_token_above_200k_tokens": 4e-6,
        "output_cost_per_token_above_200k_tokens": 2e-5,
        "cache_read_input_token_cost": 1e-6,
    },
    "unpriced": {"litellm_provider": "maker", "max_input_tokens": 10},
    "zero": {"litellm_provider": "maker", "input_cost_per_token": 0, "output_cost_per_token": 0.0},
    "odd": {"litellm_provider": "maker", "max_input_tokens": "many", "input_cost_per_token": "1"},
}


@dataclass
class Details:
    cached_tokens: int | None


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, Usage()),
        ({}, Usage()),
        ({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, Usage()),
        ({"prompt_tokens": None, "completion_tokens": 3}, Usage()),
        ({"prompt_tokens": "12"}, Usage()),
        ({"prompt_tokens": 12}, Usage(prompt_tokens=12)),
        (
            {"prompt_tokens": 12, "completion_tokens": 0},
            Usage(prompt_tokens=12, completion_tokens=0),
        ),
        (
            {"prompt_tokens": 12, "prompt_tokens_details": {"cached_tokens": 5}},
            Usage(prompt_tokens=12, cached_tokens=5),
        ),
        (
            SimpleNamespace(
                prompt_tokens=12, completion_tokens=3, prompt_tokens_details=Details(0)
            ),
            Usage(prompt_tokens=12, completion_tokens=3, cached_tokens=0),
        ),
    ],
)
def test_a_meter_that_says_nothing_is_not_a_meter_that_says_zero(usage, expected):
    assert read_usage(usage) == expected


def test_cached_tokens_cost_their_own_price():
    usage = Usage(prompt_tokens=100, cached_tokens=60, completion_tokens=10)
    assert cost(PAID, usage) == pytest.approx(40 * 2e-6 + 60 * 1e-6 + 10 * 1e-5)


def test_cost_is_unknown_where_price_or_meter_is():
    assert cost(None, Usage(prompt_tokens=100, completion_tokens=10)) is None
    assert cost(PAID, Usage()) is None
    assert cost(PAID, Usage(prompt_tokens=5)) is None


def test_reference_models_are_free_and_known_to_be():
    assert price("reference/perfect") == FREE
    assert cost(FREE, Usage()) == 0.0


def test_a_price_is_found_by_name_and_by_provider_and_name():
    assert price_in(TABLE, "alpha") == price_in(TABLE, "maker/alpha") == PAID
    assert price_in(TABLE, "other/alpha") is None
    assert price_in(TABLE, "maker/beta") is None


def test_long_prompts_may_cost_more():
    long = price_in(TABLE, "alpha", 200_001)
    assert long is not None
    assert (long.input_per_token, long.output_per_token) == (4e-6, 2e-5)
    assert price_in(TABLE, "alpha", 200_000) == PAID


@pytest.mark.parametrize("name", ["unpriced", "zero", "odd", "nothing", "maker/zero"])
def test_an_unknown_price_is_unknown_and_never_nothing(name):
    assert price_in(TABLE, name) is None


def test_limits_come_from_the_table_and_from_the_law():
    assert limit_in(TABLE, "maker/alpha") == 1000
    assert limit_in(TABLE, "odd") is None
    assert limit_in(TABLE, "nothing") is None
    assert known_limit("reference/fading?limit=32000") == 32000
    assert known_limit("openai/gpt-4o") == 128_000
    assert known_limit("openai/x") is None


def test_a_misspelt_law_has_no_limit():
    with pytest.raises(UsageError, match="did you mean 'perfect'"):
        known_limit("reference/perfekt")


def test_the_table_is_the_one_that_litellm_brings():
    found = find_spec("litellm")
    assert found is not None
    assert found.origin is not None
    name = "model_prices_and_context_window_backup.json"
    assert bundled() == json.loads((Path(found.origin).parent / name).read_text("utf-8"))
    known = price("openai/gpt-4o")
    assert known is not None
    assert 0 < known.cached_input_per_token < known.input_per_token < known.output_per_token
    assert price("openai/x") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.2", 0.2),
        ("12", 12),
        ("-3", -3),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("none", None),
        ('{"a": [1]}', {"a": [1]}),
        ("[1, 2]", [1, 2]),
        ("0123", "0123"),
        ("1.2.3", "1.2.3"),
        ("high", "high"),
        ("", ""),
    ],
)
def test_options_are_converted_when_they_look_like_something(text, value):
    converted = convert({"x": text})["x"]
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize("key", ["api_key", "api_base", "api_version", "aws_secret_access_key"])
def test_keys_and_addresses_stay_text(key):
    assert convert({key: "12345"}) == {key: "12345"}


def test_values_that_are_no_text_pass_as_they_are():
    assert convert({"a": 1, "b": None, "c": (1,)}) == {"a": 1, "b": None, "c": (1,)}


def test_broken_json_is_told_with_its_option():
    with pytest.raises(UsageError, match="option 'extra_body' is no JSON"):
        convert({"extra_body": '{"a": }'})


def test_secrets_are_masked_at_any_depth_and_counts_are_not():
    options = {
        "api_key": "sk-1",
        "max_tokens": 5,
        "extra_headers": {"X-Api-Key": "k", "Accept": "a"},
        "list": [{"password": "p"}],
    }
    assert masked(options) == {
        "api_key": "***",
        "max_tokens": 5,
        "extra_headers": {"X-Api-Key": "***", "Accept": "a"},
        "list": [{"password": "***"}],
    }
    assert set(secrets(options)) == {"sk-1", "k", "p"}
