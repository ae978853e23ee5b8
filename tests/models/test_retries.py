import pytest

from harness.models.errors import classify
from tests.models.test_call_errors import raised


@pytest.mark.parametrize(
    ("headers", "text", "expected"),
    [
        ({"retry-after": "7"}, "", 7.0),
        ({"Retry-After": "1.5"}, "try again in 90s", 1.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, "", 0.25),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, "", 30.0),
        ({"retry-after": "Wed, 21 Oct 2015 07:00:00 GMT"}, "", 0.0),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "-3"}, "", None),
        ({"retry-after": "inf"}, "", None),
        (None, "Please try again in 1.2s.", 1.2),
        (None, "Please try again in 20ms.", 0.02),
        (None, "Please try again in 1m30.5s.", 90.5),
        (None, '{"retryDelay": "34s"}', 34.0),
        (None, "retry after 12 seconds", 12.0),
        (None, "try again in a while", None),
        (None, "", None),
    ],
)
def test_the_wait_that_a_provider_asks_for_is_read(headers, text, expected):
    now_s = 1445412450.0  # 30 s before 07:28:00
    error = classify(raised("RateLimitError", text or "slow", 429, headers), now_s=now_s)
    assert error.retry_after_s == (None if expected is None else pytest.approx(expected))
