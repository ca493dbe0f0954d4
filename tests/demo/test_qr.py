"""The demo's telephone reads what a QR code says from its modules."""

from __future__ import annotations

import pytest
import segno

from lti_tools.demo import qr


@pytest.mark.parametrize("level", ["l", "m", "q", "h"])
@pytest.mark.parametrize("length", [5, 17, 32, 44, 58])
def test_a_code_says_what_was_written_into_it(level: str, length: int) -> None:
    written = ("http://127.0.0.1:8000/s/aZ0-_" + "xY9_-" * 20)[:length]
    code = segno.make(written, error=level, micro=False, boost_error=False, mode="byte")
    assert qr.text_of(code.svg_data_uri(border=4, omitsize=True)) == written


@pytest.mark.parametrize("mask", range(8))
def test_every_mask_is_taken_off(mask: int) -> None:
    code = segno.make("http://127.0.0.1:8000/s/secret", error="m", micro=False, mask=mask)
    assert qr.text_of(code.svg_data_uri(border=4)) == "http://127.0.0.1:8000/s/secret"


def test_what_is_no_code_or_too_large_a_one_is_refused() -> None:
    with pytest.raises(ValueError, match="no drawing"):
        qr.text_of("data:image/svg+xml,%3Csvg%3E%3C/svg%3E")
    large = segno.make("x" * 200, error="m", micro=False)
    with pytest.raises(ValueError, match="modules"):
        qr.text_of(large.svg_data_uri(border=4))
