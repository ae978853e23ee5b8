from harness.runs.limits.breaker import Breaker


def fail(breaker, *times, kind="connection", asked_s=0.0):
    """One failure after the other, each sent after the one before was noticed."""
    for now_s in times:
        breaker.failed(kind, sent_s=now_s, now_s=now_s, asked_s=asked_s)


def test_a_few_failures_in_a_row_hold_calls_back_and_each_further_one_for_longer():
    breaker = Breaker(120.0)
    fail(breaker, 0.0, 1.0)
    assert not breaker.holding
    fail(breaker, 2.0)
    assert breaker.holding
    assert breaker.held_until_s == 2.25
    fail(breaker, 3.0)
    assert breaker.held_until_s == 3.5


def test_calls_that_fail_together_are_one_failure_of_the_line():
    breaker = Breaker(120.0)
    for _ in range(100):
        breaker.failed("connection", sent_s=0.0, now_s=0.5)
    assert not breaker.holding


def test_an_answer_ends_the_outage():
    breaker = Breaker(120.0)
    fail(breaker, 0.0, 1.0, 2.0)
    breaker.answered()
    assert not breaker.holding
    fail(breaker, 200.0)
    assert not breaker.dead(200.0)


def test_a_model_that_never_answered_is_given_up_sooner_than_one_that_did():
    wrong, down = Breaker(120.0), Breaker(120.0)
    down.answered()
    times = [0.0, 1.0, 3.0, 6.0, 10.0]
    fail(wrong, *times)
    fail(down, *times)
    assert wrong.dead(10.0)
    assert not down.dead(10.0)
    assert down.dead(120.0)
    assert down.silent_s(120.0) == 120.0


def test_more_patience_is_more_for_a_model_that_never_answered_too():
    loading = Breaker(600.0)
    fail(loading, 0.0, 10.0, 20.0, 30.0, 40.0)
    assert not loading.dead(49.0)
    assert loading.dead(50.0)


def test_two_long_failures_are_not_yet_a_death():
    breaker = Breaker(120.0)
    fail(breaker, 0.0, 600.0, kind="timeout")
    assert not breaker.dead(600.0)


def test_throttling_is_no_outage_and_waits_that_were_asked_for_do_not_count():
    breaker = Breaker(120.0)
    breaker.answered()
    fail(breaker, *range(0, 600, 60), kind="rate_limit", asked_s=60.0)
    assert not breaker.holding
    assert not breaker.dead(600.0)
    fail(breaker, 601.0, 760.0, kind="rate_limit")
    assert breaker.dead(760.0)
