"""Lists that offices hold, and what an ad claims checked against them.

lists = read_folder(Path("daftar"))
claims = Checker(lists).check(detector.reader.read(text))
"""

from detector.lists.claims import Checker, Claim
from detector.lists.files import read_file, read_folder
from detector.lists.office_list import KINDS, Entry, ListError, OfficeList

__all__ = ["KINDS", "Checker", "Claim", "Entry", "ListError", "OfficeList", "read_file", "read_folder"]
