"""Files that nobody should trust: one sentence, no traceback, no code run, no long wait."""

import os
import random
import re
import time
from pathlib import Path

import pytest
import yaml

from CanLibrary.config import find_mistakes, load_bench
from CanLibrary.errors import ConfigurationError

EXAMPLE = Path(__file__).parents[2] / "resources" / "bench.yaml"
LONGEST_WAIT = 20  # seconds; 1 MB of the slowest text took 2.4 on the machine where this was written


@pytest.fixture
def said(tmp_path, monkeypatch):
    """Return a function that writes a file and gives the one sentence with which it is refused."""
    monkeypatch.chdir(tmp_path)

    def sentence(content):
        Path("b.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
        began = time.monotonic()
        with pytest.raises(ConfigurationError) as caught:
            load_bench("b.yaml")
        assert time.monotonic() - began < LONGEST_WAIT
        assert find_mistakes("b.yaml") == [str(caught.value)]
        return str(caught.value).removeprefix("b.yaml: ")

    return sentence


def laughs(begin, join, end):
    """Return ten anchors of which each repeats the one before ten times."""
    lines = [f"a: &a {begin}x: 1{end}"]
    for name, before in zip("bcdefghijk", "abcdefghij", strict=True):
        lines.append(f"{name}: &{name} {join(','.join([f'*{before}'] * 10))}")
    return "\n".join(lines)


REFUSED = [
    ("", "it is empty; a bench begins with export:."),
    (" \n\t\n", "it is empty; a bench begins with export:."),
    (b"\xef\xbb\xbf", "it is empty; a bench begins with export:."),
    (b"export:\n  a\0b: 1", "it is no text: it contains NUL bytes."),
    (b"\x7fELF\x02\x01\x01\x00\x00", "it is no text: it contains NUL bytes."),
    ("export: {}".encode("utf-16"), "it is no text: it contains NUL bytes."),
    (b"export:\n  b\xfcs: 1", "line 2: it is not UTF-8 text; save it as UTF-8."),
    (b"export:\n  a: \x07", "line 2, column 6: the character 0x07 is not allowed in YAML."),
    (b"#" * 1_000_001, "it is larger than 1 MB, which no bench is."),
    (
        "export: {}\n---\nexport: {}",
        "line 2, column 1: a second document begins here; a bench is one document.",
    ),
    (
        "export:\n  a: {type: Can}\n  b: 1\n  a: {}",
        "line 4, column 3: the key 'a' is there twice (first on line 2).",
    ),
    ("{a: 1, a: 2}", "line 1, column 8: the key 'a' is there twice (first on line 1)."),
    (
        "a: {b: {<<: {x: 1}, y: 1, y: 2}}",
        "line 1, column 27: the key 'y' is there twice (first on line 1).",
    ),
    ("a: &a [*a]", "line 1, column 8: an alias (*) contains itself."),
    ("export: &a\n  <<: *a", "line 2, column 7: an alias (*) contains itself."),
    ("[" * 41, "line 1, column 41: this is nested more than 40 levels deep."),
    ("{" * 500_000, "line 1, column 41: this is nested more than 40 levels deep."),
    (
        f"a: &a {'[' * 25}{']' * 25}\nb: {'[' * 20}*a{']' * 20}",
        "line 2, column 24: this is nested more than 40 levels deep.",
    ),
    ("- " * 100_000, "line 1, column 81: this is nested more than 40 levels deep."),
    (
        "- x\n" * 30_000,
        "line 20000, column 3: there are more than 20000 values, aliases (*) written out.",
    ),
    (
        laughs("{", "[{}]".format, "}"),
        "line 5, column 17: there are more than 20000 values, aliases (*) written out.",
    ),
    (
        laughs("{", "{{<<: [{}]}}".format, "}"),
        "line 5, column 22: there are more than 20000 values, aliases (*) written out.",
    ),
    ("export:\n\tbody: 1", "line 2, column 1: a tab stands where YAML wants blanks."),
    (
        "export: a: b",
        "line 1, column 10: a second ':' on the line; quote the text, or check the indentation.",
    ),
    (
        "export:\n  body\n  diag: 1",
        "line 3, column 7: a second ':' on the line; quote the text, or check the indentation.",
    ),
    ("export:\n  a: 1\n  body\n", "line 4, column 1: a key has no ':' behind it."),
    (
        "export:\n   a: 1\n  b: 2",
        "line 3, column 3: this does not line up with what stands above; check the indentation.",
    ),
    ("export: {a: 1", "line 1, column 14: the file ends before a bracket is closed."),
    ("export: 'a", "line 1, column 11: a quotation mark is not closed."),
    ("export: @a", "line 1, column 9: no text may begin with this character; quote the text."),
    ('a: "\\x', "line 1, column 7: the file ends in the middle of a value."),
    ('a: "\\U00110000"', "line 1, column 7: an escape or a number here stands for nothing."),
    (f"%YAML {'9' * 5000}.1\n---\na", "line 1, column 7: an escape or a number here stands for nothing."),
    ("token: *s3cr3t", "line 1, column 8: found undefined alias."),
    (
        "token: !s3cr3t x",
        "line 1, column 8: unknown tag; a bench holds plain values, so quote text that begins with '!'.",
    ),
    ("? [a]\n: b", "line 1, column 3: found unhashable key."),
]


@pytest.mark.parametrize(("content", "sentence"), REFUSED, ids=range(len(REFUSED)))
def test_a_file_that_cannot_be_read(said, content, sentence):
    assert said(content) == sentence


@pytest.mark.parametrize(
    "tag", ["python/object/apply:os.system", "python/object/new:os.system", "python/name:os.system"]
)
def test_no_code_is_run(said, tag, tmp_path):
    assert said(f"export: !!{tag} ['touch {tmp_path}/ran']") == (
        f"line 1, column 9: the tag !!{tag} would run Python code; a bench holds plain values."
    )
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "value",
    [
        "!!int ''",
        "!!int x",
        "!!float x",
        "!!bool x",
        "!!timestamp x",
        "!!binary aGk=",
        "2024-99-99",
        "0x_",
        "=",
        "1:2:3.5",
        '"\\ud800"',
        pytest.param("0x" + "f" * 100_000, id="hexadecimal"),
        pytest.param("9" * 100_000, id="digits"),
        pytest.param(":".join(["1"] * 10_000), id="base 60"),
    ],
)
def test_values_at_which_pyyaml_stumbles_are_text(tmp_path, value):
    path = tmp_path / "b.yaml"
    path.write_text(f"export: {{a: {{type: Can, config: {{interface: virtual, serial: {value}}}}}}}")
    serial = load_bench(path).buses["a"].options["serial"]
    assert isinstance(serial, bytes if "binary" in value else str)


def test_paths_that_are_no_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_mistakes("no.yaml") == ["no.yaml: there is no such file."]
    assert find_mistakes("") == [": there is no such file."]
    assert find_mistakes(tmp_path) == [f"{tmp_path}: it is a directory, not a file."]
    assert find_mistakes("a\0b") == ["a b: this is no path of a file."]
    assert find_mistakes("a" * 5000)[0].startswith("aaaa")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX")
@pytest.mark.parametrize("path", ["pipe", "/dev/zero"])
def test_a_pipe_or_a_device_is_not_waited_for(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    assert find_mistakes(path) == [f"{path}: it is a device or a pipe, not a file."]


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="permissions of POSIX")
def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("b.yaml").write_text("export: {}")
    Path("b.yaml").chmod(0)
    before = os.geteuid()
    if before == 0:  # root may read everything
        os.seteuid(65534)
    try:
        assert find_mistakes("b.yaml") == ["b.yaml: it may not be read (permission denied)."]
    finally:
        os.seteuid(before)


def check_calm(path):
    """Check that the answer is descriptions or sentences, whatever is in the file."""
    mistakes = find_mistakes(path)
    for sentence in mistakes:
        assert sentence.startswith(f"{path}: ")
        assert not re.search(r"[\x00-\x1f\x7f-\x9f]", sentence)
        sentence.encode()  # fails at half a surrogate pair
        assert len(sentence) < 700
    if mistakes:
        with pytest.raises(ConfigurationError) as caught:
            load_bench(path)
        assert str(caught.value).startswith(mistakes[0])
    else:
        load_bench(path)


def test_random_bytes(tmp_path):
    chance = random.Random(11898)
    alphabet = [byte.encode() for byte in "[]{}:,-?!&*#|>'\"%@ \n\t\\0x1e_.~<=aé\ufeff\x85"] + [
        b"\xff",
        b"\0",
    ]
    for _ in range(500):
        content = b"".join(chance.choices(alphabet, k=chance.randrange(1, 60)))
        (tmp_path / "b.yaml").write_bytes(content)
        check_calm(tmp_path / "b.yaml")


def test_the_example_bench_with_random_damage(tmp_path):
    chance = random.Random(15765)
    example = EXAMPLE.read_bytes()
    for _ in range(60):
        content = bytearray(example)
        for _ in range(chance.randrange(1, 8)):
            at = chance.randrange(len(content))
            content[at : at + chance.randrange(4)] = (
                chance.randbytes(1) if chance.random() < 0.2 else b"{:-&*\n "[chance.randrange(7) :][:1]
            )
        (tmp_path / "b.yaml").write_bytes(content)
        check_calm(tmp_path / "b.yaml")


ODD_VALUES = [
    None, True, 0, -1, 8, 2.5, 10**30, float("inf"), float("nan"), "", " ", "7E0", "0x7E0", "1e999999", "\ud7ff\n\x85",
    b"\x00", [], [[]], [True], {}, {"id": None}, {1: 2}, {None: 1}, "x" * 2000, {"txid": 1}, ["0x1:0x2"], "body",
]  # fmt: skip


def damaged(value, chance):
    """Return a structure in which some values and keys are others."""
    if chance.random() < 0.07:
        return chance.choice(ODD_VALUES)
    if isinstance(value, dict):
        return {
            (chance.choice([5, None, True, f"{key}x", ""]) if chance.random() < 0.03 else key): damaged(
                part, chance
            )
            for key, part in value.items()
        }
    return [damaged(part, chance) for part in value] if isinstance(value, list) else value


def test_the_example_bench_with_odd_values(tmp_path):
    chance = random.Random(2016)
    example = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    for _ in range(150):
        text = yaml.safe_dump(damaged(example, chance), allow_unicode=True)
        (tmp_path / "b.yaml").write_text(text, encoding="utf-8")
        check_calm(tmp_path / "b.yaml")
