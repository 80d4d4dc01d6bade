"""The errors of the detector: one tree, each class holding the facts of what broke.

    SigapError
    ├── InputError            the text, page or file that was given cannot be judged
    │   ├── EmptyInput
    │   ├── InputTooLarge
    │   ├── NotText
    │   ├── UnreadablePage
    │   ├── InputMissing      nothing is at the path, or it is no regular file        (these: `batch/readers/errors.py`)
    │   ├── InputIsOutput     a file was named that the same run would write
    │   ├── NothingToRead     a folder or pattern holds no file of a known format
    │   ├── UnknownFormat     a file that was named has no suffix that Sigap reads
    │   ├── ColumnMissing     no file has the column that was asked for, or one with a known name
    │   ├── ColumnNotText     the text column holds something else
    │   ├── ListError         a list of offices or licences can't be read                  (`lists/office_list.py`)
    │   └── BrokenPackage     a file is no evidence package                                (`evidence.py`)
    ├── BatchError            a batch can't start or go on; the message says what to do
    ├── KnowledgeError        an entry of `knowledge/` breaks its schema
    └── BundleError           the released model cannot be used
        ├── BundleMissing
        └── BundleMismatch

Messages never carry the text that was judged: they may end up in logs.
"""


class SigapError(Exception):
    """Base of every error that Sigap raises on purpose."""


class InputError(SigapError):
    """The input cannot be judged; `code` is stable and machine-readable."""

    code = "bad_input"


class EmptyInput(InputError):
    """Nothing but white space or invisible characters was given."""

    code = "empty"

    def __init__(self) -> None:
        super().__init__("the text is empty")


class InputTooLarge(InputError):
    """The input is over a limit, in bytes."""

    code = "too_large"

    def __init__(self, size_bytes: int, limit_bytes: int) -> None:
        self.size_bytes, self.limit_bytes = size_bytes, limit_bytes
        super().__init__(f"the input has {size_bytes:,} bytes; the limit is {limit_bytes:,}")


class NotText(InputError):
    """The bytes are no text in an encoding that Sigap reads."""

    code = "not_text"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the input is not text: {reason}")


class UnreadablePage(InputError):
    """The HTML could not be turned into a listing."""

    code = "unreadable_page"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the page could not be read: {reason}")


class BatchError(SigapError):
    """A batch that can't start or go on; the message says what to do."""


class KnowledgeError(SigapError):
    """An entry of the knowledge files breaks its schema."""

    def __init__(self, file: str, entry: str, reason: str) -> None:
        self.file, self.entry, self.reason = file, entry, reason
        super().__init__(f"{file}: {entry}: {reason}")


class BundleError(SigapError):
    """The released model cannot be used."""


class BundleMissing(BundleError):
    """There is no bundle at the path."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"no model bundle at {path}")


class BundleMismatch(BundleError):
    """A file of the bundle, or the code around it, is not what the manifest says."""

    def __init__(self, what: str, expected: str, actual: str) -> None:
        self.what, self.expected, self.actual = what, expected, actual
        super().__init__(f"model bundle: {what}: expected {expected}, found {actual}")
