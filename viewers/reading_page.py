"""Pages to read: headings and tables as HTML, of the kind that Qt shows."""

from collections.abc import Callable, Iterable, Sequence
from html import escape

from core.message import Message

Translate = Callable[[Message], str]

_STYLE = """
h1 { font-size: x-large; margin-bottom: 2px; }
h2 { font-size: large; margin-top: 18px; margin-bottom: 4px; }
h3 { font-size: medium; margin-top: 12px; margin-bottom: 2px; }
p { margin-top: 3px; margin-bottom: 10px; }
td, th { padding: 2px 14px 2px 0px; }
.faint { color: #8a929a; }
"""


def page(title: str, facts: Iterable[str], body: str) -> str:
    """Give a whole page.

    Parameters
    ----------
    title : str
        HTML.
    facts : iterable of str
        Plain texts below the title; empty ones are left out.
    body : str
        HTML.
    """
    below = " · ".join(escape(fact) for fact in facts if fact)
    return (
        f"<html><head><style>{_STYLE}</style></head><body><h1>{title}</h1>{faint(below)}{body}</body></html>"
    )


def faint(html: str) -> str:
    """Give HTML in the colour of what matters less; nothing for nothing."""
    return f'<p class="faint">{html}</p>' if html else ""


def heading(level: int, html: str) -> str:
    """Give a heading of level 2 to 4; deeper ones look like 4."""
    return f"<h{min(level, 4)}>{html}</h{min(level, 4)}>"


def pairs(rows: Sequence[tuple[str, str]]) -> str:
    """Give a table of names and values, both HTML; nothing for no rows."""
    cells = "".join(f'<tr><td class="faint">{name}</td><td>{value}</td></tr>' for name, value in rows)
    return f'<table cellspacing="0">{cells}</table>' if rows else ""


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Give a table of plain texts; columns without any value are left out."""
    kept = [column for column in range(len(titles)) if any(row[column] for row in rows)]
    head = "".join(f'<th align="left" class="faint">{escape(titles[column])}</th>' for column in kept)
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(row[column])}</td>" for column in kept) + "</tr>" for row in rows
    )
    return f'<table cellspacing="0"><tr>{head}</tr>{lines}</table>' if rows else ""
