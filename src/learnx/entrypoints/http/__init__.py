"""The REST API and its streams: handlers parse, call a use case, and return."""
