"""`python tests/reports/golden_write.py`: write the golden texts anew; read the diff before committing."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from report_samples import lines_of, run  # noqa: E402

from reports.documents import appraisal, certificate  # noqa: E402
from reports.evidence import CertificateEvidence, digest, from_json  # noqa: E402
from reports.wording import LANGUAGES  # noqa: E402

GOLDEN = ROOT / "fixtures" / "golden" / "reports"


def cases() -> list[Path]:
    """The text file expected for each evidence in each language."""
    return [path.with_suffix(f".{lang}.txt") for path in sorted(GOLDEN.glob("*.json")) for lang in LANGUAGES]


def print_case(expected: Path) -> bytes:
    stem, lang, _ = expected.name.split(".")
    evidence = from_json((GOLDEN / f"{stem}.json").read_text(encoding="utf-8"))
    if isinstance(evidence, CertificateEvidence):
        return certificate.render(evidence, lang=lang)
    return appraisal.render(evidence, run=run(), lang=lang)


def main() -> None:
    for expected in cases():
        expected.write_text(lines_of(print_case(expected)), encoding="utf-8")
    digests = [
        f"{digest(from_json(path.read_text(encoding='utf-8')))}  {path.stem}\n"
        for path in sorted(GOLDEN.glob("*.json"))
    ]
    (GOLDEN / "digests.sha256").write_text("".join(digests))


if __name__ == "__main__":
    main()
