"""Examples that use datastoresync as a project of its own would."""
