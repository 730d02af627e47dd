"""The style sheet of a report, for light and dark screens and for print.

In both color schemes, all text has a contrast of at least 4.5 : 1, including counts on
the darkest shade of a confusion matrix.
"""

__all__ = ["STYLE"]

_LIGHT = """
color-scheme: light;
--paper: #fff; --panel: #f7f5f1; --ink: #1f1d1a; --soft: #625e57; --line: #dfdbd3;
--accent: #8a5a00; --accent-rgb: 138 90 0;
"""

_DARK = """
color-scheme: dark;
--paper: #171614; --panel: #211f1c; --ink: #ece9e2; --soft: #aaa59b; --line: #3b3833;
--accent: #e3b04b; --accent-rgb: 227 176 75;
"""

_TEXT = """
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue",
    "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
main { max-width: 62rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; }
h1, h2, h3, p, ul, dl, dd, figure { margin: 0; padding: 0; }
h1 { font-size: 2rem; line-height: 1.2; letter-spacing: -.01em; }
h2 { font-size: 1.125rem; margin-bottom: 1rem; }
h3 { font-size: 1rem; margin: 1.75rem 0 .75rem; }
section { margin-top: 3.25rem; min-width: 0; }
.kicker, .soft, figcaption, footer { color: var(--soft); font-size: .875rem; }
.kicker { color: var(--accent); font-weight: 600; margin-bottom: .25rem; }
.facts { list-style: none; display: flex; flex-wrap: wrap; gap: .125rem 1.25rem;
  margin-top: .5rem; color: var(--soft); }
.note { border-left: 3px solid var(--accent); padding-left: .75rem; margin-top: 1rem; }
.pill { display: inline-block; border: 1px solid currentColor; border-radius: 1rem;
  padding: 0 .625rem; margin-right: .625rem; font-size: .8125rem; font-weight: 600;
  line-height: 1.5rem; white-space: nowrap; }
.pill.info, .pill.advice { color: var(--soft); }
.pill.error { background: var(--ink); color: var(--paper); border-color: var(--ink); }
.result { display: grid; grid-template-columns: minmax(16rem, 2fr) 3fr;
  gap: 1.5rem 3rem; background: var(--panel); border-radius: .75rem; padding: 2rem; }
.headline span { display: block; }
.metric { font-weight: 600; }
.value { display: block; color: var(--accent); font-size: 4rem; font-weight: 650;
  line-height: 1.15; letter-spacing: -.02em; }
.reading > * + * { margin-top: .75rem; }
.plain { list-style: none; font-weight: 600; }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 0 3rem; }
main > .columns { margin-top: 3.25rem; }
.columns > * { margin-top: 0; min-width: 0; }
.tables { display: flex; flex-wrap: wrap; gap: 2rem 3rem; }
.tables > * { max-width: 100%; }
.note, .findings p { max-width: 46rem; }
figcaption { margin-top: .75rem; max-width: 30rem; }
figcaption:first-child { margin: 0 0 .5rem; }
footer { margin-top: 4rem; border-top: 1px solid var(--line); padding-top: 1rem; }
.findings { list-style: none; }
.findings li { display: grid; grid-template-columns: 6.5rem 1fr; align-items: start;
  padding: .75rem 0; border-top: 1px solid var(--line); }
.findings .pill { justify-self: start; }
"""

_TABLES = """
.scrollable { overflow-x: auto; }
.scrollable:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px; }
table { border-collapse: collapse; font-size: .9375rem; }
th, td { padding: .3125rem 1.5rem .3125rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
th { font-weight: 400; }
thead th { color: var(--soft); font-size: .875rem; }
th, td { overflow-wrap: break-word; }
.numbers td { white-space: nowrap; }
dt { color: var(--soft); }
.course > div, .commands > div { display: grid; grid-template-columns: 6.5rem 1fr;
  padding: .3125rem 0; border-top: 1px solid var(--line); }
.commands > div { grid-template-columns: 14rem 1fr; }
.grid { display: grid; gap: 0 3rem; font-size: .9375rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); }
.grid > div { display: flex; justify-content: space-between; gap: 1rem;
  padding: .3125rem 0; border-top: 1px solid var(--line); }
.grid dt { flex-shrink: 0; max-width: 75%; }
.grid dd { text-align: right; }
code { font: .875rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.confusion th, .confusion td { border: 1px solid var(--paper); text-align: center;
  padding: .375rem .25rem; min-width: 2.125rem; vertical-align: middle; }
.confusion tbody th, .confusion .corner { text-align: right; padding-right: .625rem;
  white-space: nowrap; }
.confusion thead th, .confusion .corner { vertical-align: bottom; }
.confusion thead th { font-size: inherit; }
.confusion .long span { writing-mode: vertical-rl; transform: rotate(180deg);
  white-space: nowrap; }
.confusion .corner { color: var(--soft); font-size: .75rem; line-height: 1.3; }
.confusion .corner span { display: block; }
.confusion .right { font-weight: 650; }
.confusion .s0 { color: var(--soft); }
.confusion.some { font-size: .8125rem; }
.confusion.many { font-size: .75rem; }
.confusion.many td, .confusion.many th { min-width: 1.375rem;
  padding: .25rem .0625rem; }
"""
_SHADES = "".join(  # at most half opaque, so that counts stay readable
    f".s{level} {{ background: rgb(var(--accent-rgb) / {4 * level + 10}%); }}\n"
    for level in range(1, 11)
)

_DRAWINGS = """
svg { display: block; width: 100%; max-width: 36rem; height: auto; overflow: visible; }
svg text { font-size: 13px; fill: var(--soft); }
svg .strong { fill: var(--ink); font-weight: 600; }
svg .halo { paint-order: stroke; stroke: var(--paper); stroke-width: 5px; }
svg .middle { text-anchor: middle; }
svg .end { text-anchor: end; }
svg .axis-title { fill: var(--ink); }
.axis { stroke: var(--soft); }
.grid-line { stroke: var(--line); }
.bar-fit, .bar-all { fill: rgb(var(--accent-rgb) / 45%); }
.bar-val { fill: rgb(var(--accent-rgb) / 20%); }
.bar-count { fill: rgb(var(--accent-rgb) / 75%); }
.bar-seal { fill: var(--accent); }
.bar-shut { fill: none; stroke: var(--soft); stroke-dasharray: 3 3; }
.bar-none { fill: none; }
svg .on-fit, svg .on-val { fill: var(--ink); }
svg .on-seal { fill: var(--paper); font-weight: 600; }
.band { fill: rgb(var(--accent-rgb) / 12%); }
.reach, .cap { stroke-width: 2; }
.reach.model, .cap.model { stroke: var(--accent); }
.reach.baseline, .cap.baseline { stroke: var(--soft); }
.point { stroke-width: 2; }
.point.model { fill: var(--accent); stroke: var(--accent); }
.point.baseline { fill: var(--paper); stroke: var(--soft); }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
.curve.train { stroke: var(--soft); }
.curve.val { stroke: var(--accent); }
.curve.refit { stroke: var(--ink); stroke-dasharray: 5 4; }
.dots { fill: none; stroke: var(--soft); stroke-width: 6; stroke-linecap: round; }
.dots.best { stroke: var(--accent); stroke-width: 11; }
.dots.cloud { stroke: rgb(var(--accent-rgb) / 75%); stroke-width: 5; }
.ideal { stroke: var(--ink); stroke-dasharray: 5 4; }
"""

_PHONE = """
main { padding: 1.5rem 1rem 3rem; }
section { margin-top: 2.5rem; }
.result, .columns { grid-template-columns: minmax(0, 1fr); }
.result { padding: 1.25rem; }
.columns > * + * { margin-top: 2rem; }
.commands > div, .findings li { grid-template-columns: minmax(0, 1fr); gap: .25rem; }
.course > div { grid-template-columns: 4.5rem 1fr; }
.value { font-size: 3.25rem; }
.confusion th, .confusion td { min-width: 1.5rem; padding: .3125rem .125rem; }
th, td { padding-right: .875rem; }
"""

_PRINT = """
@page { margin: 16mm; }
* { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
html { font-size: 9pt; }
body { font-size: 1rem; line-height: 1.45; }
main { max-width: none; padding: 0; }
section { margin-top: 7mm; }
h2, h3, figcaption:first-child { break-after: avoid; }
figure, tr, li, .result, dl > div, .confusion { break-inside: avoid; }
thead { display: table-header-group; }
.scrollable { overflow: visible; }
.result { padding: 6mm; }
.columns { grid-template-columns: 1fr 1fr; gap: 0 8mm; }
.grid { grid-template-columns: 1fr 1fr; gap: 0 8mm; }
th, td { padding-right: 4mm; }
.confusion.some { font-size: 7pt; }
.confusion.many { font-size: 5pt; }
.confusion.some td, .confusion.many td, .confusion thead th { min-width: 0; }
.confusion.some td, .confusion.many td { padding: 1mm .4mm; }
"""

STYLE = "\n".join(
    (
        f":root {{{_LIGHT}}}",
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{{_DARK}}} }}",
        _TEXT,
        _TABLES,
        _SHADES,
        _DRAWINGS,
        f"@media screen and (max-width: 44rem) {{{_PHONE}}}",
        f"@media print {{{_PRINT}}}",
    )
)
"""The content of the `style` element."""
