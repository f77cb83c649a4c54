"""What an endpoint says is wrong, in whatever shape its error body has."""

from __future__ import annotations

import json
import re
from typing import Any

_SAYS = ("message", "msg", "detail", "error")
_TAG = re.compile(r"<(?:style|script|head)\b.*?</(?:style|script|head)>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(r"\s*<(?:!|html|head|body|\?xml)", re.IGNORECASE)


def complaint(body: Any) -> str:
    """The words of an error body: its message, or each one of a list with the parameter that it is about.

    What a server repeats of the request is left out; of a page the text is taken, of anything else the JSON.
    """
    if isinstance(body, str):
        return _TAG.sub(" ", body) if _MARKUP.match(body) else body
    if isinstance(body, list):
        return "; ".join(filter(None, map(complaint, body)))
    if not isinstance(body, dict):
        return ""
    said = next(filter(None, (complaint(body.get(name)) for name in _SAYS)), "")
    place = body.get("loc")
    if said and isinstance(place, list):
        return f"{'.'.join(map(str, place))}: {said}"
    return said or json.dumps(body, ensure_ascii=False)
