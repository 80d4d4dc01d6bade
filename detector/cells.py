"""Text in cells of a table that somebody will open in a spreadsheet."""

# What begins a formula in some spreadsheet, full-width forms included (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutralised(cell: str) -> str:
    """`cell` with an apostrophe in front where a spreadsheet could take it for a formula."""
    return "'" + cell if cell.startswith(_FORMULA) else cell
