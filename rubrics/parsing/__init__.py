"""From TOML or JSON text to the nouns, strictly: one module per kind. The door is :mod:`rubrics.library`."""
