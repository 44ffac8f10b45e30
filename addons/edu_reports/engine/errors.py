class EngineError(ValueError):
    """The RML cannot be rendered; the message names the tag, attribute or value that is wrong."""
