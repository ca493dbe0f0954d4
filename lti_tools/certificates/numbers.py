"""Certificate numbers: issuer (4), year (4), area (6), random (8, base 36) and an ISO 7064 MOD 37,36 check character.

Nothing in a number says tier or result, and numbers do not follow one another.
"""

from __future__ import annotations

import re
import secrets
import string
import unicodedata

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_37_36

from reports import typeset

BASE36 = string.digits + string.ascii_uppercase
SHAPE = re.compile(r"[0-9A-Z]{4}[0-9]{4}[0-9]{6}[0-9A-Z]{8}[0-9A-Z]")


def new(*, issuer: str, year: int, area_code: str) -> str:
    random = "".join(secrets.choice(BASE36) for _ in range(8))
    body = f"{issuer:0<4.4}{year:04d}{area_code:0>6.6}{random}".upper()
    return body + str(mod_37_36.calc_check_digit(body))


def normal(typed: str) -> str:
    """What a person typed, without spaces and dashes, full-width letters folded, in capitals."""
    return re.sub(r"[\s\-—–·]", "", unicodedata.normalize("NFKC", typed)).upper()


def valid(number: str) -> bool:
    """True when shape and check character fit; a mistyped number is told from an unknown one."""
    if not SHAPE.fullmatch(number):
        return False
    try:
        mod_37_36.validate(number)
    except ValidationError:
        return False
    return True


def shown(number: str) -> str:
    """As it stands on the paper."""
    return typeset.grouped(number)
