"""Visitors without a browser: each opens a page, uploads photos and waits for verdicts."""

import re
import time
import uuid
from collections.abc import Sequence
from typing import Any

import requests
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

WAITING_SECONDS = 300.0
COOKIE = "_streamlit_xsrf"
# What a page says of a photo that it has judged.
JUDGED = "tiles look"
LEFT = re.compile(r"about ([\d,]+) s left")


class Visitor:
    """One session of the app.

    Args:
        host: Host and port of the server.
        seconds: How long it waits for each answer.
        page: The page whose frame it loads; its cookies come with that.
    """

    def __init__(self, host: str, seconds: float = WAITING_SECONDS, page: str = ""):
        self.host, self.http, self.seconds = host, requests.Session(), seconds
        for path in ("_stcore/health", page):
            self.http.get(f"http://{host}/{path}", timeout=seconds)
        # The server soon ends a connection that is not used, and an upload would meet its end.
        self.http.close()
        self.headers = {"X-Xsrftoken": self.http.cookies.get(COOKIE, "")}
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        address = f"ws://{host}/_stcore/stream"
        self.link = connect(
            address,
            subprotocols=["streamlit"],
            max_size=None,
            additional_headers={"Cookie": cookies},
            open_timeout=seconds,
            ping_interval=None,  # Browsers do not ping either.
        )
        self.uploader, self.session = "", ""
        # When the page said how many seconds are left, and how many.
        self.told: list[tuple[float, float]] = []

    def open(self, page: str) -> float:
        """Open a page; give the seconds until its script has run."""
        begun = time.perf_counter()
        self.ask(page)
        self.listen(until_done=True)
        return time.perf_counter() - begun

    def ask(self, page: str) -> None:
        """Ask for a page."""
        ask = BackMsg()
        ask.rerun_script.page_name = page
        self.link.send(ask.SerializeToString())

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
            answer = self.http.put(address, files=files, headers=self.headers, timeout=self.seconds)
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

    def wait_for_answer(self, words: str) -> str:
        """Wait until the page refuses a file, and give the sentence, or until it shows words."""
        return str(self.listen(until_words=words, until_refused=True))

    def told_half_way(self, begun: float, answered: float) -> list[float]:
        """Give the seconds left that the page said half-way, divided by those that it took.

        Args:
            begun: When the wait began, as `perf_counter`.
            answered: When it ended.

        Returns:
            One share; none where the page said nothing in the second half.
        """
        late = [one for one in self.told if one[0] >= (begun + answered) / 2]
        return [left / (answered - when) for when, left in late[:1] if answered - when > 1]

    def listen(
        self,
        until_done: bool = False,
        until_urls: bool = False,
        until_words: str = "",
        until_refused: bool = False,
    ) -> Sequence[Any]:
        """Take messages until what is waited for has come; give what it brought."""
        while True:
            message = ForwardMsg()
            message.ParseFromString(self.link.recv(timeout=self.seconds))
            kind = message.WhichOneof("type")
            self.note(message, kind)
            if until_urls and kind == "file_urls_response":
                return message.file_urls_response.file_urls
            alert = message.delta.new_element.alert
            if until_refused and alert.format == Alert.ERROR:
                return alert.body
            if until_words and until_words in str(message.delta):
                return until_words
            if kind == "script_finished" and until_done:
                return []

    def note(self, message: ForwardMsg, kind: str | None) -> None:
        """Remember the session's number, the uploader's, and how long it will take."""
        if kind == "new_session":
            self.session = message.new_session.initialize.session_id
        if message.delta.new_element.WhichOneof("type") == "file_uploader":
            self.uploader = message.delta.new_element.file_uploader.id
        if said := LEFT.search(message.delta.new_element.progress.text):
            self.told.append((time.perf_counter(), float(said[1].replace(",", ""))))

    def close(self) -> None:
        """Leave the page."""
        self.link.close()
        self.http.close()
