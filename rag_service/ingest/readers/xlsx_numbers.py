"""Numbers of a spreadsheet as their cells show them: 01067, 5 %, 12.50 €, 30:05.

Written as numbers without a format are: a point before the decimals, nothing between the thousands.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<sign>[^\]-]*)[^\]]*\]'
    r"|(?P<unread>\[[<>=][^\]]*\]|E[+-]|/(?=[ \d#?])|@)|\[[^\]]*\]|[_*].|(?P<bare>.)",
    re.DOTALL,
)
_SPAN = re.compile(r"\[(?:h+|m+|s+)\](?::m+)?(?::s+)?", re.IGNORECASE)
_SECONDS = {"h": 3600, "m": 60, "s": 1}
_LONGEST = 255  # characters of a format that Excel takes
_EXACT = 1e15  # where the digits of Excel's numbers end
_DIGITS = Context(prec=300, rounding=ROUND_HALF_UP)  # as many as the longest format asks for
# Formats that a file names by number alone: the reader's own country decides on the currency that stands there.
_REGIONAL = {
    '"$"#,##0_);("$"#,##0)': "0",
    '"$"#,##0_);[Red]("$"#,##0)': "0",
    '"$"#,##0.00_);("$"#,##0.00)': "0.00",
    '"$"#,##0.00_);[Red]("$"#,##0.00)': "0.00",
    r'_("$"* #,##0_);_("$"* \(#,##0\);_("$"* "-"_);_(@_)': "0",
    r'_("$"* #,##0.00_)_("$"* \(#,##0.00\)_("$"* "-"??_)_(@_)': "0.00",
}


@dataclass(frozen=True, slots=True)
class _Form:
    """Characters up to the decimals, each with whether it stands for a digit; decimals; what follows; power of ten."""

    whole: tuple[tuple[str, bool], ...]
    decimals: str
    after: str
    shift: int


def number_text(value: int | float, code: str) -> str:
    """A number in its cell's format; as it is where the format is none, or of a kind that is not read here.

    Not read are fractions, powers of ten and conditions; a format that would hide a number does not.
    """
    form = _form(code) if math.isfinite(value) and abs(value) < _EXACT else None
    if form is None:
        return _plain(value)
    exact = abs(Decimal(repr(value))).scaleb(form.shift)
    rounded = exact.quantize(Decimal(1).scaleb(-len(form.decimals)), context=_DIGITS)
    digits, _, fraction = f"{rounded:f}".partition(".")
    needed = len(form.decimals.rstrip("#?"))
    fraction = fraction[:needed] + fraction[needed:].rstrip("0")
    text = _fill(form.whole, digits) + ("." if fraction else "") + fraction + form.after
    return ("-" if value < 0 and rounded else "") + " ".join(text.split())


def span_text(value: timedelta, code: str) -> str:
    """A duration in its cell's format: '30:05' for 30 hours in '[h]:mm'."""
    shown = _SPAN.search(code)
    rest = abs(round(value.total_seconds()))
    parts = []
    for unit in re.findall("[hms]+", shown[0].lower() if shown else "[h]:mm:ss"):
        amount, rest = divmod(rest, _SECONDS[unit[0]])
        parts.append(f"{amount:0{len(unit)}}")
    return ("-" if value < timedelta() else "") + ":".join(parts)


def _plain(value: int | float) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return f"{value:.15g}" if isinstance(value, float) else str(value)  # 0.1 + 0.2 is 0.3 in Excel


@lru_cache(maxsize=512)
def _form(code: str) -> _Form | None:
    """What the format says of positive numbers, its first part; None where it is not one of digits."""
    code = _REGIONAL.get(code, code)
    if code.partition(";")[0] in ("", "General") or len(code) > _LONGEST:
        return None
    whole: list[tuple[str, bool]] = []
    decimals, after = "", ""
    point = False
    shift = commas = 0
    for token in _TOKEN.finditer(code.replace("General", "0.##########")):
        bare = token["bare"] or ""
        if bare == ";":
            break
        if token["unread"] or (bare == "." and point):
            return None
        if bare == ",":
            commas += 1
            continue
        if bare in ("0", "#", "?"):
            if after:
                return None
            if point:
                decimals += bare
            else:
                whole.append((bare, True))
            commas = 0  # they part thousands; those behind the last digit divide by them
            continue
        shift -= 3 * commas
        commas = 0
        if bare == ".":
            point = True
            continue
        shift += 2 * (bare == "%")
        text = token["quoted"] or token["escaped"] or token["sign"] or (" %" if bare == "%" else bare)
        if point:
            after += text
        else:
            whole.extend((char, False) for char in text)
    if not any(held for _, held in whole):
        return None
    return _Form(tuple(whole), decimals, after, shift - 3 * commas)


def _fill(whole: tuple[tuple[str, bool], ...], digits: str) -> str:
    """Digits put in their places from the right; those that are left over go to the first place."""
    first = next(at for at, (_, held) in enumerate(whole) if held)
    left, out = list(digits), []
    for at in range(len(whole) - 1, -1, -1):
        char, held = whole[at]
        if not held:
            out.append(char)
        elif left or char == "0":
            out.append(left.pop() if left else "0")
        if at == first:
            out.extend(reversed(left))
    return "".join(reversed(out))
