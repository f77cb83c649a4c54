"""Presentations: one page a slide, with title, text, tables and speaker notes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from rag_service.ingest.limits import Limits
from rag_service.ingest.readers.base import Extracted, UnreadableError
from rag_service.ingest.readers.office import core_metadata, reason
from rag_service.ingest.readers.table import rows_as_text
from rag_service.ingest.readers.zipped import open_zip


def read(data: bytes, limits: Limits) -> Extracted:
    """Slides in order; shapes from top to bottom, left to right; hidden slides are left out."""
    import pptx

    open_zip(data, limits)
    try:
        presentation = pptx.Presentation(io.BytesIO(data))
    except (KeyError, ValueError) as error:
        raise UnreadableError(f"is not a presentation: {reason(error)}; save it again as .pptx") from error
    slides = list(presentation.slides)
    if len(slides) > limits.max_pages:
        raise UnreadableError(f"has {len(slides)} slides, more than max_pages ({limits.max_pages}); split it")
    pages = tuple(_slide_text(slide) if slide._element.get("show") != "0" else "" for slide in slides)
    titles = (slide.shapes.title.text for slide in slides if slide.shapes.title is not None)
    heading = next((title.strip() for title in titles if title.strip()), None)
    return core_metadata(presentation.core_properties, pages, heading, paginated=True)


def _slide_text(slide: Any) -> str:
    title = slide.shapes.title
    blocks = [title.text.strip()] if title is not None else []
    others = [shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id]
    blocks.extend(_shape_texts(sorted(others, key=lambda shape: (shape.top or 0, shape.left or 0))))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        blocks.append(slide.notes_slide.notes_text_frame.text.strip())
    return "\n\n".join(block for block in blocks if block)


def _shape_texts(shapes: Iterable[Any]) -> Iterator[str]:
    stack = list(reversed(list(shapes)))
    while stack:
        shape = stack.pop()
        if hasattr(shape, "shapes"):
            stack.extend(reversed(list(shape.shapes)))
        elif getattr(shape, "has_table", False) and shape.has_table:
            rows = [[cell.text for cell in row.cells] for row in shape.table.rows]
            yield "\n".join(rows_as_text(rows, header=bool(shape.table.first_row)))
        elif shape.has_text_frame:
            paragraphs = [paragraph.text.strip() for paragraph in shape.text_frame.paragraphs]
            lines = [line for line in paragraphs if line]
            yield "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else "".join(lines)
