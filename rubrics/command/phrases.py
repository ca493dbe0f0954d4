"""What the parsers expected, in the person's language.

Parsers state expectations in English with names and numbers in between. Each pattern here is one of their phrases; a
test reads them out of the parsers and refuses one without its pattern.
"""

from __future__ import annotations

import re
from functools import cache
from gettext import gettext as _


def N_(text: str) -> str:
    """Marks a text for the catalogue that is looked up only when it is said."""
    return text


#: More particular phrases stand before more general ones.
PHRASES = (
    N_("nothing"),
    N_("text"),
    N_("a number"),
    N_("a whole number"),
    N_("true or false"),
    N_("a table"),
    N_("a list of texts"),
    N_("a list of tables"),
    N_("each entry once"),
    N_("each id once"),
    N_("text without blanks around it, not empty"),
    N_("text without control characters and invisible signs"),
    N_("a list of at least {least} texts, none empty"),
    N_("a list of at least {least} tables"),
    N_("text without control characters and invisible signs"),
    N_("a number of at least {least}"),
    N_("a number of at most {most}"),
    N_("a whole number of at most {most}"),
    N_("tables or lists nested too deeply"),
    N_("a number too long to read"),
    N_("more than {most} characters"),
    N_("half of a character, as when bytes are not UTF-8"),
    N_("a number of at most {most}"),
    N_("a whole number of at most {most}"),
    N_("a number from {least} to {most}"),
    N_("a whole number of at least {least}"),
    N_("a whole number from {least} to {most}"),
    N_("lower-case words joined by hyphens"),
    N_("at most {most} characters"),
    N_("the path <key>/v<version>.toml"),
    N_("a larger share for a higher level"),
    N_("every level of the scale described once: {levels}"),
    N_("weights that add up to {total}"),
    N_("the bands {bands} in this order"),
    N_("a smaller min for each next band, and 0 for the last"),
    N_("levels from the highest down, with any_of on every level but the last"),
    N_("a question about every ability and every axis"),
    N_("a question about every indicator"),
    N_("a question of every kind"),
    N_("a specialist's check of every ability demanded hands-on"),
    N_("an item of the level above"),
    N_("bands from 0 upwards that follow one another, the last without max"),
    N_("one slot for each of the {lessons} lessons"),
    N_("no task that is required too"),
    N_("{hours}, the sum over the required tasks"),
    N_("either tier or steps"),
    N_("points for every level or for none"),
    N_("points for every level, because the scale has no shares"),
    N_("only in options of a screen task"),
    N_("the highest level to earn the weight {weight}"),
    N_("no {key} for a criterion that is feedback_only"),
    N_("no {key} in a criterion that may be left out"),
    N_("a criterion that counts in every lesson and states no points: {criteria}"),
    N_("said, answered, outside and hands_on, each at most the one before"),
    N_("bands from the highest least down to 0"),
    N_("a way in skills that demands hands_on"),
    N_("questions a teacher answers alone"),
    N_("no check, or the kind hands_on"),
    N_("false in a screen task"),
    N_(
        "right_least falling from at most {steps} to 0, without {but} beside {all}"
        " (no order has all but one step in place)"
    ),
    N_("no steps, or the check screen"),
    N_("{flag}: one activity never counts twice"),
    N_("{flag}: hours earned are never lost"),
    N_("more than 0, at most 1"),
    N_("hard = true beside it"),
    N_("a number with at most {places} places after the point"),
    N_("no step, because no level has a range from least to most"),
    N_("most of level {lower} to be smaller than least of level {higher}"),
    N_("at least one rubric"),
    N_("another identifier"),
    N_("an object"),
    N_("a list of objects"),
    N_("text, not empty"),
    N_("each key once"),
    N_("at most {number} levels"),
    N_("at most {number} bytes"),
    N_("at most {number} ratings"),
    N_("a number of ordinary size"),
    N_("text without control characters"),
    N_("CSV with commas"),
    N_("the header of Canvas's template"),
    N_("as many of {names}"),
    N_("the column {name} once"),
    N_("at least one rating"),
    N_("at least one criterion with levels"),
    N_("a criterion with levels"),
    N_("points"),
    N_("points from 0"),
    N_("points that add up to at least 1"),
    N_("{number} levels, as many as any criterion has"),
    N_("different points for each level"),
    N_("at least {points} for the best level"),
    N_("none"),
    N_("neither"),
    N_("more"),
    N_("points, such as 5, 1.75 or 1,75"),
    N_("whole points from 0"),
    N_("whole points, or scale=True"),
    N_("at least one criterion"),
    N_("each name once"),
    N_("one of the two"),
    N_('options or feedback "required"'),
    N_('<option> or feedback="required"'),
    N_("no document type"),
    "<{element}>",
    "TOML",
    "XML",
    "JSON",
    "UTF-8",
    N_("one of {names}"),
    N_("only {names}"),
    # What Python's readers say.
    N_("full-width {sign} (at line {line}, column {column})"),
    N_("Invalid value (at line {line}, column {column})"),
    N_("Expected '=' after a key in a key/value pair (at line {line}, column {column})"),
    N_("Expected newline or end of document after a statement (at line {line}, column {column})"),
    N_("Expected ']' at the end of a table declaration (at line {line}, column {column})"),
    N_("Expected ']]' at the end of an array declaration (at line {line}, column {column})"),
    N_("Cannot overwrite a value (at line {line}, column {column})"),
    N_("Cannot declare {name} twice (at line {line}, column {column})"),
    N_("Unclosed array (at line {line}, column {column})"),
    N_("Unclosed inline table (at line {line}, column {column})"),
    N_("Unterminated string (at line {line}, column {column})"),
    N_("Invalid statement (at line {line}, column {column})"),
    N_("Illegal character {character} (at line {line}, column {column})"),
    N_("{problem} (at end of document)"),
    N_("undefined entity"),
    N_("mismatched tag"),
    N_("no element found"),
    N_("unexpected end of data"),
    N_("Expecting value"),
    N_("Expecting ',' delimiter"),
    N_("Expecting ':' delimiter"),
    N_("Expecting property name enclosed in double quotes"),
    N_("Unterminated string starting at"),
    N_("Extra data"),
)

#: Where in a file of another system something stands; names of criteria and paths stay as they are.
PLACES = (
    N_("file"),
    N_("file, line {line}"),
    N_("line {line}, column {column}"),
    N_("line {line}"),
    N_("line {line}, <{element}>"),
    N_("row {row}, column {column}"),
    N_("row {row}"),
    N_("an object"),
    N_("byte {number}"),
    N_("character {number}"),
)

_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def phrase(text: str) -> str:
    """The phrase in the language that is spoken; the text itself where no pattern fits."""
    return _said(text, PHRASES)


def place(text: str) -> str:
    """Likewise for a place in a file."""
    return _said(text, PLACES)


def _said(text: str, templates: tuple[str, ...]) -> str:
    for template, pattern in _patterns(templates):
        if found := pattern.fullmatch(text):
            return _(template).format(**found.groupdict())
    return text


def known(text: str) -> bool:
    """Whether one of the phrases fits."""
    return any(pattern.fullmatch(text) for _template, pattern in _patterns(PHRASES))


def line_in(text: str) -> str:
    """The line that a message about TOML names, or nothing."""
    found = _LINE.search(text)
    return found[1] if found else ""


@cache
def _patterns(templates: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((template, _pattern(template)) for template in templates)


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    regex = "".join(re.escape(part) if at % 2 == 0 else f"(?P<{part}>.*)" for at, part in enumerate(parts))
    return re.compile(regex, re.DOTALL)
