"""Evidence into HTML: one Jinja environment per language, all escaped, nothing undefined let through."""

from __future__ import annotations

import itertools
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import jinja2
import segno
from markupsafe import Markup

from .codec import plain
from .wording import translations

ROOT = Path(__file__).parent
_MONTHS = "January February March April May June July August September October November December"


def fill(template: str, *, lang: str, **values: object) -> str:
    """Refuses a template that names a value it was not given: a silent gap on paper is a false statement."""
    return _environment(lang).get_template(template).render(lang=lang, **values)


@cache
def _environment(lang: str) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([ROOT / "templates", ROOT / "theme"]),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = translations(lang)
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(
        amount=amount, score=score, strong=strong, moment=moment, qr=qr, grouped=grouped
    )
    environment.filters["day"] = lambda value: day(value, pattern=words.gettext("{day} {month} {year}"))
    environment.filters["in_lang"] = lambda words_: words_.text(lang)
    return environment


def amount(value: Decimal) -> str:
    """Hours as they are: `2`, `2.5`; never rounded."""
    return plain(value)


def grouped(number: str) -> str:
    """A certificate number in groups that can be read out: issuer, year, area, then fours and the check character.

    A number of another shape stays as it is.
    """
    if len(number) != 23 or not number.isalnum():
        return number
    cuts = (0, 4, 8, 14, 18, 22, 23)
    return "-".join(number[start:end] for start, end in itertools.pairwise(cuts))


def strong(text: str) -> Markup:
    return Markup("<b>{}</b>").format(text)


def score(value: Decimal) -> str:
    """At least one decimal place and never rounded: 59.96 must not read as 60.0."""
    text = plain(value)
    return text if "." in text else f"{text}.0"


def day(value: date, *, pattern: str) -> str:
    return pattern.format(
        year=value.year, month=_MONTHS.split()[value.month - 1], number=value.month, day=value.day
    )


def moment(value: datetime) -> str:
    """To the minute, with the offset from UTC, so that two offices read the same moment."""
    return value.isoformat(sep=" ", timespec="minutes")


def qr(address: str) -> Markup:
    """A QR code as vector drawing: level M still reads from creased paper; quiet zone included."""
    code = segno.make(address, error="m", mask=0, micro=False, boost_error=False)
    return Markup(code.svg_inline(border=4, omitsize=True))  # noqa: S704
