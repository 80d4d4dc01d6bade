"""Tables of figures: printed for people, kept as JSON for later runs to be held against."""

import argparse
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from detector.detector import Detector

SCHEMA = "benchmark/1"
Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of figures under a title. `notes` say how they came about; a cell that is None was not measured."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    notes: Sequence[str] = ()

    def __str__(self) -> str:
        """The table as text: the first column to the left, figures to the right."""
        shown = [self.columns, *([_shown(cell) for cell in row] for row in self.rows)]
        widths = [max(len(row[at]) for row in shown) for at in range(len(self.columns))]
        lines = [self.title]
        for row in shown:
            first, *rest = row
            cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
            lines.append(("  " + "  ".join(cells)).rstrip())
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, one object a row."""
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows]
        return {"title": self.title, "rows": rows, "notes": list(self.notes)}


def _shown(cell: Cell) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 100 else f"{cell:,.1f}" if abs(cell) >= 10 else f"{cell:.2f}"
    return f"{cell:,}" if isinstance(cell, int) else cell


def machine() -> dict[str, Cell]:
    """What the figures were measured on, without the name of the machine."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "python": platform.python_version(),
        "model": Detector.load(mode="fast").version,
        "date": date.today().isoformat(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def parser(description: str | None) -> argparse.ArgumentParser:
    """A command line with the option that all benchmarks share."""
    made = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--json", type=Path, metavar="FILE", help="keep the figures here, too")
    return made


def report(tables: Sequence[Table], kept: Path | None) -> None:
    """Print tables, and keep them in a file where one was asked for."""
    on = machine()
    print("\n\n".join([", ".join(f"{name} {value}" for name, value in on.items()), *map(str, tables)]))
    if kept is not None:
        told = {"schema": SCHEMA, "machine": on, "tables": [table.as_dict() for table in tables]}
        kept.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
