"""The certificate of completion (结业证书): one landscape A4 sheet, checked by anyone through its QR code."""

from __future__ import annotations

from urllib.parse import urlsplit

from .. import pdf, typeset
from ..evidence import CertificateEvidence
from ..wording import translations
from .terms import level_word

SHEET = "certificate"
FILENAME = "certificate-{number}.pdf"


def filename(evidence: CertificateEvidence) -> str:
    return FILENAME.format(number=evidence.number)


def render(evidence: CertificateEvidence, *, lang: str = "zh-Hans") -> bytes:
    """The same bytes for the same evidence; every value the public check confirms, and no age band."""
    html = typeset.fill(
        "certificate.html",
        lang=lang,
        it=evidence,
        level=level_word(evidence.level, translations(lang)),
        host=urlsplit(evidence.verify_url).netloc,
    )
    return pdf.print_one(html, SHEET)
