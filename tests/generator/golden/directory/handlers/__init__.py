"""The handlers: what this project itself writes."""
