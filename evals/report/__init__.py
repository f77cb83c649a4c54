"""Reports: a terminal table, Markdown, and one self-contained HTML file."""
