"""Who sells a model: other libraries' ids of providers, and ours. Whoever is not here becomes a provider of its own."""

from costcalc.catalog.names import slug

# theirs, in any of the libraries: ours
OURS = {
    "amazon-bedrock": "aws",
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "bedrock_mantle": "aws",
    "cloudflare-workers-ai": "cloudflare",
    "dashscope": "alibaba",
    "fireworks-ai": "fireworks",
    "fireworks_ai": "fireworks",
    "fireworks_ai-embedding-models": "fireworks",
    "friendliai": "friendli",
    "gemini": "google",
    "moonshot": "moonshotai",
    "text-completion-openai": "openai",
    "together_ai": "together",
    "togetherai": "together",
    "xai": "x-ai",
    # the same seller under several ids of theirs; none of ours
    "azure_text": "azure",
    "cohere_chat": "cohere",
    "google-vertex": "vertex-ai",
    "google-vertex-anthropic": "vertex-ai",
}


def our_provider(theirs: str) -> str:
    """Give our id of a provider.

    Example:
        >>> [our_provider(name) for name in ("together_ai", "vertex_ai-anthropic_models", "openai", "Sail AI")]
        ['together', 'vertex-ai', 'openai', 'sail-ai']
    """
    if theirs in OURS:
        return OURS[theirs]
    return "vertex-ai" if theirs.startswith("vertex_ai") else slug(theirs)
