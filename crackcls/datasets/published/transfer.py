"""One file over HTTP, kept when it breaks off and resumed by the next call."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crackcls import events, stored
from crackcls.datasets.published.facts import Source
from crackcls.errors import InputError

if TYPE_CHECKING:
    import requests

CHUNK_BYTES, LONGEST_VERSION = 16_384, 1000
SECONDS_TO_CONNECT_AND_READ = (20.0, 60.0)


def most_bytes(source: Source) -> int:
    """Give the most bytes that a download may have."""
    return source.size or source.most


def retrieve(
    source: Source,
    folder: Path,
    emit: events.Emit,
    timeouts: tuple[float, float] = SECONDS_TO_CONNECT_AND_READ,
) -> Path:
    """Download the archive of a source, or give the one that is there already.

    Args:
        source: What to download; bytes with another checksum than its are thrown away.
        folder: A folder of its own; what has come of an unfinished file waits there as
            `NAME.part`.
        emit: Hears the progress, phase `downloading`, in bytes.
        timeouts: Seconds to wait for a connection and for the next bytes.

    Returns:
        The path of the complete file.

    Raises:
        InputError: The file did not come, or it is not the published one.
    """
    import pooch

    pooch.get_logger().setLevel("WARNING")
    for left_by_killed in folder.glob("tmp????????"):  # Names that pooch gives.
        left_by_killed.unlink()
    name = f"{source.name}.{'rar' if source.kind == 'rar' else 'zip'}"

    def download(url: str, path: str, _: object) -> None:
        part = folder / f"{name}.part"
        with _network_errors(source, timeouts):
            _complete(source, part, emit, timeouts)
        part.replace(path)
        _forget(part)

    try:
        return Path(pooch.retrieve(source.url, source.checksum, name, folder, downloader=download))
    except InputError:
        raise
    except ValueError as error:  # What pooch raises for another checksum.
        raise InputError(
            f"The file from {_host(source)} must have the published checksum, and what came has "
            "another, so it was thrown away."
        ) from error


def _complete(source: Source, part: Path, emit: events.Emit, timeouts: tuple[float, float]) -> None:
    """Download what is missing of a part; ask anew where the server cannot go on."""
    for _ in range(2):
        start, version = _state(part)
        with _ask(source, start, version, timeouts) as response:
            _check_status(response, source)
            _check_size(_size(response) or 0, part, source)
            if response.status_code == 200:
                _start_over(part, response)
                return _receive(response, part, source, emit)
            if _goes_on(response, start, version):
                return _receive(response, part, source, emit)
        _forget(part)
    raise InputError(f"{_host(source)} must send the whole file, and it sends another part of it.")


def _state(part: Path) -> tuple[int, str]:
    """Give how many bytes have come, and what names the version that they are of."""
    note = _note(part)
    if not part.exists() or not note.exists():
        return 0, ""
    try:
        version = stored.read_bytes(note, LONGEST_VERSION).decode("ascii")
    except (InputError, UnicodeError):
        version = ""
    # Of a version that is damaged nothing goes on, and no header is made of it.
    return (part.stat().st_size, version) if version.isprintable() and version else (0, "")


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".version")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def _start_over(part: Path, response: "requests.Response") -> None:
    _forget(part)
    part.touch()
    if version := _version(response):
        _note(part).write_text(version, encoding="utf-8")


def _version(response: "requests.Response") -> str:
    """Give what If-Range takes: a strong ETag or a date; without one nothing is resumed."""
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified", "")


def _ask(
    source: Source, start: int, version: str, timeouts: tuple[float, float]
) -> "requests.Response":
    import requests

    # Packed on the way, the bytes would not be those that sizes and ranges count.
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers |= {"Range": f"bytes={start}-", "If-Range": version}
    with requests.Session() as session:
        if source.page:  # For the cookie that it gives.
            session.get(source.page, stream=True, timeout=timeouts).close()
        return session.get(source.url, headers=headers, stream=True, timeout=timeouts)


def _check_status(response: "requests.Response", source: Source) -> None:
    if response.status_code not in (200, 206, 416):
        said = f"{response.status_code} {response.reason or ''}".strip()
        raise InputError(f"{_host(source)} must send the file, and it answered '{said}'.")


def _goes_on(response: "requests.Response", start: int, version: str) -> bool:
    """Tell whether an answer goes on where the part ends, in the same version."""
    first, _ = _content_range(response)
    # A server may leave out in the second answer what it has said in the first.
    same = _version(response) in ("", version)
    return response.status_code == 206 and first == start > 0 and same


def _content_range(response: "requests.Response") -> tuple[int | None, int | None]:
    """Read the first byte and the size of the whole file, None where not given."""
    said = response.headers.get("Content-Range", "")
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", said)
    if not match:
        return None, None
    return int(match[1]), int(match[2]) if match[2] != "*" else None


def _size(response: "requests.Response") -> int | None:
    if response.status_code == 206:
        return _content_range(response)[1]
    said = response.headers.get("Content-Length", "")
    return int(said) if response.status_code == 200 and said.isdigit() else None


def _receive(response: "requests.Response", part: Path, source: Source, emit: events.Emit) -> None:
    """Append an answer to a part and check that the whole file has come."""
    size = _size(response) or source.size
    done = _append(response, part, size or most_bytes(source), emit)
    if size and done < size:
        raise InputError(_broke_off(source))
    _check_size(done, part, source)


def _append(response: "requests.Response", part: Path, total: int, emit: events.Emit) -> int:
    """Write what comes, at most a chunk more than the total, and give the bytes of the part."""
    done = part.stat().st_size
    emit("phase", phase="downloading", total=total, unit="bytes")
    tick = events.progress_of(emit, "downloading", total, before=done, unit="bytes")
    with part.open("ab") as file:
        for chunk in response.iter_content(CHUNK_BYTES):
            file.write(chunk)
            done += len(chunk)
            tick(done)
            if done > total:
                break
    return done


def _check_size(size: int, part: Path, source: Source) -> None:
    """Throw a part away where it is of another file than the published one."""
    if source.size and size not in (0, source.size):
        rule = f"have the published {source.size:,} bytes"
    elif size > most_bytes(source):
        rule = f"have at most {source.most:,} bytes"
    else:
        return
    _forget(part)
    raise InputError(f"The file from {_host(source)} must {rule}, and it has {size:,} or more.")


def _host(source: Source) -> str:
    return urlsplit(source.url).netloc


def _broke_off(source: Source) -> str:
    return (
        f"The file from {_host(source)} must come whole, and the connection broke off. "
        "The next try goes on there if the server lets it."
    )


@contextmanager
def _network_errors(source: Source, timeouts: tuple[float, float]) -> Iterator[None]:
    import requests

    try:
        yield
    except requests.exceptions.ChunkedEncodingError as error:
        raise InputError(_broke_off(source)) from error
    except requests.exceptions.RequestException as error:
        what = _network_words(error, timeouts)
        raise InputError(f"{_host(source)} must send the file, and {what}.") from error


def _network_words(error: Exception, timeouts: tuple[float, float]) -> str:
    from requests import exceptions
    from urllib3.exceptions import ReadTimeoutError

    # A stall in the middle of a file comes as a ConnectionError around urllib3's own.
    if any(isinstance(e, (exceptions.ReadTimeout, ReadTimeoutError)) for e in (error, *error.args)):
        return f"it was silent for {timeouts[1]:g} seconds"
    words = {
        exceptions.SSLError: "its certificate does not hold; check the clock of this computer",
        exceptions.ProxyError: "the proxy that this computer is set to use does not answer",
        exceptions.ConnectionError: "it cannot be reached; check the internet connection",
        exceptions.TooManyRedirects: "it only sends on from one address to another",
    }
    kinds = (kind for kind in words if isinstance(error, kind))
    return next((words[kind] for kind in kinds), f"the request failed ({error})")
