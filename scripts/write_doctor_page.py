"""Write the lists of symptoms and remedies in docs/doctor.md from their declarations.

python scripts/write_doctor_page.py
"""

from pathlib import Path

from assay.doctor import REMEDIES, SYMPTOMS
from assay.doctor._members import ORDER

PAGE = Path(__file__).parent.parent / "docs" / "doctor.md"
MARK = "<!-- The rest is written by scripts/write_doctor_page.py. -->"


def lists() -> str:
    """Return the lists of symptoms and remedies as Markdown."""
    lines = ["## Symptoms", "", "The most likely cause is listed first.", ""]
    for code in ORDER:
        symptom = SYMPTOMS[code]
        lines += [
            f"### {symptom.title} (`{code}`)",
            "",
            f"- Measured: {symptom.formula}.",
            f"- Detected if: {symptom.condition}.",
        ]
        if symptom.remedies:
            names = ", ".join(f"`{name}`" for name in symptom.remedies)
            lines += [f"- Remedies, in this order: {names}."]
        lines += [f"- Source: {symptom.reference}.", ""]
    lines += [
        "## Remedies",
        "",
        "| name | change | source |",
        "| --- | --- | --- |",
    ]
    lines += [f"| `{r.name}` | {r.title} | {r.reference} |" for r in REMEDIES.values()]
    return "\n".join(lines) + "\n"


def page(text: str) -> str:
    """Return the page with updated lists."""
    return text[: text.index(MARK)] + MARK + "\n\n" + lists()


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
