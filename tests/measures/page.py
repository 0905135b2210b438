"""The generated parts of docs/guide/measures.md: the list of measures, and what they did on the DOE buildings."""

import json
import re
from collections.abc import Iterator, Sequence

from shared.energyplus.measures.measure import Measure
from shared.energyplus.measures.registry import MEASURES
from tests.measures.campaign import CaseResult, refusals
from tests.measures.case import name_of
from tests.models import ROOT

PAGE = ROOT / "docs" / "guide" / "measures.md"
#: How many models of those that refuse for one reason are named.
NAMED = 3


def listed() -> str:
    """The table of all measures, from the registry."""
    rows = [
        f"| `{each.name}` | {each.text}{_options(each)} | {each.unit} | {each.low:g} to {each.high:g} |"
        for each in MEASURES.values()
    ]
    return "\n".join(["| name | what it changes | unit | range |", "|---|---|---|---|", *rows])


def _options(measure: Measure) -> str:
    texts = []
    for option in measure.options:
        choices = f" one of {', '.join(option.choices)};" if option.choices else ""
        default = json.dumps(option.default)
        texts.append(f"<br>`{option.name}` ({default}):{choices} {option.text}")
    return f" Options:{''.join(texts)}" if texts else ""


def replaced(page: str, part: str, content: str) -> str:
    """The page with another content between the two marks of a part."""
    begin, end = _marks(part)
    found, count = re.subn(
        f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n{content}\n{end}", page, flags=re.DOTALL
    )
    assert count == 1, f"{PAGE} has no part {part!r}"
    return found


def write(rows: Sequence[CaseResult]) -> None:
    """Write the list of measures and the results of the measures of these rows into the page."""
    page = replaced(PAGE.read_text(encoding="utf-8"), "list", listed())
    for measure in dict.fromkeys(row.case.measure for row in rows):
        if _marks(measure)[0] not in page:
            end = _marks("results")[1]
            page = page.replace(end, "\n".join([*_marks(measure), "", end]))
        own = [row for row in rows if row.case.measure == measure]
        page = replaced(page, measure, "\n".join(_results(own)).strip())
    PAGE.write_text(page, encoding="utf-8")


def _marks(part: str) -> tuple[str, str]:
    return f"<!-- {part} -->", f"<!-- end of {part} -->"


def _results(rows: Sequence[CaseResult]) -> Iterator[str]:
    for case in dict.fromkeys(row.case for row in rows):
        own = [row for row in rows if row.case is case]
        meter = case.end_use.removesuffix(":")
        yield f"\n### {case.measure}, {case.value:g}\n"
        yield f"| building | {case.nominal.text}, before and after | {meter} | undone, off by |"
        yield "|---|---|---|---|"
        for row in own:
            before, after, count = row.first
            off = "-" if row.gap is None else f"{row.gap:.0e}" if row.gap else "0"
            of = f" (first of {count})" if count > 1 else ""
            yield f"| {name_of(row.model)} | {before} → {after}{of} | {row.change:+.4%} | {off} |"
        yield from _refused(case.measure, own)


def _refused(measure: str, rows: Sequence[CaseResult]) -> Iterator[str]:
    reasons = refusals(rows[0].case)
    if not reasons:
        yield "\nAll 32 DOE buildings take it."
        return
    yield f"\n{32 - sum(map(len, reasons.values()))} of the 32 DOE buildings take it. Refused:\n"
    for reason, models in reasons.items():
        names = ", ".join(name_of(model) for model in models[:NAMED])
        more = f" and {len(models) - NAMED} more" if len(models) > NAMED else ""
        yield f"- {names}{more}: {reason.removeprefix(f'{measure}: ')}"
