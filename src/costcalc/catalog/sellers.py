"""Who sells and who makes a model: the words of gateways, clouds and hubs for a company, and our id of it."""

import re

from costcalc.catalog.names import slug

# a gateway's or library's word for a seller: our id
SELLERS = {
    "amazon-bedrock": "aws",
    "azure_ai": "azure",
    "azure_text": "azure",
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "bedrock_mantle": "aws",
    "cloudflare-workers-ai": "cloudflare",
    "cohere_chat": "cohere",
    "converse": "aws",
    "dashscope": "alibaba",
    "fireworks-ai": "fireworks",
    "fireworks_ai": "fireworks",
    "fireworks_ai-embedding-models": "fireworks",
    "friendliai": "friendli",
    "gemini": "google",
    "google-vertex": "vertex-ai",
    "google-vertex-anthropic": "vertex-ai",
    "mistralai": "mistral",
    "moonshot": "moonshotai",
    "text-completion-openai": "openai",
    "together_ai": "together",
    "togetherai": "together",
    "vertex_ai": "vertex-ai",
    "vertex_ai_beta": "vertex-ai",
    "voyageai": "voyage",
    "xai": "x-ai",
    "z-ai": "zai",
}

# sellers that the catalog may have no price list of: how they are called in a message
UNLISTED = {
    "huggingface": "Hugging Face",
    "hyperbolic": "Hyperbolic",
    "replicate": "Replicate",
    "sagemaker": "SageMaker",
    "snowflake": "Snowflake",
    "vercel-ai-gateway": "Vercel AI Gateway",
    "watsonx": "watsonx",
}

# how the ids of a maker's own models begin
_FAMILIES = (
    (r"gpt|chatgpt|codex|o[134]\b|text-embedding", "openai"),
    (r"claude", "anthropic"),
    (r"gemini|gemma", "google"),
    (r"deepseek", "deepseek"),
    (r"mistral|mi[nx]istral|codestral|magistral|devstral|pixtral", "mistral"),
    (r"grok", "x-ai"),
    (r"kimi", "moonshotai"),
    (r"minimax", "minimax"),
    (r"qwen|qwq", "alibaba"),
    (r"sonar", "perplexity"),
    (r"glm", "zai"),
    (r"command-[ar]", "cohere"),
    (r"voyage", "voyage"),
)


def our_provider(theirs: str) -> str:
    """Give our id of a provider.

    Example:
        >>> [our_provider(name) for name in ("together_ai", "vertex_ai-anthropic_models", "openai", "Sail AI")]
        ['together', 'vertex-ai', 'openai', 'sail-ai']
    """
    if theirs in SELLERS:
        return SELLERS[theirs]
    return "vertex-ai" if theirs.startswith("vertex_ai") else slug(theirs)


def maker_of(model: str) -> str | None:
    """Give the company that makes a model of that name, or None where its name does not tell.

    Example:
        >>> [maker_of(name) for name in ("DeepSeek-R1", "gpt-5.2", "llama-3.3-70b")]
        ['deepseek', 'openai', None]
    """
    name = model.lower()
    return next((maker for family, maker in _FAMILIES if re.match(family, name)), None)
