"""Readers: files of listings in, rows out, one after the other, with flat memory.

    for item in read(["pages/", "ads.csv.gz"]):
        match item:
            case Row(): ...        # a text to score
            case Rejected(): ...   # what could not be read, why, and the bytes it came as

One module per format; `reading.py` joins them. What is wrong with one listing or one file is a `Rejected`; what is
wrong with the request itself (no such file, no such column) is an error (`errors.py`).
"""

from detector.batch.readers.errors import (
    ColumnMissing,
    ColumnNotText,
    InputMissing,
    NothingToRead,
    UnknownFormat,
)
from detector.batch.readers.inputs import expand
from detector.batch.readers.options import Options
from detector.batch.readers.reading import read

__all__ = [
    "ColumnMissing",
    "ColumnNotText",
    "InputMissing",
    "NothingToRead",
    "Options",
    "UnknownFormat",
    "expand",
    "read",
]
