import re

import pytest

from harness.core.errors import ModelError, OverflowRefusedError
from harness.models.errors import classify
from harness.models.redaction import MOST_CHARACTERS, one_line

OVERFLOWS = {
    "openai": "This model's maximum context length is 8192 tokens. However, your messages resulted"
    " in 8545 tokens. Please reduce the length of the messages.",
    "openai responses": "Your input exceeds the context window of this model. Please adjust your"
    " input and try again.",
    "openai configured": "Input tokens exceed the configured limit of 272000 tokens. Your messages"
    " resulted in 300012 tokens. Please reduce the length of the messages.",
    "openai old": "This model's maximum context length is 4097 tokens, however you requested 4116"
    " tokens (3860 in your prompt; 256 for the completion). Please reduce your prompt; or"
    " completion length.",
    "openai one message": "Invalid 'messages[0].content': string too long. Expected a string with"
    " maximum length 10485760, but got a string with length 11000000 instead.",
    "openrouter": "This endpoint's maximum context length is 131072 tokens. However, you requested"
    " about 142000 tokens (142000 of text input). Please reduce the length of either one.",
    "anthropic": "prompt is too long: 213462 tokens > 200000 maximum",
    "anthropic with answer": "input length and `max_tokens` exceed context limit: 199759 + 8192 >"
    " 200000, decrease input length or `max_tokens` and try again",
    "anthropic 413": '{"error":{"type":"request_too_large","message":"Request exceeds the maximum'
    ' size"}}',
    "gemini": "The input token count (1196265) exceeds the maximum number of tokens allowed"
    " (1048575).",
    "bedrock": "Input is too long for requested model.",
    "bedrock tokens": "Too many input tokens. Max input tokens: 8192, request input token count:"
    " 9000",
    "vllm": "'max_tokens' or 'max_completion_tokens' is too large: 500. This model's maximum"
    " context length is 4096 tokens and your request has 3900 input tokens (500 > 4096 - 3900).",
    "vllm prompt": "The decoder prompt (length 5000) is longer than the maximum model length of"
    " 4096. Make sure that `max_model_len` is no smaller than the number of text tokens.",
    "llama.cpp": '{"error":{"code":400,"message":"request (9000 tokens) exceeds the available'
    ' context size (8192 tokens), try increasing it","type":"exceed_context_size_error",'
    '"n_prompt_tokens":9000,"n_ctx":8192}}',
    "lm studio": "The number of tokens to keep from the initial prompt is greater than the context"
    " length. Try to load the model with a larger context length",
    "lm studio overflow": "Trying to keep the first 5000 tokens when context the overflows."
    " However, the model is loaded with context length of only 4096 tokens, which is not enough.",
    "ollama": "prompt too long; exceeded max context length by 4 tokens",
    "tgi": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000"
    " `inputs` tokens and 200 `max_new_tokens`",
    "tgi inputs": "Input validation error: `inputs` must have less than 1024 tokens. Given: 3000",
    "mistral": "Prompt contains 40010 tokens and 0 draft tokens, too large for model with 32768"
    " maximum context length",
    "cohere": "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received"
    " 4292. Try using a shorter prompt",
    "xai": "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    "groq": "Please reduce the length of the messages or completion.",
    "copilot": "prompt token count of 130000 exceeds the limit of 128000",
    "deepseek": "This model's maximum context length is 65536 tokens. However, you requested 69648"
    " tokens (69648 in the messages, 0 in the completion).",
    "siliconflow": "length of prompt_tokens (163280) must be less than max_seq_len (32768).",
    "dashscope": "<400> InternalError.Algo.InvalidParameter: Range of input length should be"
    " [1, 30720]",
    "cerebras": "Please reduce the length of the messages or completion. Current length is 8500"
    " while limit is 8192",
    "kimi": "Invalid request: Your request exceeded model token limit: 262144",
    "minimax": "invalid params, context window exceeds limit (2013)",
    "together": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193.",
    "sglang": "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
    "code only": "error code: context_length_exceeded",
    "proxy 413": "<html><head><title>413 Request Entity Too Large</title></head></html>",
}

OTHERS = {
    "Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000,"
    " Used 29000, Requested 2000. Please try again in 2s.": "rate_limit",
    "Number of request tokens has exceeded your per-minute rate limit; please reduce the prompt"
    " length": "rate_limit",
    "Too many tokens, please wait before trying again.": "rate_limit",
    "You exceeded your current quota, please check your plan and billing details.": "quota",
    "Request too large for model `llama` on tokens per minute (TPM): Limit 6000, Requested 7000,"
    " please reduce your message size and try again.": "rate_limit",
}


UNHEARD_OF = (
    "9,312 tokens were sent, and 8,192 is what fits",
    "Cannot serve 9312 tokens: 8192 is the most",
    "The conversation comes to 9312 tokens. This deployment takes 8192.",
    "n_tokens=9312 > n_ctx=8192",
    "sequence of 9 312 does not fit 8 192",
    "Request has 9.312 Token, erlaubt sind 8.192",
    "输入9312个token，上限为8192",
    "プロンプトのトークン数9312が上限8192を超えています",
    "Votre requête compte 9312 jetons, la limite est de 8192",
    "9312 tokens in the messages plus 128 max_tokens, the window has 8192",
    "Requested 10k tokens of an 8k context",
)
"""Refusals in words that no list has: a number of tokens asked for, and a smaller limit."""

NO_CEILING = (
    "max_tokens is too large: 16384 is more than 4096 completion tokens",
    "max_output_tokens must be at most 8192, got 32000",
    "token id 50300 is out of the vocabulary of 50257",
    "temperature 300 is more than 200",
    "stop sequences: 20 given, at most 4",
    "image of 9000 x 8192 pixels is larger than 4096",
    "9312 is not a valid choice",
    "messages: 2 validation errors, see line 12",
    "Rate limit: 9312 tokens per minute asked, 8192 allowed",
    "Trace 7f3a-9312, node 8192: internal error of the token service",
)


class RaisedError(Exception):
    """What a call raises: a message, a status, headers; the type's name is what is looked at."""

    def __init__(self, message, status_code=None, headers=None):
        super().__init__(message)
        self.message = message
        self.status_code = status_code
        self.litellm_response_headers = headers


def raised(name, message="it failed", status_code=None, headers=None):
    return type(name, (RaisedError,), {})(message, status_code, headers)


@pytest.mark.parametrize("provider", OVERFLOWS)
@pytest.mark.parametrize(
    ("name", "code"),
    [("BadRequestError", 400), ("APIConnectionError", 500), ("RateLimitError", 413)],
)
def test_a_refusal_at_the_ceiling_is_known_by_its_text(provider, name, code):
    error = classify(raised(name, OVERFLOWS[provider], code))
    assert isinstance(error, OverflowRefusedError)
    assert error.kind == "overflow"
    assert not error.retryable


def test_a_refusal_at_the_ceiling_is_known_by_its_type_and_by_its_status():
    named = raised("ContextWindowExceededError", "no words for it", 400)
    assert isinstance(classify(named), OverflowRefusedError)
    assert isinstance(classify(raised("APIError", "no", 413)), OverflowRefusedError)
    hidden = raised("RateLimitError", "Error code: 413 - no words for it", 429)
    assert isinstance(classify(hidden), OverflowRefusedError)


@pytest.mark.parametrize("text", UNHEARD_OF)
@pytest.mark.parametrize("code", [400, 413, 422, 500])
def test_a_refusal_at_the_ceiling_is_known_by_its_meaning(text, code):
    error = classify(raised("BadRequestError", text, code), tokens=(4000, 30000))
    assert isinstance(error, OverflowRefusedError)


@pytest.mark.parametrize("text", NO_CEILING)
def test_other_numbers_are_no_ceiling(text):
    error = classify(raised("BadRequestError", text, 400), tokens=(4000, 30000))
    assert not isinstance(error, OverflowRefusedError)


def test_a_number_that_the_prompt_cannot_have_is_no_ceiling():
    error = raised("BadRequestError", "request 99312 failed, tokens of node 8192 are used up", 400)
    assert classify(error, tokens=(20, 3000)).kind == "bad_request"


GEMINI = (
    "You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded"
    " for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 15"
    '\n{"quotaId": "GenerateRequestsPer%sPerProjectPerModel-FreeTier"}%s'
)


@pytest.mark.parametrize(
    ("text", "kind", "wait_s"),
    [
        (GEMINI % ("Minute", " Please retry in 38.5s."), "rate_limit", 38.5),
        (GEMINI % ("Minute", ""), "rate_limit", None),
        (GEMINI % ("Day", ' {"retryDelay": "9m38s"}'), "rate_limit", 578.0),
        ("You exceeded your current quota, please check your plan.", "quota", None),
        ("insufficient_quota: try again in 20s", "quota", None),
        ("Your credit balance is too low to access the API", "quota", None),
        ("Your account is in arrears", "quota", None),
        ("You have run out of credits. Retry in 1s.", "quota", None),
        ("Quota exceeded for requests per minute", "rate_limit", None),
        ("Monthly usage limit of your workspace is reached", "quota", None),
    ],
)
def test_a_quota_that_fills_up_again_is_a_rate_and_a_spent_account_is_not(text, kind, wait_s):
    error = classify(raised("RateLimitError", text, 429))
    assert (error.kind, error.retry_after_s) == (kind, wait_s)
    assert error.stops == (kind == "quota")


@pytest.mark.parametrize("text", OTHERS)
def test_a_rate_that_counts_tokens_is_no_ceiling(text):
    error = classify(raised("RateLimitError", text, 429))
    assert not isinstance(error, OverflowRefusedError)
    assert error.kind == OTHERS[text]


@pytest.mark.parametrize(
    "text",
    [
        "max_tokens is too large: 99999. This model supports at most 16384 completion tokens.",
        "Invalid 'user': string too long. Expected a string with maximum length 64.",
        "Unsupported value: 'temperature' does not support 0.0 with this model.",
        "messages: roles must alternate between user and assistant",
    ],
)
def test_other_bad_requests_are_bad_requests(text):
    error = classify(raised("BadRequestError", text, 400))
    assert (error.kind, error.retryable) == ("bad_request", False)


def test_an_echoed_prompt_is_not_read_for_its_words():
    text = "value is not a valid list. Input: " + "word " * 500 + "prompt is too long: 5 tokens"
    assert classify(raised("BadRequestError", text, 400)).kind == "bad_request"


@pytest.mark.parametrize(
    ("error", "kind", "retryable"),
    [
        (raised("Timeout", "litellm.Timeout: timed out", 408), "timeout", True),
        (TimeoutError("late"), "timeout", True),
        (raised("APIConnectionError", "Connection error.", 500), "connection", True),
        (ConnectionRefusedError(111, "refused"), "connection", True),
        (
            raised("InternalServerError", "OpenAIException - Connection error.", 500),
            "connection",
            True,
        ),
        (raised("InternalServerError", "The server had an error", 500), "server", True),
        (raised("ServiceUnavailableError", "overloaded", 503), "server", True),
        (raised("BadGatewayError", "bad gateway", 502), "server", True),
        (raised("APIError", "overloaded_error", 529), "server", True),
        (raised("InternalServerError", "upstream request timeout", 504), "timeout", True),
        (
            raised("APIError", "Unable to get json response - Expecting value: line 1", 200),
            "malformed",
            True,
        ),
        (
            raised("InternalServerError", "Unterminated string starting at: line 1", 500),
            "malformed",
            True,
        ),
        (raised("APIResponseValidationError", "no schema", 200), "malformed", True),
        (raised("AuthenticationError", "Incorrect API key", 401), "auth", False),
        (raised("PermissionDeniedError", "no", 403), "auth", False),
        (raised("BadRequestError", "Insufficient credits", 402), "quota", False),
        (raised("NotFoundError", "no such model", 404), "not_found", False),
        (raised("BadRequestError", "no such model", 404), "not_found", False),
        (raised("UnprocessableEntityError", "no", 422), "bad_request", False),
        (raised("ContentPolicyViolationError", "no", 400), "content_filter", False),
        (
            raised(
                "BadRequestError",
                "The response was filtered due to the prompt triggering Azure"
                " OpenAI's content management policy",
                400,
            ),
            "content_filter",
            False,
        ),
        (raised("RateLimitError", "slow down", 429), "rate_limit", True),
        (raised("RateLimitError", "insufficient_quota", 429), "quota", False),
        (raised("Odd", "teapot", 418), "unknown", False),
        (raised("Odd", "slow", 429), "rate_limit", True),
        (ValueError("what"), "unknown", False),
    ],
)
def test_every_other_failure_has_its_kind(error, kind, retryable):
    found = classify(error)
    assert (found.kind, found.retryable) == (kind, retryable)


def test_the_nearest_known_base_of_an_error_decides():
    known = type("BadRequestError", (RaisedError,), {})
    assert classify(type("UnsupportedParamsError", (known,), {})("no")).kind == "bad_request"


def test_an_error_of_ours_passes_as_it_is():
    ours = ModelError("empty", kind="empty", retryable=True)
    assert classify(ours) is ours


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Incorrect API key provided: sk-proj-abcDEF123456. You can find", "abcDEF123456"),
        ("Incorrect API key provided: sk-abc***********f123", "f123"),
        ("headers: {'Authorization': 'Bearer abcdef123456'}", "abcdef123456"),
        ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
        ('{"api_key": "0123456789abcdef"}', "0123456789abcdef"),
        ("x-api-key=0123456789abcdef&b=1", "0123456789abcdef"),
        ("GET https://example.org/v1?key=0123456789abc&alt=json failed", "0123456789abc"),
        ("POST https://user:hunter22@example.org/v1", "hunter22"),
        ("key AIzaSyA1234567890abcdefg is not valid", "SyA1234567890abcdefg"),
        ("access_token: ya29.a0AfH6SMBx1234567", "a0AfH6SMBx1234567"),
        ("token eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2lnbmF0dXJl expired", "eyJzdWIiOiIx"),
        ("AWS: AKIAIOSFODNN7EXAMPLE is not authorised", "IOSFODNN7EXAMPLE"),
        ("gsk_abcdef1234567890 is revoked", "abcdef1234567890"),
        ("the key of the call was correct-horse-battery", "correct-horse-battery"),
    ],
)
def test_messages_never_carry_secrets(text, secret):
    error = classify(raised("AuthenticationError", text, 401), secrets=["correct-horse-battery"])
    assert secret not in str(error)
    assert "***" in str(error)


@pytest.mark.parametrize("text", [*OVERFLOWS.values(), *OTHERS])
def test_redaction_leaves_the_words_of_providers_alone(text):
    assert one_line(text, ["x"]) == " ".join(text.split())


def test_messages_are_one_line_and_not_too_long():
    error = classify(raised("InternalServerError", "<html>\n" + "word \n" * 5000, 500))
    assert "\n" not in str(error)
    assert len(str(error)) <= MOST_CHARACTERS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("litellm.RateLimitError: RateLimitError: OpenAIException - slow down", "slow down"),
        ('litellm.BadRequestError: OpenAIException - {"error": {"message": "no"}}', "no"),
        ('{"error": "plain"}', "plain"),
        ('{"detail": "else"}', '{"detail": "else"}'),
        ("{broken", "{broken"),
        ("litellm.APIError: ", "litellm.APIError:"),
    ],
)
def test_the_providers_own_sentence_is_what_is_shown(text, expected):
    shown = str(classify(raised("BadRequestError", text, 400)))
    assert re.sub(r"^BadRequestError: ", "", shown) == expected
