"""What style attributes and style sheets say of whether text is seen: declarations, and rules that always hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

Declarations = dict[str, list[str]]  # what is said of `property`, and with `!important` of `property!` as well

FONT_SIZE = "font-size"  # the one of the hiding properties that what stands within an element sets anew
_OPAQUE = re.compile(  # comments, then what may hold braces and semicolons without ending anything
    r"/\*.*?(?:\*/|\Z)|<!--|-->"
    r"|\"(?:[^\"\\\n\r\f]|\\.)*+\"?|'(?:[^'\\\n\r\f]|\\.)*+'?|url\(\s*+[^\"'()]*+\)|\\.",
    re.DOTALL | re.IGNORECASE,
)
_PIECE = re.compile(r"([^{}]*+)([{}])")
_AT_RULE = re.compile(r"@([\w-]+)\s*+(.*)", re.DOTALL)
_EVERY_SCREEN = re.compile(r"(?:only\s+)?(?:screen|all)|not\s+print|")
_SOME_BROWSERS = re.compile(r"\bnot\b|\(\s*-")
_ZERO = r"0*\.?0+(?:[a-z]+|%)?"
_THOUSANDS = re.compile(r"-\d{4,}.*")
_FAR = re.compile(r"-(?:\d{4,}|[5-9]\d\d|\d{3}(?:\.\d+)?(?:r?em|v[wh]|%)).*")  # a hanging indent is shorter
_ASIDE = re.compile(r"-\d{3,}.*")
_LETTERS = ("color", "-webkit-text-fill-color")
_WIDE = re.compile(r"\d{4}")
_HIDING = {
    "display": re.compile("none"),
    "visibility": re.compile("hidden|collapse"),
    "content-visibility": re.compile("hidden"),
    "opacity": re.compile(_ZERO),
    "-webkit-opacity": re.compile(_ZERO),
    "color": re.compile("transparent"),
    "-webkit-text-fill-color": re.compile("transparent"),
    "clip": re.compile(r"rect\(\s*(?:[01](?:px)?[\s,]+){3}[01](?:px)?\s*\)"),
    "text-indent": _FAR,
    "left": _FAR,
    "top": _FAR,
    "margin-left": _THOUSANDS,  # by hundreds they centre boxes and lay them over others
    "margin-top": _THOUSANDS,
    FONT_SIZE: re.compile(_ZERO),
}
_SIZE = re.compile(
    r"\b(?:small|medium|large|initial)\b|var\("
    r"|(?<![\w.-])(?=[\d.]*[1-9])[\d.]+(?:px|p[tc]|rem|[cm]m|in|q|v\w+)\b"  # em and % are parts of the size around
)


@dataclass(frozen=True, slots=True)
class _Block:
    prelude: str
    holds: bool
    parts: list[str]


def declarations(style: str) -> Declarations:
    """What a style attribute, or the body of a rule, declares."""
    return _declared(_plain(style))


def hiding_properties(declared: Declarations) -> set[str]:
    """The properties that keep text from the eye; those that only `!important` ones outdo with their mark, too."""
    return {name for name in declared if _hides(name.rstrip("!"), declared[name], declared)}


def _hides(name: str, values: list[str], declared: Declarations) -> bool:
    def others(*names: str) -> list[str]:
        return [value for other in names for value in declared.get(other, ())]

    hiding = _HIDING.get(name)
    if hiding is None:
        return False
    if name in ("left", "top") and not {"absolute", "fixed"}.isdisjoint(others("position")):
        hiding = _ASIDE
    if name in _LETTERS and "text" in others("background-clip", "-webkit-background-clip"):
        return False  # the background is seen through the letters
    if name in ("margin-left", "margin-top") and any(map(_WIDE.search, others("padding", f"padding{name[6:]}"))):
        return False  # a band across the window is padded by as much as it is pulled
    return any(map(hiding.fullmatch, values))


def gives_size(declared: Declarations) -> bool:
    """Whether letters have a size by this, whatever it is around them."""
    return any(map(_SIZE.search, [*declared.get(FONT_SIZE, ()), *declared.get("font", ())]))


def rules(sheet: str) -> Iterator[tuple[list[str], Declarations]]:
    """Selectors and declarations of the rules that hold on every screen; rules within rules are left out."""
    sheet = _plain(sheet)
    opened: list[_Block] = []
    closing = "}" * (1 + sheet.count("{"))  # the end closes what is open, and is met by every search for a brace
    for piece in _PIECE.finditer(sheet + closing):
        text = piece[1]
        if piece[2] == "{":
            before, _, prelude = text.rpartition(";")
            prelude = prelude.strip()
            if opened:
                opened[-1].parts.append(before)
            holds = not opened or (opened[-1].holds and opened[-1].prelude.startswith("@"))
            opened.append(_Block(prelude, holds and _always(prelude), []))
        elif opened:
            block = opened.pop()
            if block.holds and not block.prelude.startswith("@"):
                yield (
                    [selector.strip() for selector in block.prelude.split(",")],
                    _declared(";".join([*block.parts, text])),
                )


def is_for_screens(media: str) -> bool:
    """Whether a list of media takes in every screen, not only print or some widths."""
    return any(_EVERY_SCREEN.fullmatch(query.strip()) for query in media.lower().split(","))


def _always(prelude: str) -> bool:
    """Whether a block holds wherever a page is read; states of an animation or an element's start do not."""
    at_rule = _AT_RULE.match(prelude)
    if at_rule is None:
        return True
    name, condition = at_rule[1].lower(), at_rule[2].strip().lower()
    if name == "media":
        return is_for_screens(condition)
    if name == "supports":
        return _SOME_BROWSERS.search(condition) is None
    return name == "layer"


def _plain(style: str) -> str:
    return _OPAQUE.sub(lambda found: " " if found[0][:2] in ("/*", "<!", "--") else "?", style)


def _declared(style: str) -> Declarations:
    declared: Declarations = {}
    for part in style.split(";"):
        name, _, value = part.partition(":")
        name, (value, important, _) = name.strip().lower(), value.lower().partition("!")
        for key in (name, f"{name}!") if important else (name,):
            declared.setdefault(key, []).append(value.strip())
    return declared
