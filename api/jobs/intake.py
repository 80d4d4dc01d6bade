"""A file from the wire to a job: received, looked at, filed."""

import errno
import json
import shutil
from dataclasses import asdict, replace

from anyio import to_thread
from fastapi import Request

from api.jobs.folders import Folder, Folders
from api.jobs.preview import Preview
from api.jobs.preview import preview_of as look_at
from api.jobs.upload import Received, Upload, UploadBroken
from api.security.csrf import check
from api.security.person import Person
from api.state import State
from api.store import audit, jobs
from api.store.jobs import NewJob, Options

_PIECE = 262_144  # bytes that are gathered before a thread writes them


async def receive(request: Request, state: State, person: Person) -> str:
    """Take the file of a form and file it as a job; returns the job's id.

    Raises:
        StaleForm: the form is not one of this visit.
        UploadBroken, InputTooLarge: what was sent can't be taken.
        OSError: the disk is full.
    """
    folders = Folders(state.settings.data_folder)
    content_type = request.headers.get("content-type", "")
    job_id, incoming = await to_thread.run_sync(folders.incoming)
    upload: Upload | None = None
    try:
        limit = state.settings.max_upload_bytes
        try:
            upload = Upload(content_type, incoming, limit, lambda fields: check(request, state.settings, fields))
        except UploadBroken:
            check(request, state.settings, {})  # a stranger hears nothing else
            raise
        held = bytearray()
        async for piece in request.stream():
            held += piece
            if len(held) >= _PIECE:
                await to_thread.run_sync(upload.write, bytes(held))
                held.clear()
        await to_thread.run_sync(upload.write, bytes(held))
        received = await to_thread.run_sync(upload.close)
        await to_thread.run_sync(_file, state, folders, job_id, incoming, received, person)
    except BaseException:
        if upload is not None:
            upload.drop()
        shutil.rmtree(incoming.path, ignore_errors=True)
        raise
    return job_id


def preview_of(folder: Folder) -> Preview:
    """What the look at a job's file found, when it was received."""
    try:
        return Preview.of(json.loads(folder.preview.read_bytes()))
    except (OSError, ValueError):  # gone, or of another version: look again
        return look_at(folder)


def without_what_is_found(options: Options, seen: Preview) -> Options:
    """Options without what the readers find by themselves: they put a title in front of the text, for one."""
    if set(options.text_columns) == set(seen.chosen):
        options = replace(options, text_columns=())
    return replace(options, id_column=None) if options.id_column == seen.id else options


def trouble_of(error: OSError) -> str:
    """The code of what kept a file from being written."""
    return "disk_full" if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else "disk"


def _file(state: State, folders: Folders, job_id: str, incoming: Folder, received: Received, person: Person) -> None:
    seen = look_at(incoming)
    incoming.preview.write_text(json.dumps(asdict(seen)), encoding="utf-8")
    folders.settle(job_id, incoming)
    new = NewJob(job_id, person.id, received.file_name, received.sha256, received.size, state.clock(), seen.error)
    try:
        with state.store.writing() as connection:
            jobs.add(connection, new)
            told = {"sha256": received.sha256, "size": received.size}
            audit.record(connection, new.at, person.login, "upload.job", f"job:{job_id}", **told)
    except BaseException:
        folders.remove(job_id)
        raise
