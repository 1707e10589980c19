"""A page under Streamlit's AppTest: opened, read, driven."""

import time
from functools import cache

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from crackcls import config

# At each run Streamlit reads the metadata of all installed packages for components: 0.4 s.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def open_page(name: str = "") -> AppTest:
    page = AppTest.from_file(str(config.PROJECT / "app.py"), default_timeout=30)
    if name:
        page.switch_page(f"pages/{name}.py")
    page.run()
    assert not page.exception
    return page


def text_of(page: AppTest) -> str:
    kinds = (page.markdown, page.caption, page.error, page.info, page.success, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


def named(widgets, label: str):
    """Give the widget with a label."""
    return next(widget for widget in widgets if widget.label == label)


def wait_for(condition, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)
