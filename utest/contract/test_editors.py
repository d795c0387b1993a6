"""RIDE and RobotCode: they construct the library, with its arguments and without, and keep it as long as they run."""

import inspect
import threading

import pytest

from CanLibrary import CanLibrary, CanLibraryError

# An import that raises leaves an editor without keywords, and a run with nothing but "No keyword with name …".
BAD_IMPORTS = [
    ({"config": "no such file.yaml"}, "no such file.yaml: there is no such file."),
    (
        {"config": "bench.yaml", "interface": "virtual"},
        "config= and interface= exclude each other: the file describes the buses.",
    ),
    (
        {"timeout": "soon"},
        "timeout='soon' is not possible: timeout is a time such as 0.05 (seconds) or '50 ms'.",
    ),
    (
        {"auto_close": "NEVER"},
        "auto_close='NEVER' is not possible: auto_close is one of TEST, SUITE, MANUAL.",
    ),
    ({"trace_size": "many"}, "trace_size='many' is not possible: trace_size is an integer."),
    ({"bitrate": "fast"}, "bitrate='fast' is not possible: bitrate is an integer."),
    ({"fd": "perhaps"}, "fd='perhaps' is not possible: fd is true or false."),
]
bad_imports = pytest.mark.parametrize(("arguments", "sentence"), BAD_IMPORTS, ids=lambda case: str(case)[:40])


def test_every_import_argument_is_optional():
    required = [
        name
        for name, parameter in inspect.signature(CanLibrary).parameters.items()
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    ]
    assert required == []


def test_ride_knows_the_format_of_the_documentation():
    assert CanLibrary.ROBOT_LIBRARY_DOC_FORMAT in ("ROBOT", "HTML", "TEXT", "REST")


def test_many_instances_without_robot_framework_leave_no_thread():
    before = threading.active_count()
    libraries = [CanLibrary(interface="virtual", channel=0) for _ in range(20)]
    assert {len(library.get_keyword_names()) for library in libraries} == {
        len(CanLibrary().get_keyword_names())
    }
    assert threading.active_count() == before


@bad_imports
def test_bad_import_keeps_the_keywords_and_each_fails_with_the_sentence(arguments, sentence):
    library = CanLibrary(**arguments)
    assert library.get_keyword_names() == CanLibrary().get_keyword_names()
    for name in library.get_keyword_names():
        with pytest.raises(CanLibraryError) as refusal:
            getattr(library, name)()
        assert str(refusal.value) == sentence, name


def test_bad_imports_in_a_run(python, tmp_path):
    for number, (arguments, _) in enumerate(BAD_IMPORTS):
        cells = "    ".join(f"{name}={value}" for name, value in arguments.items())
        rows = [
            "*** Settings ***",
            f"Library    CanLibrary    {cells}",
            "*** Test Cases ***",
            "Any",
            "    Stop IsoTp",
        ]
        (tmp_path / f"bad{number}.robot").write_text("\n".join(rows) + "\n", encoding="utf-8")
    run = python("-m", "robot", "--output", "NONE", "--log", "NONE", "--report", "NONE", ".", cwd=tmp_path)
    sentences = [sentence for _, sentence in BAD_IMPORTS]
    assert [
        line for line in run.stdout.splitlines() if line in sentences
    ] == sentences  # no class name before it
    assert [line for line in run.stderr.splitlines() if "[ ERROR ]" in line] == [
        f"[ ERROR ] CanLibrary cannot be used: {sentence}" for sentence in sentences
    ]


def test_bad_import_and_libdoc(python):
    run = python("-m", "robot.libdoc", "CanLibrary::config=no such file.yaml", "list")
    assert run.stdout.splitlines().count("Open Can Bus") == 1
    assert "no such file.yaml: there is no such file." in run.stderr
