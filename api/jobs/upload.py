"""A file on its way in: the parts of a form as they arrive, straight to the disk, counted and hashed.

The web framework would first spool the whole body and then hand it over; a gigabyte would be written twice.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from api.jobs.folders import Folder, shown_name, suffix_of
from detector.errors import InputError, InputTooLarge

FILE_FIELD = "file"
_LONGEST_VALUE = 4_096  # bytes of any other field


class UploadBroken(InputError):
    """The body is not a form with a file that was sent whole; `code` says what is wrong with it."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"the upload can't be taken: {code}")


@dataclass(frozen=True, slots=True)
class Received:
    """A file that arrived whole."""

    file_name: str
    sha256: str
    size: int


class Upload:
    """Takes the body of a form piece by piece and writes its file to `folder`.

    `before_file` sees the fields in front of the file when it begins, and raises where nothing may be received.
    """

    def __init__(
        self, content_type: str, folder: Folder, limit_bytes: int, before_file: Callable[[dict[str, str]], None]
    ) -> None:
        """Get ready.

        Raises:
            UploadBroken: the body is no form that can hold a file.
        """
        kind, parameters = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not parameters.get(b"boundary"):
            raise UploadBroken("no_form")
        self._folder, self._limit, self._before_file = folder, limit_bytes, before_file
        self._fields: dict[str, str] = {}
        self._headers: dict[str, bytes] = {}
        self._header: tuple[bytes, bytes] = (b"", b"")
        self._name = ""
        self._value = b""
        self._file: IO[bytes] | None = None
        self._in_file = False
        self._file_name = ""
        self._size = 0
        self._hash = hashlib.sha256()
        self._is_whole = False
        self._parser = MultipartParser(
            parameters[b"boundary"],
            {
                "on_part_begin": self._begin_part,
                "on_header_field": self._grow_header_name,
                "on_header_value": self._grow_header_value,
                "on_header_end": self._end_header,
                "on_headers_finished": self._begin_data,
                "on_part_data": self._take,
                "on_part_end": self._end_part,
                "on_end": self._end,
            },
        )

    def write(self, piece: bytes) -> None:
        """Take the next piece of the body.

        Raises:
            UploadBroken, InputTooLarge: nothing more needs to be sent.
            OSError: the disk is full.
        """
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise UploadBroken("no_form") from error

    def close(self) -> Received:
        """End the file, safe on the disk.

        Raises:
            UploadBroken: the body ended early, or no file was chosen.
            OSError: the disk is full.
        """
        if self._file is None:
            raise UploadBroken("no_file")
        if not self._is_whole:
            raise UploadBroken("cut_off")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Received(shown_name(self._file_name), self._hash.hexdigest(), self._size)

    def drop(self) -> None:
        """Let go of the file where it was not received whole."""
        if self._file is not None:
            self._file.close()

    def _begin_part(self) -> None:
        self._headers, self._header, self._name, self._value, self._in_file = {}, (b"", b""), "", b"", False

    def _grow_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], self._header[1])

    def _grow_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _end_header(self) -> None:
        self._headers[self._header[0].decode("latin-1").lower()] = self._header[1]
        self._header = (b"", b"")

    def _begin_data(self) -> None:
        _, told = parse_options_header(self._headers.get("content-disposition", b""))
        self._name = told.get(b"name", b"").decode("utf-8", "replace")
        if self._name != FILE_FIELD or b"filename" not in told:
            return
        if self._file is not None:
            raise UploadBroken("two_files")
        self._before_file(dict(self._fields))
        self._file_name = told[b"filename"].decode("utf-8", "replace")
        if not self._file_name:
            raise UploadBroken("no_file")
        suffix = suffix_of(self._file_name)
        if suffix is None:
            raise UploadBroken("format")
        self._file = (self._folder.path / f"source{suffix}").open("xb")
        self._in_file = True

    def _take(self, data: bytes, start: int, end: int) -> None:
        piece = data[start:end]
        if self._in_file and self._file is not None:
            self._size += len(piece)
            if self._size > self._limit:
                raise InputTooLarge(self._size, self._limit)
            self._file.write(piece)
            self._hash.update(piece)
            return
        self._value += piece
        if len(self._value) > _LONGEST_VALUE:
            raise UploadBroken("no_form")

    def _end_part(self) -> None:
        if self._name and self._name != FILE_FIELD and len(self._fields) < 20:
            self._fields[self._name] = self._value.decode("utf-8", "replace")

    def _end(self) -> None:
        self._is_whole = True
