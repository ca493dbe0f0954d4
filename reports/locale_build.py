"""`python -m reports.locale_build`: compile the documents' catalogues; exits 1 naming texts without words."""

from __future__ import annotations

import sys
from pathlib import Path

from .wording import DOMAIN, LOCALE_DIR


def compile_catalogue(source: Path) -> list[str]:
    """Write the `.mo` beside `source`; the answer lists msgids fuzzy, empty or with wrong placeholders."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    with source.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    wrong = {str(message.id) for message, _ in catalogue.check()}
    bare = {str(message.id) for message in catalogue if message.id and (not message.string or message.fuzzy)}
    return sorted(wrong | bare)


def main() -> int:
    untranslated = [
        f"{source}: {text}"
        for source in sorted(LOCALE_DIR.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
        for text in compile_catalogue(source)
    ]
    for line in untranslated:
        sys.stderr.write(line + "\n")
    return 1 if untranslated else 0


if __name__ == "__main__":
    sys.exit(main())
