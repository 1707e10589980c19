"""A student without a browser: sets the widgets of the Train page, and runs what it repeats."""

import re
import time
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import WebSocketException

from benchmarks.visitors import Visitor

PAGE = "Train"
# What a student meets whom the server does not answer, or whose page is another than expected.
GONE = OSError, TimeoutError, EOFError, KeyError, RuntimeError, WebSocketException
NAMES = re.compile(rb"pupil-\d\d")
PLACE = re.compile(r"(\d+) trainings? comes? first, (about .*?) in all, before it")


class Student(Visitor):
    """A browser on the Train page.

    Args:
        host: Host and port of the server.
        seconds: How long it waits for each answer.
        name: With which its own photos and run begin.
    """

    def __init__(self, host: str, seconds: float, name: str):
        super().__init__(host, seconds, PAGE)
        self.name = name.encode()
        # Identities of widgets by label, what was set, texts of this run, repeated parts.
        self.widgets: dict[str, str] = {}
        self.states: dict[str, WidgetState] = {}
        self.said: list[str] = []
        self.repeated: dict[str, tuple[float, float]] = {}
        self.strangers: set[str] = set()
        self.waited, self.page = (0, ""), ""

    def open_page(self) -> None:
        """Run the page."""
        self.run_page()

    def choose_value(self, label: str, **value: Any) -> None:
        """Set a widget, and run the page."""
        key = self.widgets[label]
        self.states[key] = WidgetState(id=key, **value)
        self.run_page()

    def hand_in(self, name: str, content: bytes) -> None:
        """Upload a file, and run the page.

        Raises:
            RuntimeError: It was refused.
        """
        if self.upload([(name, content)]) != [204]:
            raise RuntimeError("The upload was refused.")

    def choose(self, kept: Any) -> None:
        """Set the uploader, and run the page."""
        state = WidgetState(id=self.uploader)
        for name, size, url in kept:
            file = state.file_uploader_state_value.uploaded_file_info.add()
            file.name, file.size, file.file_id = name, size, url.file_id
            file.file_urls.CopyFrom(url)
        self.states[self.uploader] = state
        self.run_page()

    def press(self, label: str) -> None:
        """Press a button, and run the page."""
        self.run_page(WidgetState(id=self.widgets[label], trigger_value=True))

    def run_page(self, *pressed: WidgetState, part: str = "") -> None:
        """Run the page or a part of it that repeats, and wait until it has run."""
        if not part:
            self.said.clear()
        ask = BackMsg()
        ask.rerun_script.page_name = PAGE
        ask.rerun_script.page_script_hash = self.page if part else ""
        ask.rerun_script.fragment_id = part
        ask.rerun_script.is_auto_rerun = bool(part)
        ask.rerun_script.widget_states.widgets.extend([*self.states.values(), *pressed])
        self.link.send(ask.SerializeToString())
        begun, early = time.perf_counter(), ForwardMsg.FINISHED_EARLY_FOR_RERUN
        while self.take(self.seconds) in (None, early):
            if time.perf_counter() - begun > self.seconds:
                raise TimeoutError("The page did not run to its end.")

    def follow_until(self, words: str, deadline: float) -> None:
        """Repeat parts of the page as a browser does, until it says some words.

        Raises:
            TimeoutError: It has not by the deadline, by the clock `perf_counter`.
        """
        while not any(words in text for text in self.said):
            if time.perf_counter() > deadline:
                raise TimeoutError(f"not said: {words}")
            if not self.repeated:
                self.take(self.seconds)
                continue
            part, (due, every) = min(self.repeated.items(), key=lambda one: one[1][0])
            if (left := due - time.perf_counter()) > 0:
                self.take(left)
            else:
                self.repeated[part] = (time.perf_counter() + every, every)
                self.run_page(part=part)

    def take(self, seconds: float) -> int | None:
        """Take one message, if one comes; give how a run of the page ended, where it is that."""
        try:
            payload = self.link.recv(timeout=seconds)
        except TimeoutError:
            return None
        message = ForwardMsg()
        message.ParseFromString(payload)
        found = {name for name in NAMES.findall(payload) if name != self.name}
        self.strangers |= {name.decode() for name in found}
        kind = message.WhichOneof("type")
        self.note(message, kind)
        return message.script_finished if kind == "script_finished" else None

    def note(self, message: ForwardMsg, kind: str | None) -> None:
        """Remember widgets, texts and what repeats."""
        super().note(message, kind)
        self.page = message.metadata.active_script_hash or self.page
        if kind == "new_session" and not message.metadata.run.fragment_ids:
            self.repeated.clear()
        if kind == "auto_rerun":
            every = message.auto_rerun.interval
            due = time.perf_counter() + every
            self.repeated[message.auto_rerun.fragment_id] = due, every
        element = message.delta.new_element
        if not (name := element.WhichOneof("type")):
            return
        part = getattr(element, name)
        if (label := getattr(part, "label", "")) and (key := getattr(part, "id", "")):
            self.widgets[label] = key
        text = str(getattr(part, "body", "") or getattr(part, "text", ""))
        self.said.append(text)
        if found := PLACE.search(text):
            self.waited = max(self.waited, (int(found[1]), found[2]))
