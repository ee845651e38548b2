from decimal import Decimal

import pytest

from app.authoring.yaml_source import exact, read_yaml


def read(tmp_path, content: str | bytes):
    path = tmp_path / "a.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_yaml(path, "a.yaml")


def test_numbers_are_exact_and_words_stay_words(tmp_path):
    file, faults = read(
        tmp_path, 'a: 0.30\nb: 2.0\nc: -7\nd: "1.5"\ne: no\nf: NO\ng: on\nh: 2026-11-25\ni: null\nj: true\nk: 12:30\n'
    )
    assert faults == ()
    assert file.data == {
        "a": Decimal("0.3"),
        "b": 2,
        "c": -7,
        "d": "1.5",
        "e": "no",
        "f": "NO",
        "g": "on",
        "h": "2026-11-25",
        "i": None,
        "j": True,
        "k": "12:30",
    }
    assert isinstance(file.data["b"], int)


def test_a_wrapped_sentence_is_one_line(tmp_path):
    file, _ = read(tmp_path, "a: >-\n  one\n  two\nb: |\n  three\n  four\nc: five\n  six\n")
    assert file.data == {"a": "one two", "b": "three four", "c": "five six"}


@pytest.mark.parametrize(
    ("content", "code", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3\n", "yaml-duplicate-key", 3, 1),
        ("x:\n- {a: 1, a: 2}\n", "yaml-duplicate-key", 2, 10),
        ("a: [1, 2\nb: 3\n", "yaml-syntax", 2, 2),
        ("a: 1e3\n", "yaml-value", 1, 4),
        ("a: .inf\n", "yaml-value", 1, 4),
        ("a: .nan\n", "yaml-value", 1, 4),
        ("a: 007\n", "yaml-value", 1, 4),
        ("a: 0x1F\n", "yaml-value", 1, 4),
        ("a: True\n", "yaml-value", 1, 4),
        ("1: a\n", "yaml-key", 1, 1),
        ("true: a\n", "yaml-key", 1, 1),
        ("a: &x 1\nb: *x\n", "yaml-anchor", 1, 4),
        ("a: {b: 1}\n<<: {c: 2}\n", "yaml-key", 2, 1),
        ("a: !!python/object:os.system x\n", "yaml-value", 1, 4),
        ('a: "x\\u202Ey"\n', "invisible-character", 1, 4),
        ('a: "x\\uD800y"\n', "invisible-character", 1, 4),
        (b"a: \xff\n", "not-utf-8", 1, 1),
        ("--- 1\n--- 2\n", "yaml-syntax", 2, 1),
        ("a: " + "[" * 5000, "yaml-too-deep", 1, 1),
    ],
)
def test_what_could_be_misread_is_refused_at_its_place(tmp_path, content, code, line, column):
    _, faults = read(tmp_path, content)
    assert [(fault.code, fault.line, fault.column) for fault in faults][:1] == [(code, line, column)]


def test_yaml_1_1_is_not_let_in_by_a_directive(tmp_path):
    _, faults = read(tmp_path, "%YAML 1.1\n---\na: no\n")
    assert [fault.code for fault in faults] == ["yaml-value"]


def test_every_place_is_known(tmp_path):
    file, _ = read(tmp_path, "a:\n- x\n- b: {c: 1}\n")
    assert file.marks[("a", 1, "b", "c")] == (3, 7)
    assert file.reach(("a", "skipped", 1, "b", "nothing")) == ("a", 1, "b")


@pytest.mark.parametrize(
    ("given", "form"), [("1.50", "1.5"), ("3.000", "3"), ("0.0", "0"), ("100", "100"), ("-0.10", "-0.1")]
)
def test_one_number_has_one_form(given, form):
    assert str(exact(Decimal(given))) == form
