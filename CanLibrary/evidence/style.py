"""How an excerpt looks. Each carries its style along, because log.html has no place for one of ours."""

from __future__ import annotations

import re

# log.html says light or dark in data-theme and has its own colours in variables; what stands behind their commas is
# for a page that has none. Both sets of ours keep a contrast of 4.5 to 1 on the page and on every second row.
_SOURCE = """
CT {
    --rx: #0b5cad; --tx: #a8480a; --bad: #c2141f; --dim: #5f5f5f; --line: #bbb;
    white-space: normal; font: 13px/1.4 Helvetica, Arial, sans-serif; padding: 2px 0 6px;
}
[data-theme=dark] CT { --rx: #74b7ff; --tx: #ffb25c; --bad: #ff8d85; --dim: #a5abb0; --line: #55606a }
CT p { margin: 3px 0 }
CT .bad { color: var(--bad); font-weight: bold }
CT svg { display: block; width: 100%; margin: 8px 0 4px }
CT text { font: 11px Helvetica, Arial, sans-serif; fill: currentColor }
CT path { fill: none }
CT .b, CT .g { stroke: var(--line) }
CT .g { stroke-dasharray: 1 3 }
CT .l { font: 12px Consolas, Menlo, monospace }
CT .c { text-anchor: end; fill: var(--dim) }
CT .a { text-anchor: middle; fill: var(--dim) }
CT .n { fill: var(--dim) }
CT .s { fill: var(--bad); fill-opacity: .13; stroke: var(--bad); stroke-opacity: .6; stroke-dasharray: 3 2 }
CT .q {
    text-anchor: middle; fill: var(--bad); font-weight: bold;
    paint-order: stroke; stroke: var(--background-color, #fff); stroke-width: 4px;
}
CT .f { stroke: var(--bad); stroke-width: 2 }
CT .x { fill: var(--bad); font-weight: bold }
CT .r { stroke: var(--rx) }
CT .t { stroke: var(--tx) }
CT .e { stroke: var(--bad) }
CT summary { cursor: pointer; padding: 2px 0 }
CT .box {
    max-height: 33em; overflow: auto; display: flex; flex-direction: column-reverse;
    border: 1px solid var(--line);
}
CT table {
    flex: none; width: 100%; table-layout: fixed; border-spacing: 0;
    font: 12px/1.45 Consolas, Menlo, monospace;
}
CT th { position: sticky; top: 0; background: var(--primary-color, #ddd); text-align: left }
CT th, CT td { padding: 0 6px; overflow-wrap: anywhere; vertical-align: top }
CT tbody tr:nth-child(even) { background: var(--highlight-color, #eee) }
CT td:nth-child(4) { color: var(--rx); font-weight: bold }
CT .o td:nth-child(4) { color: var(--tx) }
CT .e td { color: var(--bad) }
CT tbody .f td { background: var(--bad); color: var(--background-color, #fff); font-weight: bold; text-align: left }
CT th:nth-child(-n+3), CT td:nth-child(-n+3), CT th:nth-child(7), CT td:nth-child(7) { text-align: right }
CT th:nth-child(1) { width: 7ch }
CT th:nth-child(2), CT th:nth-child(3) { width: 11ch }
CT th:nth-child(4) { width: 3ch }
CT th:nth-child(5) { width: 10ch }
CT th:nth-child(6) { width: 6ch }
CT th:nth-child(7) { width: 3ch }
CT th:nth-child(8):not(:last-child) { width: 24ch }
CT .w th:nth-child(6) { width: 10ch }
CT .w th:nth-child(8):not(:last-child) { width: 48ch }
@media print { CT .box { max-height: none } }
"""
NAME = "can-trace"
STYLE = re.sub(r"\s*([{};:,])\s*", r"\1", re.sub(r"\s+", " ", _SOURCE)).strip().replace("CT", f".{NAME}")
