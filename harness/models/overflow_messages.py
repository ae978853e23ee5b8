"""How providers say that a prompt is past their context window, in the words of each.

A refusal at the ceiling is a result and not an error, so it must be told from a bad request, from
a rate that counts tokens too, and from a parameter that is too large.
"""

from __future__ import annotations

import re

_SAID = (
    r"context[ _-]?(?:length|window|size)[ _]*(?:was |is )?exceed",  # codes; the generic form
    r"exceed\w* (?:the |this |your |model'?s? |available |maximum |configured )*context",  # many
    r"exceed_context_size_error",  # llama.cpp
    r"context[ _]window exceeds",  # MiniMax
    r"context[ _](?:window )?overflow",  # LM Studio: `contextOverflow`
    r"maximum context (?:length|window|limit|size)",  # OpenAI, vLLM, OpenRouter, DeepSeek, Azure
    r"maximum (?:prompt|input) length (?:is|of|allowed)",  # xAI, Qwen
    r"range of input length should be",  # DashScope
    r"prompt (?:is )?too long",  # Anthropic, Ollama
    r"(?:prompt|input) contains? (?:too many|more|\d+) tokens",  # Mistral
    r"too large for model with \d+ maximum context",  # Mistral
    r"(?:input|prompt|messages?|request|inputs) (?:is|are|was|length is) too long",  # Bedrock
    r"input length and `?max_tokens`? exceed",  # Anthropic
    r"`?inputs`? tokens \+ `?max_new_tokens`? must be",  # TGI
    r"`?inputs`? must have less than \d+ tokens",  # TGI
    r"(?:input|prompt) token count.{0,40}exceeds",  # Gemini, Copilot
    r"(?:input|prompt|total|message) tokens? (?:\S+ ){0,3}exceed",  # OpenAI, Cohere
    r"longer than the (?:model'?s context|maximum model|maximum number of tokens)",  # vLLM, SGLang
    r"(?:greater|larger) than the (?:maximum )?context length",  # LM Studio
    r"context length of (?:only )?\d+ tokens",  # LM Studio: "... overflows"
    r"prompt_tokens \(\d+\) must be less than max_seq_len",  # SiliconFlow
    r"exceed\w* (?:the )?(?:model'?s? )?(?:max_model_len|max_seq_len|token limit)",  # vLLM, Kimi
    r"current length is \d+ while limit is",  # Cerebras
    r"too many (?:input |total |prompt )?tokens",  # Cohere, Bedrock
    r"reduce the length of (?:the|your) (?:messages|prompt|input)",  # OpenAI, Groq
    r"reduce your prompt; or completion",  # OpenAI, old
    r"string too long\. expected a string with maximum length",  # OpenAI: one message past all
    r"request_too_large|request exceeds the maximum size",  # Anthropic, HTTP 413
    r"payload too large|(?:request )?entity too large|content too large",  # HTTP 413 of proxies
)
_PAST = re.compile("|".join(_SAID), re.IGNORECASE | re.DOTALL)

_SHORT_LIVED = re.compile(r"per[ _-]?(?:min|hour|sec)|hourly|\b[tr]p[mhs]\b", re.IGNORECASE)
_A_RATE = re.compile(
    r"per[ _-]?(?:min|hour|day|sec)|(?:hour|dai|week|month)ly|\b[tr]p[mdhs]\b"
    r"|rate[ _-]?limit[ _](?:reached|exceed)|too many tokens, please wait|quota",
    re.IGNORECASE,
)
"""What only a limit over time says; some of those ask for shorter messages too."""

_A_PARAMETER = re.compile(r"string_above_max_length|invalid 'user'", re.IGNORECASE)
"""Another text than the prompt is too long."""

_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.\-])(?P<digits>\d{1,3}(?:[,.'_ \u00a0\u202f]\d{3})+|\d{1,9})"
    r"(?:\s?(?P<thousand>k)\b|(?!(?!tok)[A-Za-z0-9_]|\.\d))",
    re.IGNORECASE,
)
"""A count, in the ways in which it is grouped; no part of a name or of a fraction."""

_OF_TOKENS = re.compile(
    r"token|context|\bctx|n_ctx|(?:length|prompt|input|sequence|window|messages?)\b"
    r"|토큰|컨텍스트|トークン|コンテキスト|令牌|上下文|长度|長さ|jeton|токен|контекст|длин|l[äa]nge",
    re.IGNORECASE,
)
_OF_THE_ANSWER = re.compile(
    r"max[_ -]?(?:completion|output|new)?[_ -]?tokens|(?:completion|output|thinking|new)[_ ]tokens"
    r"|budget_tokens",
    re.IGNORECASE,
)
_OF_THE_PROMPT = re.compile(
    r"prompt|input|messages?\b|context|window|sequence|conversation|request of|in total",
    re.IGNORECASE,
)
_OF_SOMETHING_ELSE = re.compile(
    r"vocab|token[_ ]ids?\b|logit|log_?probs|temperature|top_[pk]|penalty|seed|stop sequences?"
    r"|bytes|header|image|audio|pixels?|dimension|file size|api[ _-]?key|access[ _-]?token",
    re.IGNORECASE,
)

_LEAST_WINDOW = 64
"""No context window has fewer tokens."""

_READ = 2000
"""Characters read. Validation errors may echo the prompt, which may say anything."""


def past_the_ceiling(text: str) -> bool:
    """Whether an error's text says that the prompt does not fit the context window.

    >>> past_the_ceiling("prompt is too long: 213462 tokens > 200000 maximum")
    True
    >>> past_the_ceiling("Too many tokens per minute: please slow down")
    False
    """
    said = text[:_READ]
    messages_too = "messages[" in said  # OpenAI names the field that is too long
    if _A_PARAMETER.search(said) and not messages_too:
        return False
    return _PAST.search(said) is not None and not of_a_rate(said)


def asks_too_much(text: str, tokens: tuple[int, int] | None = None) -> bool:
    """Whether a text sets a number of tokens that was asked for against a limit, in any words.

    Args:
        text: What the provider says.
        tokens: The fewest and the most tokens that the call may have asked for: only a number
            between them can be meant. None where that is not known.

    >>> asks_too_much("9,312 tokens were sent, and 8,192 is what fits")
    True
    >>> asks_too_much("max_tokens is too large: 99999. At most 16384 completion tokens.")
    False
    """
    said = text[:_READ]
    if not _OF_TOKENS.search(said) or of_a_rate(said) or _OF_SOMETHING_ELSE.search(said):
        return False
    if _OF_THE_ANSWER.search(said) and not _OF_THE_PROMPT.search(said):
        return False
    numbers = sorted({_count(found) for found in _NUMBER.finditer(said)})
    fewest, most = tokens or (_LEAST_WINDOW, 10**9)
    asked = [number for number in numbers if fewest <= number <= most]
    return any(_LEAST_WINDOW <= limit < asked[-1] for limit in numbers) if asked else False


def _count(found: re.Match[str]) -> int:
    count = int(re.sub(r"\D", "", found["digits"]))
    return count * 1000 if found["thousand"] else count


def of_a_rate(text: str) -> bool:
    """Whether an error's text speaks of a limit over time.

    >>> of_a_rate("Limit 10000 tokens per min. Current: 9000.")
    True
    """
    return _A_RATE.search(text[:_READ]) is not None


def is_short_lived(text: str) -> bool:
    """Whether a limit over time is one that a run may wait out: of a minute or an hour, not a day.

    >>> is_short_lived("quotaId: GenerateRequestsPerMinutePerProject"), is_short_lived("per day")
    (True, False)
    """
    return _SHORT_LIVED.search(text) is not None
