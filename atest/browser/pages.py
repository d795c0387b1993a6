"""log.html and the excerpts in it, as a browser shows them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

# What has to be read; fill for text in the picture.
_READ = (
    "p",
    ".bad",
    "summary",
    "th",
    "td",
    "tr:nth-child(even) td",
    "td:nth-child(4)",
    ".o td:nth-child(4)",
    ".f td",
)
_READ_IN_PICTURE = (".l", ".c", ".a", ".n", ".q", ".x")

_CONTRAST = """
const [root, plain, drawn] = arguments;
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
};
const light = (colour) => {
    const [r, g, b] = rgb(colour).map((c) => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
};
const behind = (element) => {
    for (; element; element = element.parentElement) {
        const colour = getComputedStyle(element).backgroundColor;
        if (rgb(colour)[3] == 255) return colour;
    }
    return 'white';
};
const contrast = (selector, property) => {
    const element = root.querySelector(selector);
    if (!element) return null;
    const [a, b] = [light(getComputedStyle(element)[property]), light(behind(element))];
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
};
return Object.fromEntries([...plain.map((s) => [s, contrast(s, 'color')]),
                           ...drawn.map((s) => [s, contrast(s, 'fill')])]);
"""
_CLIPPED = """
const svg = arguments[0].querySelector('svg'), found = [];
if (!svg) return found;
const frame = svg.getBoundingClientRect();
const boxes = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
for (const [text, box] of boxes)
    if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1
        || box.bottom > frame.bottom + 1) found.push('clipped: ' + text);
for (const [at, [text, box]] of boxes.entries())
    for (const [other, its] of boxes.slice(at + 1))
        if (Math.min(box.right, its.right) - Math.max(box.left, its.left) > 1
            && Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top) > 3)
            found.push(text + ' over ' + other);
return found;
"""
_OVERFULL = """
return [...arguments[0].querySelectorAll('details[open] th, details[open] tr:last-child td')]
    .filter((cell) => cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.textContent);
"""
_VISIBLE = """
const element = arguments[0].querySelector(arguments[1]);
if (!element) return false;
const box = element.getBoundingClientRect();
if (!box.width || !box.height) return false;
element.scrollIntoView({block: 'nearest'});
const seen = element.getBoundingClientRect(), within = element.closest('.box');
const frame = within ? within.getBoundingClientRect() : document.documentElement.getBoundingClientRect();
return element.checkVisibility() && seen.bottom <= frame.bottom + 2 && seen.top >= frame.top - 2;
"""
_DRAWN = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()));"


class LogPage:
    """One log.html."""

    def __init__(self, driver: Any, log: Path) -> None:
        self._driver, self._log = driver, log
        self._logged: list[str] = []
        self._asked: set[str] = set()

    def open(self, target: str) -> None:
        """Load the page anew, with a test or keyword in sight, and return when it is drawn."""
        self._driver.get("about:blank")
        self._driver.get(f"{self._log.as_uri()}#{target}")
        self._drawn()
        self._collect()

    def click(self, target: str) -> None:
        """Open a keyword or test, and return when it is drawn."""
        self._driver.find_element("css selector", f"[id='{target}'] > .element-header").click()
        self._drawn()

    def _drawn(self) -> None:
        self._driver.execute_async_script(_DRAWN)

    def excerpt(self, target: str) -> Excerpt:
        """Return the first excerpt in a test or keyword."""
        return Excerpt(self._driver, self._driver.find_element("css selector", f"[id='{target}'] .can-trace"))

    def count(self, target: str, selector: str) -> int:
        """Return how many elements there are in a test or keyword."""
        return len(self._driver.find_elements("css selector", f"[id='{target}'] {selector}"))

    @property
    def theme(self) -> str:
        """Which theme log.html uses."""
        return str(self._driver.execute_script("return document.body.dataset.theme"))

    def fits(self) -> bool:
        """Return whether the page is as wide as the window."""
        return bool(
            self._driver.execute_script(
                "const page = document.documentElement; return page.scrollWidth <= page.clientWidth;"
            )
        )

    def leads_to_file(self, link: str) -> bool:
        """Return whether a link leads to a file beside log.html that is not empty."""
        target = self._log.parent / unquote(urlparse(link).path)
        return not Path(link).is_absolute() and target.is_file() and target.stat().st_size > 0

    def picture_of(self, target: str, path: Path) -> None:
        """Save a picture of a test or keyword, all of it."""
        box = self._driver.execute_script(
            "const box = document.getElementById(arguments[0]).getBoundingClientRect();"
            "return [box.x + scrollX, box.y + scrollY, box.width, box.height];",
            target,
        )
        clip = dict(zip(("x", "y", "width", "height"), box, strict=True), scale=1)
        taken = self._driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True}
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(taken["data"]))

    def _collect(self) -> None:
        self._logged += [entry["message"] for entry in self._driver.get_log("browser")]
        for entry in self._driver.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            asks, about = event["method"] == "Network.requestWillBeSent", event["params"]
            if asks and about["documentURL"].startswith("file:"):  # the browser has pages of its own
                self._asked.add(about["request"]["url"])

    def errors(self) -> list[str]:
        """Return what stands on the console."""
        self._collect()
        return self._logged

    def requests(self) -> list[str]:
        """Return what was asked for that is no file and not part of the page itself."""
        self._collect()
        return sorted(url[:100] for url in self._asked if not url.startswith(("file:", "data:", "about:")))


class Excerpt:
    """One excerpt."""

    def __init__(self, driver: Any, root: Any) -> None:
        self._driver, self._root = driver, root

    def _run(self, script: str, *arguments: object) -> Any:
        return self._driver.execute_script(script, self._root, *arguments)

    def count(self, selector: str) -> int:
        """Return how many elements there are."""
        return int(self._run("return arguments[0].querySelectorAll(arguments[1]).length", selector))

    def texts(self, selector: str) -> list[str]:
        """Return the texts of all such elements."""
        script = "return [...arguments[0].querySelectorAll(arguments[1])].map((found) => found.textContent)"
        return list(self._run(script, selector))

    def text(self, selector: str) -> str:
        """Return the text of the first such element, or nothing."""
        return next(iter(self.texts(selector)), "")

    def attribute(self, selector: str, name: str) -> str:
        """Return an attribute of the first such element as it is written."""
        script = "return arguments[0].querySelector(arguments[1])?.getAttribute(arguments[2]) ?? ''"
        return str(self._run(script, selector, name))

    def visible(self, selector: str) -> bool:
        """Return whether the first such element is drawn, and within its frame."""
        return bool(self._run(_VISIBLE, selector))

    def open_part(self, number: int) -> None:
        """Click on a part of the table and return when it is drawn."""
        self._root.find_elements("css selector", "summary")[number - 1].click()
        self._driver.execute_async_script(_DRAWN)

    def clipped(self) -> list[str]:
        """Return which texts of the picture stand out of it, or over another."""
        return list(self._run(_CLIPPED))

    def overfull_cells(self) -> list[str]:
        """Return the cells whose text is wider than they are."""
        return list(self._run(_OVERFULL))

    def contrasts(self) -> dict[str, float | None]:
        """Return the contrast of all texts with what is behind them; None for what is not there."""
        return dict(self._run(_CONTRAST, _READ, _READ_IN_PICTURE))
