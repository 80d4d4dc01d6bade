"""Readers: files of listings in, rows out, one after the other, with flat memory.

    for item in read(["pages/", "ads.csv.gz"]):
        match item:
            case Row(): ...        # a text to score
            case Rejected(): ...   # what could not be read, why, and the bytes it came as

One module per format; `reading.py` joins them. What is wrong with one listing or one file is a `Rejected`; what is
wrong with the request itself (no such file, no file with such a column) is an error (`errors.py`).
"""

from detector.batch.readers.errors import (
    ColumnMissing,
    ColumnNotText,
    InputIsOutput,
    InputMissing,
    NothingToRead,
    UnknownFormat,
)
from detector.batch.readers.inputs import Input, expand
from detector.batch.readers.options import Options, parse_columns
from detector.batch.readers.reading import Reading, read

__all__ = [
    "ColumnMissing",
    "ColumnNotText",
    "Input",
    "InputIsOutput",
    "InputMissing",
    "NothingToRead",
    "Options",
    "Reading",
    "UnknownFormat",
    "expand",
    "parse_columns",
    "read",
]
