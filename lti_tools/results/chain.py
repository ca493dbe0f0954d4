"""What of a ledger row enters the hash chain: digests and codes, nothing that names a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from decimal import Decimal

from lti_tools.audit.api import Row, canonical_text, lines, moment, pages, salted
from lti_tools.errors import ShijieError
from lti_tools.results.models import LedgerEntry

CHAIN = "results"
NOTHING = "\n\n\n{}"


def plain(value: object) -> object:
    """The JSON form that is stored and hashed: decimals become text.

    Refuses binary fractions, and the character NUL, which PostgreSQL cannot store in JSON.
    """
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float):
        raise ShijieError("results.float_refused", value=value)
    if isinstance(value, Mapping):
        return {_text(str(key)): plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, int):
        return value
    return _text(str(value))


def _text(value: str) -> str:
    if "\x00" in value:
        raise ShijieError("results.nul_refused")
    return value


def person_digest(entry: LedgerEntry) -> str:
    return salted(entry.person_id.hex if entry.person_id else "", entry.salt)


def content_digest(entry: LedgerEntry) -> str:
    """Covers everything an erasure takes away except the person, who has a digest of their own."""
    enrolment = entry.enrolment_id.hex if entry.enrolment_id else ""
    content = (enrolment, entry.school_code, entry.school_name, canonical_text(entry.value))
    return salted("\n".join(content), entry.salt)


def text_of(entry: LedgerEntry) -> str:
    """The columns that are hashed, one a line; `rows` has the database put the same text together."""
    columns = (
        entry.id.hex,
        entry.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
        entry.kind,
        entry.programme_id.hex,
        entry.definition_key,
        str(entry.definition_version),
        entry.definition_hash,
        entry.idempotency_key,
        entry.person_digest,
        entry.content_digest,
    )
    return "\n".join(columns)


def rows(after: int) -> Iterator[Row]:
    """Rows for the chain check, each with whether its plain columns are those the digests were made of."""
    text = lines(
        _hex("id"),
        moment("at"),
        "kind",
        _hex("programme_id"),
        "definition_key",
        "CAST(definition_version AS text)",
        "definition_hash",
        "idempotency_key",
        "person_digest",
        "content_digest",
    )
    person = f"coalesce({_hex('person_id')}, '')"
    content = lines(f"coalesce({_hex('enrolment_id')}, '')", "school_code", "school_name", "value")
    columns = f"seq, previous, hash, {text}, {person}, {content}, salt, person_digest, content_digest"
    select = f"SELECT {columns} FROM shijie_ledgerentry"  # noqa: S608
    for page in pages(select, after=after):
        for seq, previous, value, hashed, *held in page:
            yield seq, previous, value, hashed, _honest(*held)


def _hex(column: str) -> str:
    """SQL for a UUID as 32 digits, however the database keeps it."""
    return f"replace(CAST({column} AS text), '-', '')"


def _honest(person: str, content: str, salt: str, person_digest: str, content_digest: str) -> bool:
    """Whether digests and columns agree; an erased row holds nothing at all."""
    if not salt:
        return not person and content == NOTHING
    try:
        return salted(person, salt) == person_digest and salted(content, salt) == content_digest
    except ValueError:
        return False
