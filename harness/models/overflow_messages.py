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

_A_RATE = re.compile(
    r"per[ _-]?(?:min|hour|day|sec)|\btp[mdh]\b|\brp[mdh]\b|rate[ _-]?limit[ _](?:reached|exceed)"
    r"|too many tokens, please wait|quota",
    re.IGNORECASE,
)
"""What only a limit over time says; some of those ask for shorter messages too."""

_A_PARAMETER = re.compile(r"string_above_max_length|invalid 'user'", re.IGNORECASE)
"""Another text than the prompt is too long."""

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


def of_a_rate(text: str) -> bool:
    """Whether an error's text speaks of a limit over time.

    >>> of_a_rate("Limit 10000 tokens per min. Current: 9000.")
    True
    """
    return _A_RATE.search(text[:_READ]) is not None
