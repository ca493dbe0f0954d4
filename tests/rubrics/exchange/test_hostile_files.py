"""Files that were made to break a reader, or broke on the way: refused by name, at once, and nothing else happens."""

from __future__ import annotations

import json

import pytest
from golden import GOLDEN, SAMPLES

from rubrics import codes
from rubrics.errors import ExchangeError
from rubrics.exchange import formats
from rubrics.exchange.json_text import load
from rubrics.exchange.texts import LIMIT

LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><rubric>&b;</rubric>'


def refused(format: str, data: str | bytes) -> ExchangeError:
    with pytest.raises(ExchangeError) as caught:
        formats.read(format, data, source="upload")
    assert caught.value.values["source"] == "upload"
    assert tuple(caught.value.values) == codes.REFUSALS[caught.value.code]
    return caught.value


@pytest.mark.parametrize(
    "declaration",
    [
        LAUGHS,
        '<!DOCTYPE r SYSTEM "file:///etc/passwd"><rubric/>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1/">]><rubric>&x;</rubric>',
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1/"> %p;]><rubric/>',
        "<!DOCTYPE rubric><rubric/>",
    ],
)
def test_a_document_type_is_refused_before_any_entity_is_read(declaration: str) -> None:
    error = refused("ora2-xml", declaration)
    assert error.code == "exchange.unsafe_xml"
    assert error.values["where"] == "line 1"


@pytest.mark.parametrize("format", formats.FORMATS)
def test_ten_megabytes_are_refused_unread(format: str) -> None:
    assert refused(format, b"x" * 10_000_000).code == "exchange.too_large"
    assert refused(format, "x" * (LIMIT + 1)).values["found"] == str(LIMIT + 1)


@pytest.mark.parametrize("format", ["case", "ora2-json"])
@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":['])
def test_deep_json_is_refused(format: str, opening: str) -> None:
    assert refused(format, opening * 100_000).code == "exchange.too_deep"


def test_deep_xml_is_refused() -> None:
    error = refused("ora2-xml", "<rubric>" + "<a>" * 100_000)
    assert error.code == "exchange.too_deep"


def test_brackets_inside_a_text_are_not_depth() -> None:
    assert load(json.dumps("[" * 500 + '"{{{\\'), source="x") == "[" * 500 + '"{{{\\'


def test_many_unfinished_texts_do_not_make_the_depth_check_slow() -> None:
    assert refused("case", '"' + '\\"' * 400_000).code == "exchange.syntax"


@pytest.mark.parametrize(
    "number",
    ["NaN", "Infinity", "-Infinity", "1e999", "1e99999999999999999999", "1" * 40, "1e-30", "9" * 5000],
)
def test_a_number_nobody_means_is_refused(number: str) -> None:
    text = (GOLDEN / "case-package.json").read_text(encoding="utf-8").replace("1.75", number)
    error = refused("case", text)
    assert (error.code, error.values["where"]) == ("exchange.wrong_value", "line 42")


@pytest.mark.parametrize("format", ["case", "ora2-json"])
def test_a_key_that_stands_twice_is_refused(format: str) -> None:
    error = refused(format, '{"criteria": [], "criteria": []}')
    assert (error.code, error.values["found"]) == ("exchange.duplicate", "'criteria'")


@pytest.mark.parametrize(("name", "format"), SAMPLES.items())
def test_a_nul_byte_is_refused_with_its_line(name: str, format: str) -> None:
    data = (GOLDEN / name).read_bytes().replace(b"Talking", b"Tal\0king").replace(b"third", b"th\0ird")
    error = refused(format, data)
    assert (error.code, error.values["found"]) == ("exchange.wrong_character", "U+0000")
    assert "line " in str(error.values["where"])


@pytest.mark.parametrize("escape", [r"\u0000", r"\ud800", r"\uffff", r"\u001b"])
def test_a_character_hidden_in_an_escape_is_refused(escape: str) -> None:
    text = (GOLDEN / "case-package.json").read_text(encoding="utf-8").replace("Secure", escape)
    assert refused("case", text).code == "exchange.wrong_character"


@pytest.mark.parametrize(("name", "format"), SAMPLES.items())
@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "latin-1"])
def test_another_encoding_is_refused_with_the_byte_where_it_shows(
    name: str, format: str, encoding: str
) -> None:
    text = (
        (GOLDEN / name)
        .read_text(encoding="utf-8-sig")
        .replace("Talking", "é谈话" if encoding != "latin-1" else "é")
    )
    text = text.replace("third", "é").replace("如", "r").replace("第三段", "p")
    error = refused(format, text.encode(encoding))
    assert error.code in ("exchange.wrong_encoding", "exchange.wrong_character")


def test_xml_that_declares_another_encoding_is_read_as_the_utf_8_it_is() -> None:
    text = (GOLDEN / "ora2-block.xml").read_text(encoding="utf-8")
    declared = '<?xml version="1.0" encoding="gb2312"?>\n' + text
    assert formats.read("ora2-xml", declared.encode()).sheet == formats.read("ora2-xml", text).sheet


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("case", ""),
        ("case", "{"),
        ("case", '{"a": 1,}'),
        ("ora2-json", "'"),
        ("ora2-xml", ""),
        ("ora2-xml", "<rubric>"),
        ("ora2-xml", "<rubric>&nothing;</rubric>"),
        ("ora2-xml", "<rubric/><rubric/>"),
        ("canvas", 'Rubric Name,"x'),
        ("canvas", 'Rubric Name,"x"y'),
    ],
)
def test_a_broken_file_is_refused_with_its_line(format: str, text: str) -> None:
    error = refused(format, text)
    assert error.code == "exchange.syntax"
    assert str(error.values["where"]).startswith(("line ", "row "))
    assert str(error) == (
        f"upload: {error.values['where']}: expected {error.values['expected']}; "
        f"found {error.values['found']} [exchange.syntax]"
    )


@pytest.mark.parametrize("data", ["", " ", "[]", "{}", '{"a": 1}', "name,points\n", b"PK\x03\x04"])
def test_a_file_of_no_known_format_is_not_guessed_at(data: str | bytes) -> None:
    with pytest.raises(ExchangeError) as caught:
        formats.guess(data)
    assert caught.value.code in ("exchange.unknown_format", "exchange.wrong_character")


def test_a_format_nobody_knows_is_refused_with_those_that_are_known() -> None:
    assert refused("qti", "x").values["expected"] == "case, ora2-xml, ora2-json, canvas"


def test_a_refusal_repeats_only_a_piece_of_the_file() -> None:
    error = refused("ora2-json", json.dumps({"criteria": "x" * 5000}))
    assert len(str(error)) < 300


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("ora2-xml", "<rubric>" + "<a/>" * 100_000 + "</rubric>"),
        ("ora2-xml", "<rubric>" + '<criterion feedback="required"><name>a</name><prompt/></criterion>' * 12_000
                     + "</rubric>"),
        ("ora2-json", json.dumps({"criteria": [{"name": str(at), "feedback": "required"} for at in range(10_000)]})),
        ("canvas", "Rubric Name,Criteria Name,Criteria Description,Criteria Enable Range"
                   + ",Rating Name,Rating Description,Rating Points" * 10_000 + "\nR,A,,,G,g,1" * 20_000),
        ("canvas", "Rubric Name,Criteria Name,Criteria Description,Criteria Enable Range"
                   + ",Rating Name,Rating Description,Rating Points" + "\nR,A,,,G,g,1" * 20_000),
    ],
)  # fmt: skip
def test_a_file_of_many_small_things_is_refused_in_the_time_it_takes_to_read_it(
    format: str, text: str
) -> None:
    assert len(text) <= LIMIT
    assert refused(format, text).code in ("exchange.too_large", "exchange.missing", "exchange.duplicate")
