"""Looks at log.html in a real browser: runs tests that fail, opens their log in Chromium, and checks what is there.

    python atest/browser/run.py [--results FOLDER] [--picture FILE]

It needs Chromium and its driver (Debian: apt-get install chromium chromium-driver) and the extra `browser` of this
package. Screenshots and log.html are left in results/browser. With --picture the screenshot of the documentation is
made anew. The last line is "N passed, M failed".
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pages import LogPage

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SIZE = (1280, 1000)  # pixels of the window
LARGEST_LOG = 2_000_000  # bytes
OPENING = 4.0  # seconds; about 1 where nothing else runs
ROWS_OF_A_PART = 500
CONTRAST = 4.5  # WCAG 2.1, AA


class Checks:
    """Counts what holds and what does not, and says both."""

    def __init__(self) -> None:
        self.passed = self.failed = 0

    def that(self, sentence: str, holds: bool, found: object = "") -> None:
        self.passed, self.failed = self.passed + holds, self.failed + (not holds)
        print(f"{'PASS' if holds else 'FAIL'}  {sentence}{f' ({found})' if found != '' else ''}", flush=True)


def main() -> int:
    """Run, look, and say what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, default=ROOT / "results" / "browser")
    parser.add_argument("--picture", type=Path, help="where to put the screenshot of the documentation")
    options = parser.parse_args()
    checks = Checks()
    log = run_suite(options.results)
    checks.that(
        "log.html is smaller than 2 MB", log.stat().st_size < LARGEST_LOG, f"{log.stat().st_size} bytes"
    )
    for theme in ("light", "dark"):
        try:
            with browser(theme) as driver:
                look(LogPage(driver, log), checks, theme, options)
        except Exception as error:  # noqa: BLE001 - the last line must come, whatever a browser does
            checks.that(f"{theme}: all could be looked at", False, str(error).partition("\n")[0])
    print(f"{checks.passed} passed, {checks.failed} failed")
    return min(checks.failed, 250)


def look(page: LogPage, checks: Checks, theme: str, options: argparse.Namespace) -> None:
    """Look at the three tests, and at what the browser says about it."""
    look_at_failing_test(page, checks, theme, options.results / f"failing-{theme}.png")
    look_at_ten_thousand(page, checks, theme, options.results / f"ten-thousand-{theme}.png")
    look_at_quiet_bus(page, checks, theme)
    if options.picture and theme == "light":
        page.open("s1-t1")
        page.picture_of("s1-t1-k10", options.picture)
    checks.that(f"{theme}: no error on the console", not page.errors(), page.errors() or "")
    checks.that(f"{theme}: nothing asked for but files", not page.requests(), page.requests() or "")


def run_suite(results: Path) -> Path:
    """Run the failing tests and return the path of log.html."""
    shutil.rmtree(results, ignore_errors=True)
    suite = HERE / "_suites" / "failing.robot"
    command = [sys.executable, "-m", "robot", "--outputdir", str(results), "--console", "quiet", str(suite)]
    subprocess.run(command, check=False, timeout=300)
    return results / "log.html"


@contextmanager
def browser(theme: str) -> Iterator[Any]:
    """Open Chromium without a window, and end it with all that belongs to it."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if None in programs:
        sys.exit("Chromium is missing: apt-get install chromium chromium-driver\n0 passed, 1 failed")
    options = webdriver.ChromeOptions()
    options.binary_location = str(programs[0])
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with tempfile.TemporaryDirectory() as profile:
        for argument in (
            "--headless=new",
            "--no-sandbox",  # CI runs as root
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            f"--user-data-dir={profile}",
            f"--window-size={SIZE[0]},{SIZE[1]}",
        ):
            options.add_argument(argument)
        driver = webdriver.Chrome(options=options, service=Service(str(programs[1])))
        try:
            driver.set_script_timeout(60)
            preference = {"name": "prefers-color-scheme", "value": theme}
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [preference]})
            driver.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride",
                {"width": SIZE[0], "height": SIZE[1], "deviceScaleFactor": 1, "mobile": False},
            )
            yield driver
        finally:
            driver.quit()


def timed(action: Callable[[], object]) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


def look_at_failing_test(page: LogPage, checks: Checks, theme: str, picture: Path) -> None:
    """Check the excerpt that came by itself."""
    seconds = timed(lambda: page.open("s1-t1"))
    checks.that(f"{theme}: log.html opens quickly", seconds < OPENING, f"{seconds:.2f} s")
    checks.that(f"{theme}: log.html took the theme", page.theme == theme, page.theme)
    excerpt = page.excerpt("s1-t1")
    checks.that(
        f"{theme}: one excerpt is attached to the failing test", page.count("s1-t1", ".can-trace") == 1
    )
    checks.that(f"{theme}: the picture is visible", excerpt.visible("svg"))
    lanes = excerpt.texts(".l")
    wanted = ["0x0C0", "0x1A0", "0x210", "0x2F0", "0x7E0", "0x7E8"]
    checks.that(f"{theme}: there is a lane for each identifier", lanes == wanted, ", ".join(lanes))
    counts = sum(int(text.removeprefix("×")) for text in excerpt.texts(".c"))
    rows = excerpt.count("tbody > tr:not(.f)")
    checks.that(
        f"{theme}: the table has a row for each message of the picture", rows == counts, f"{rows} rows"
    )
    checks.that(f"{theme}: its rows are visible", excerpt.visible("tbody > tr:last-child"))
    checks.that(f"{theme}: what stopped is said", "0x1A0 came every" in excerpt.text("p:nth-of-type(2)"))
    checks.that(f"{theme}: the silence is marked", "silent" in " ".join(excerpt.texts(".q")))
    failures = (excerpt.text(".x"), excerpt.text("tr.f"))
    checks.that(
        f"{theme}: so is the moment of failure", all(text.startswith("failed at ") for text in failures)
    )
    notes = " ".join(excerpt.texts("td:nth-child(9)"))
    for note in ("SF 3 bytes: 19 02 FF", "FF 20 bytes", "FC continue", "CF 1", "CF 2: 20 bytes: 59 02"):
        checks.that(f"{theme}: ISO-TP is explained: {note}", note in notes)
    link = excerpt.attribute("a", "href")
    checks.that(f"{theme}: the link leads to a file", page.leads_to_file(link), Path(link).name)
    look_at_layout(page, excerpt, checks, theme)
    page.picture_of("s1-t1", picture)


def look_at_ten_thousand(page: LogPage, checks: Checks, theme: str, picture: Path) -> None:
    """Check an excerpt of 10,000 messages, and that it opens quickly."""
    page.open("s1-t2")
    excerpt = None

    def open_it() -> None:
        nonlocal excerpt
        page.click("s1-t2-k5")
        excerpt = page.excerpt("s1-t2-k5")

    seconds = timed(open_it)
    assert excerpt is not None
    checks.that(f"{theme}: 10,000 messages open quickly", seconds < OPENING, f"{seconds:.2f} s")
    rows, parts = excerpt.count("tbody > tr"), excerpt.count("details")
    checks.that(f"{theme}: all 10,000 are there", rows == 10_000, f"{rows} rows in {parts} parts")
    opened = excerpt.count("details[open] tbody > tr")
    checks.that(f"{theme}: the newest 500 are open", opened == ROWS_OF_A_PART, f"{opened} rows")
    checks.that(
        f"{theme}: the last message is in sight", excerpt.visible("details:last-of-type tr:last-child")
    )
    seconds = timed(lambda: excerpt.open_part(1))
    checks.that(f"{theme}: an older part opens quickly", seconds < OPENING / 2, f"{seconds:.2f} s")
    said = excerpt.text("p")
    checks.that(f"{theme}: what is left out is said", "502 older ones are left out" in said, said)
    shown, more = len(excerpt.texts(".l")), excerpt.text("svg + p")
    checks.that(f"{theme}: 30 lanes, and how many more", shown == 30 and more.startswith("19 more"), more)
    look_at_layout(page, excerpt, checks, theme)
    page.picture_of("s1-t2-k5", picture)


def look_at_quiet_bus(page: LogPage, checks: Checks, theme: str) -> None:
    """Check that an empty excerpt is one sentence."""
    page.open("s1-t3")
    excerpt = page.excerpt("s1-t3")
    text = excerpt.text("p")
    checks.that(f"{theme}: a quiet bus is one sentence", "no message was sent or received" in text, text)
    checks.that(f"{theme}: and nothing else", excerpt.count("svg, table") == 0)


def look_at_layout(page: LogPage, excerpt: Any, checks: Checks, theme: str) -> None:
    """Check that everything can be read: contrast, nothing clipped, nothing to scroll sideways."""
    checks.that(f"{theme}: the page needs no sideways scrolling", page.fits())
    clipped = excerpt.clipped()
    checks.that(f"{theme}: nothing in the picture is clipped or overlaps", not clipped, clipped or "")
    narrow = excerpt.overfull_cells()
    checks.that(f"{theme}: nothing in the table is clipped", not narrow, narrow or "")
    for selector, contrast in excerpt.contrasts().items():
        if contrast:
            checks.that(f"{theme}: {selector} can be read", contrast >= CONTRAST, f"contrast {contrast:.1f}")


if __name__ == "__main__":
    sys.exit(main())
