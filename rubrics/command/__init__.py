"""The command line for authors of rubrics, ``shijie-rubric``: the one room of this package that speaks to a person."""
