"""Makes a suite of the examples in the documentation of the keywords: each becomes a test."""

from __future__ import annotations

from pathlib import Path

from robot.api.deco import keyword, library
from robot.libdoc import LibraryDocumentation

HERE = Path(__file__).resolve().parent
HEAD = f"""*** Settings ***
Documentation       The examples of all keywords, taken from their documentation.

Library             CanLibrary
Library             {HERE / "Partner.py"}
Library             {HERE / "IsoTpPartner.py"}


*** Test Cases ***
"""
TAIL = """
*** Keywords ***
Open Partners
    Close All Can Buses
    Open Partner
    Open IsoTp Partner
    IsoTp Partner Answers    1003    50 03 00 32 01 F4
    IsoTp Partner Answers    22F190    62 F1 90 57 42 41
    IsoTp Partner Answers    3E00    7E 00
"""
SIMULATED_HEAD = """*** Settings ***
Documentation       The examples of all keywords, on buses with nothing but simulated ECUs.

Library             CanLibrary


*** Test Cases ***
"""
SIMULATED_TAIL = """
*** Keywords ***
Open Partners
    Close All Can Buses
    Open Can Bus    network    channel=0
    Start Simulated Ecu    partner    bus=network    txid=0x7E8    rxid=0x7E0
    Simulated Ecu Answers Request    partner    10 03    50 03 00 32 01 F4
    Simulated Ecu Answers Request    partner    22 F1 90    62 F1 90 57 42 41
    Simulated Ecu Answers Request    partner    3E 00    7E 00
    Open Can Bus    can    channel=0
"""
# A keyword that only receives finds messages that came by themselves, again and again.
TALK = """\
    VAR    @{talk}    100#01    7E8#065003003201F4    7E8#0662F190574241
    Partner Sends    @{{ $talk * 150 }}    after=1 ms    gap=10 ms
"""
SIMULATED_TALK = """\
    Start Periodic Message    0x100    01    period=10 ms    ecu=partner
    Start Periodic Message    0x7E8    06 50 03 00 32 01 F4    period=10 ms    offset=3 ms    ecu=partner
    Start Periodic Message    0x7E8    06 62 F1 90 57 42 41    period=10 ms    offset=6 ms    ecu=partner
"""
CONNECTION = "    Open IsoTp Connection    diag    txid=0x7E0    rxid=0x7E8\n"


@library(scope="GLOBAL")
class Examples:
    """One keyword."""

    @keyword
    def write_suite_of_examples(self, path: Path, *, simulated: bool = False) -> list[str]:
        """Writes the suite and returns the names of its tests, which are those of the keywords.

        The partners are foreign stacks, or simulated ECUs.
        """
        keywords = LibraryDocumentation("CanLibrary").keywords
        head, tail, talk = (
            (SIMULATED_HEAD, SIMULATED_TAIL, SIMULATED_TALK) if simulated else (HEAD, TAIL, TALK)
        )
        tests = [_test(single.name, _example(single.doc), talk) for single in keywords]
        path.write_text(head + "\n".join(tests) + tail, encoding="utf-8")
        return [single.name for single in keywords]


def _example(doc: str) -> list[str]:
    """Return the lines of the example: those that begin with a bar after `Example:`."""
    lines = doc.partition("Example:")[2].strip().splitlines()
    return [line[2:].replace("`", "") for line in lines if line.startswith("| ")]


def _test(name: str, example: list[str], talk: str) -> str:
    if not example:
        return f"{name}\n    Fail    The documentation of {name} has no example.\n"
    body = "    Open Partners\n"
    if "IsoTp" in name and not any("Open IsoTp Connection" in line for line in example):
        body += CONNECTION
    if name.startswith(("Receive ", "Wait For ", "Set Can Mark")):
        body += talk
    return f"{name}\n{body}" + "".join(f"    {line}\n" for line in example)
