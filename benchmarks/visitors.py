"""Visitors without a browser: each opens a page, uploads photos and waits for verdicts."""

import time
import uuid
from collections.abc import Sequence
from typing import Any

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

WAITING_SECONDS = 300.0
COOKIE = "_streamlit_xsrf"


class Visitor:
    """One session of the app.

    Args:
        host: Host and port of the server.
    """

    def __init__(self, host: str):
        self.host, self.http = host, requests.Session()
        self.http.get(f"http://{host}/_stcore/health", timeout=WAITING_SECONDS)
        token = self.http.cookies.get(COOKIE, "")
        self.headers = {"X-Xsrftoken": token}
        cookies = {"Cookie": f"{COOKIE}={token}"} if token else {}
        address = f"ws://{host}/_stcore/stream"
        self.link = connect(
            address, subprotocols=["streamlit"], max_size=None, additional_headers=cookies
        )
        self.uploader, self.session, self.heard = "", "", []

    def open(self, page: str) -> float:
        """Open a page; give the seconds until its script has run."""
        begun, ask = time.perf_counter(), BackMsg()
        ask.rerun_script.page_name = page
        self.link.send(ask.SerializeToString())
        self.listen(until_done=True)
        return time.perf_counter() - begun

    def upload(self, photos: Sequence[tuple[str, bytes]]) -> list[int]:
        """Upload photos and choose them; give the status of each upload."""
        ask = BackMsg()
        ask.file_urls_request.request_id = uuid.uuid4().hex
        ask.file_urls_request.file_names.extend(name for name, _ in photos)
        ask.file_urls_request.session_id = self.session
        self.link.send(ask.SerializeToString())
        urls = self.listen(until_urls=True)
        statuses, kept = [], []
        for (name, content), url in zip(photos, urls, strict=True):
            files = {"file": (name, content)}
            address = f"http://{self.host}{url.upload_url}"
            answer = self.http.put(
                address, files=files, headers=self.headers, timeout=WAITING_SECONDS
            )
            statuses.append(answer.status_code)
            if answer.ok:
                kept.append((name, len(content), url))
        self.choose(kept)
        return statuses

    def choose(self, kept: Sequence[tuple[str, int, Any]]) -> None:
        """Tell the page which uploads its uploader holds."""
        ask = BackMsg()
        ask.rerun_script.page_name = "Predict"
        state = ask.rerun_script.widget_states.widgets.add(id=self.uploader)
        for name, size, url in kept:
            file = state.file_uploader_state_value.uploaded_file_info.add()
            file.name, file.size, file.file_id = name, size, url.file_id
            file.file_urls.CopyFrom(url)
        self.link.send(ask.SerializeToString())

    def wait_for(self, words: str) -> float:
        """Wait until the page shows words; give the moment, as `perf_counter`."""
        while True:
            self.listen(until_words=words)
            return time.perf_counter()

    def listen(
        self, until_done: bool = False, until_urls: bool = False, until_words: str = ""
    ) -> Sequence[Any]:
        """Take messages until what is waited for has come."""
        while True:
            message = ForwardMsg()
            message.ParseFromString(self.link.recv(timeout=WAITING_SECONDS))
            kind = message.WhichOneof("type")
            self.note(message, kind)
            if until_urls and kind == "file_urls_response":
                return message.file_urls_response.file_urls
            if until_words and until_words in str(message.delta):
                return []
            if kind == "script_finished" and until_done:
                return []

    def note(self, message: ForwardMsg, kind: str | None) -> None:
        """Remember the session's number and the uploader's."""
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
        if message.delta.new_element.WhichOneof("type") == "file_uploader":
            self.uploader = message.delta.new_element.file_uploader.id

    def close(self) -> None:
        """Leave the page."""
        self.link.close()
        self.http.close()
