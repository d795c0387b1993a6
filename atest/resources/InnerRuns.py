"""Runs suites in a Robot Framework process of their own, so that what a whole run leaves can be judged."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
import threading
from fnmatch import fnmatchcase
from pathlib import Path

from robot.api import ExecutionResult, SuiteVisitor, logger
from robot.api.deco import keyword, library
from robot.result import Message, TestCase

HERE = Path(__file__).resolve().parent
LIMIT = 120  # seconds; a run that hangs is a failure
SUSPICIOUS = re.compile(
    r"not properly shut down|Exception (in thread|ignored)|Traceback|ResourceWarning|\[ ERROR \] After "
)


class _Collector(SuiteVisitor):
    def __init__(self) -> None:
        self.tests: dict[str, TestCase] = {}
        self.warnings: list[str] = []

    def start_test(self, test: TestCase) -> None:
        self.tests[test.name] = test

    def visit_message(self, message: Message) -> None:
        if message.level in ("WARN", "ERROR"):
            self.warnings.append(message.message)


@library(scope="GLOBAL")
class InnerRuns:
    """Keywords that run a suite in a subprocess and judge its result."""

    def __init__(self) -> None:
        self._collected = _Collector()
        self._console = ""
        self._code = 0

    @keyword
    def run_inner_suite(self, path: Path, *options: str, interrupt_at: str = "") -> None:
        """Runs a suite; with ``interrupt_at`` it is interrupted when this text stands on its console."""
        with tempfile.TemporaryDirectory() as folder:
            self._run(Path(folder), [*options, str(path)], interrupt_at)

    def _run(self, folder: Path, arguments: list[str], interrupt_at: str) -> None:
        command = [sys.executable, "-W", "default::ResourceWarning", "-m", "robot", "--log", "NONE"]
        command += [
            "--report",
            "NONE",
            "--outputdir",
            str(folder),
            "--listener",
            f"{HERE / 'Leftovers.py'}:end",
        ]
        with subprocess.Popen(
            [*command, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process:
            killer = threading.Timer(LIMIT, process.kill)
            killer.start()
            printed = []
            assert process.stdout is not None
            for line in process.stdout:
                printed.append(line)
                if interrupt_at and interrupt_at in line:
                    process.send_signal(signal.SIGINT)
            self._code = process.wait()
            killer.cancel()
            killer.join()
        self._console = "".join(printed)
        logger.info(self._console)
        self._collected = _Collector()
        result = ExecutionResult(str(folder / "output.xml"))
        result.suite.visit(self._collected)
        self._collected.warnings += [message.message for message in result.errors.messages]

    @keyword
    def inner_test_should_have_passed(self, *names: str) -> None:
        """Fails unless all these tests of the inner run passed."""
        for name in names:
            test = self._test(name)
            if not test.passed:
                raise AssertionError(f"Inner test '{name}' failed: {test.message}")

    @keyword
    def inner_test_should_have_failed(self, name: str, *message: str) -> None:
        """Fails unless a test of the inner run failed with this message; ``*`` stands for anything.

        The message may be given in parts, which are joined by blanks.
        """
        test, wanted = self._test(name), " ".join(message)
        if test.passed or not fnmatchcase(test.message, wanted.replace("[", "[[]")):
            raise AssertionError(
                f"Inner test '{name}' should have failed with\n{wanted}\nbut: {test.status}\n{test.message}"
            )

    @keyword
    def some_inner_test_should_have_failed(self) -> None:
        """Fails if all tests of the inner run passed, or one of them failed because a keyword was missing."""
        failed = {name: test.message for name, test in self._collected.tests.items() if not test.passed}
        logger.info(f"{len(failed)} of {len(self._collected.tests)} failed: {failed}")
        if not failed or any(
            re.search("No keyword|Importing|Unexpected|unexpected named", message)
            for message in failed.values()
        ):
            raise AssertionError(f"Of the inner tests {list(self._collected.tests)} failed {failed}.")

    def _test(self, name: str) -> TestCase:
        try:
            return self._collected.tests[name]
        except KeyError:
            raise AssertionError(f"There is no inner test '{name}':\n{self._console}") from None

    @keyword
    def inner_run_should_pass(self) -> None:
        """Fails unless all tests of the inner run passed and it left and printed nothing that it should not."""
        for name in self._collected.tests:
            self.inner_test_should_have_passed(name)
        self.inner_run_should_leave_nothing()
        if self._code:
            raise AssertionError(f"The inner run ended with {self._code}:\n{self._console}")

    @keyword
    def inner_run_should_leave_nothing(self) -> None:
        """Fails if a thread or bus was left, or something was printed about one."""
        if found := [line for line in self._console.splitlines() if SUSPICIOUS.search(line)]:
            raise AssertionError("The inner run left something: " + "\n".join(found))

    @keyword
    def inner_run_should_warn(self, *texts: str) -> None:
        """Fails unless the warnings and errors of the inner run are these; ``*`` stands for anything."""
        told = sorted(set(self._collected.warnings))
        patterns = sorted(text.replace("[", "[[]") for text in texts)
        if len(told) != len(patterns) or not all(map(fnmatchcase, told, patterns)):
            raise AssertionError(f"The inner run should warn {list(texts)} but warned {told}.")

    @keyword
    def inner_console_should_contain(self, text: str) -> None:
        """Fails unless the inner run printed this."""
        if text not in self._console:
            raise AssertionError(f"'{text}' is not on the console:\n{self._console}")

    @keyword
    def inner_console_should_not_contain(self, text: str) -> None:
        """Fails if the inner run printed this."""
        if text in self._console:
            raise AssertionError(f"'{text}' is on the console:\n{self._console}")
