"""The machine and the versions that figures belong to."""

import importlib.util
import os
import platform
from importlib import metadata
from pathlib import Path

import psutil

PACKAGES = {
    "TensorFlow": ("tensorflow-cpu", "tensorflow"),
    "Keras": ("keras",),
    "LiteRT": ("ai-edge-litert",),
    "Pillow": ("pillow",),
    "NumPy": ("numpy",),
    "Streamlit": ("streamlit",),
    "ONNX Runtime": ("onnxruntime",),
    "OpenVINO": ("openvino",),
}
MISSING = "not installed"


def facts() -> dict[str, str]:
    """Name the processor, the cores, the memory, the system and the versions."""
    memory = psutil.virtual_memory().total / 1e9
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory:.0f} GB",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        **{name: _version(packages) for name, packages in PACKAGES.items()},
    }


def has(*packages: str) -> bool:
    """Tell whether packages are installed, without importing them."""
    return all(importlib.util.find_spec(package) for package in packages)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _version(packages: tuple[str, ...]) -> str:
    for package in packages:
        try:
            return metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return MISSING
