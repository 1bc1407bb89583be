"""Runs of a language model: of this process alone, or of all API servers together."""

from learnx.adapters.generations.in_process import InProcessGenerations
from learnx.adapters.generations.redis_generations import RedisGenerations

__all__ = ["InProcessGenerations", "RedisGenerations"]
