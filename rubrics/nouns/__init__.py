"""The frozen nouns, one module per kind of definition. Import them from :mod:`rubrics.model`."""
