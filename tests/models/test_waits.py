import pytest

from harness.models.errors import classify
from harness.models.waits import duration_s
from tests.models.test_call_errors import raised

NOW_S = 1445412450.0
"""30 s before 07:28:00 on 21 October 2015, UTC."""


@pytest.mark.parametrize(
    ("headers", "text", "expected"),
    [
        ({"retry-after": "7"}, "", 7.0),
        ({"Retry-After": "1.5"}, "try again in 90s", 1.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, "", 0.25),
        ({"retry-after": "9m38s"}, "", 578.0),
        ({"retry-after": "1h2m3.5s"}, "", 3723.5),
        ({"retry-after": "120 seconds"}, "", 120.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, "", 30.0),
        ({"retry-after": "2015-10-21T07:28:00Z"}, "", 30.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:00:00 GMT"}, "", 0.0),
        ({"retry-after": "1445412480"}, "", 30.0),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "-3"}, "", None),
        ({"retry-after": "inf"}, "", None),
        ({"retry-after": "9" * 400}, "", None),
        ({"x-ratelimit-reset-requests": "9m38s"}, "", 578.0),
        ({"x-ratelimit-reset-tokens": "12ms"}, "", 0.012),
        ({"x-ratelimit-reset-requests": "8h", "x-ratelimit-reset-tokens": "6s"}, "", 6.0),
        (
            {
                "x-ratelimit-reset-requests": "8h", "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-tokens": "6s", "x-ratelimit-remaining-tokens": "900",
            },
            "",
            28800.0,
        ),
        ({"x-ratelimit-reset": "1445412480000"}, "", 30.0),
        ({"anthropic-ratelimit-tokens-reset": "2015-10-21T07:28:00Z"}, "", 30.0),
        ({"llm_provider-retry-after": "3"}, "", 3.0),
        ({"ratelimit": "limit=10, remaining=0, reset=30"}, "", 30.0),
        ({"x-ratelimit-limit-requests": "60"}, "", None),
        ({"x-ratelimit-reset-tokens": "6s"}, "try again in 2s", 2.0),
        (None, "Please try again in 1.2s.", 1.2),
        (None, "Please try again in 20ms.", 0.02),
        (None, "Please try again in 1m30.5s.", 90.5),
        (None, "Please try again in 9m38s", 578.0),
        (None, "Please try again in 1h2m3.5s.", 3723.5),
        (None, "Please try again in 2 hours and 5 minutes.", 7500.0),
        (None, "Please wait at least 3 minutes before you go on", 180.0),
        (None, "Please retry in 38.834151s.", 38.834151),
        (None, '{"retryDelay": "34s"}', 34.0),
        (None, '{"retry_after": 12}', 12.0),
        (None, '{"retry_after_seconds": 12}', 12.0),
        (None, "retry after 12 seconds", 12.0),
        (None, "Try again at 2015-10-21T07:28:00Z", 30.0),
        (None, "Retry after Wed, 21 Oct 2015 07:28:00 GMT", 30.0),
        (None, "try again later. Limit 30000, used 29000", None),
        (None, "try again in a while", None),
        (None, "", None),
    ],
)  # fmt: skip
def test_the_wait_that_a_provider_asks_for_is_read(headers, text, expected):
    error = classify(raised("RateLimitError", text or "slow", 429, headers), now_s=NOW_S)
    assert error.retry_after_s == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("text", ["", "5", "5 apples", "m", "1.2.3s", "-5s"])
def test_what_is_no_span_of_time_is_none(text):
    assert duration_s(text) is None


def test_a_date_is_not_read_without_a_clock():
    error = raised("RateLimitError", "slow", 429, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"})
    assert classify(error).retry_after_s is None
