"""Language models behind the port: the offline one, and every provider that LiteLLM speaks to."""
