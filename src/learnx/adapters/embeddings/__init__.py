"""Embedders behind the port: two in this process, and every provider that LiteLLM speaks to."""

from learnx.adapters.embeddings.wordllama import WordLlamaEmbedder

__all__ = ["WordLlamaEmbedder"]
