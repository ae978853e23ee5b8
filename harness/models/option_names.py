"""Options of calls by name: which may be stored and shown as they are.

Its one rule: what is not listed is not shown. A name that nobody here knows may hold a key.
"""

from __future__ import annotations

import re

SECRET = re.compile(
    r"key|token(?!s|ize)|secret|passw|passphrase|credential|authorization|cookie|bearer|signature"
    r"|(?:^|[-_])(?:auth|pw|pwd|pat|sig|session|csrf|jwt)(?:[-_]|$)",
    re.IGNORECASE,
)
"""Names whose values are never shown. `max_tokens` counts, it does not open."""

TEXT = frozenset(
    ("api_base", "api_version", "base_url", "model", "organization", "reasoning_effort", "user")
)
"""Options that are text even when they look like a number or a word."""

ADDRESSES = frozenset({"api_base", "base_url", "azure_endpoint", "endpoint"})
"""Options that are an address: shown without what opens it."""

HEADERS = frozenset({"headers", "extra_headers", "default_headers"})
"""Options that are the headers of each call."""

SHOWN_HEADERS = frozenset(
    (
        "accept", "accept-language", "anthropic-beta", "anthropic-version", "content-type",
        "openai-beta", "user-agent",
    )
)  # fmt: skip
"""Headers that hold no key."""

_SHOWN = (
    " allow_fallbacks api_version base_model best_of budget_tokens compaction context_management"
    " cache_control_injection_points cache_prompt chat_template_kwargs custom_llm_provider"
    " draw drop_params early_stopping effort enable_thinking enabled exclude extra_body format"
    " frequency_penalty generation_config guided_choice ignore_eos include include_reasoning"
    " include_thoughts input_cost_per_token keep_alive length_penalty logit_bias logprobs"
    " max_attempts max_completion_tokens max_new_tokens max_output_tokens max_retry_after_s"
    " max_tokens max_wait_s min_p min_tokens mirostat mirostat_eta mirostat_tau modalities"
    " mode model n n_predict n_probs num_beams num_ctx num_gpu num_keep num_predict"
    " num_retries num_thread options order output_cost_per_token parallel_tool_calls"
    " penalty_alpha presence_penalty prompt_caching provider quantizations ratio raw reasoning"
    " reasoning_effort reasoning_format repeat_last_n repeat_penalty repetition_penalty"
    " response_format role route safe_prompt samplers seed service_tier skip_special_tokens"
    " server_state sort stop stop_token_ids stream stream_options strict temperature tfs_z think"
    " thinking thinking_budget thinking_config timeout tool_choice top_a top_k top_logprobs top_p"
    " transforms truncation type typical_p use_beam_search verbosity via"
)
SHOWN = frozenset(_SHOWN.split())
"""Options that say how an answer is made: of these, short text is shown, too."""

SHORT = re.compile(r"[\w.,:;+/ <>|\[\](){}!?\\-]{0,64}")
"""Text that may be shown under a listed name; more is stored as its hash."""
