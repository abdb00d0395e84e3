"""Real servers that the tests of the PACS start and kill, on free ports of this machine only."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

_PLUGINS = ("/usr/share/orthanc/plugins", "/usr/local/share/orthanc/plugins")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str) -> str:
    """Give the path of a program; the test is skipped where it is absent."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def wait_for_port(port: int, process: "subprocess.Popen[bytes] | None" = None) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process is None or process.poll() is None, "the server ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(port)


class Orthanc:
    """An Orthanc with DICOMweb, whose storage survives a restart."""

    def __init__(self, folder: Path, aet: str = "SENSE") -> None:
        self.http, self.dicom, self.client = free_port(), free_port(), free_port()
        plugin = next((p for f in _PLUGINS if (p := Path(f, "libOrthancDicomWeb.so")).exists()), None)
        if plugin is None:
            pytest.skip("orthanc-dicomweb is not installed")
        client = {"AET": aet, "Host": "127.0.0.1", "Port": self.client}
        allowed = {f"Allow{what}": True for what in ("Echo", "Find", "Get", "Move", "Store")}
        self._settings = {
            "Name": "test",
            "StorageDirectory": str(folder / "db"),
            "IndexDirectory": str(folder / "db"),
            "Plugins": [str(plugin)],
            "HttpPort": self.http,
            "DicomPort": self.dicom,
            "DicomAet": "ORTHANC",
            "DicomCheckCalledAet": True,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "DicomAlwaysAllowStore": True,
            "DicomModalities": {"sense": client | allowed},
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        }
        self._folder = folder
        self._program = program("Orthanc")

    @property
    def dimse_url(self) -> str:
        return f"dimse://ORTHANC@127.0.0.1:{self.dicom}"

    @property
    def web_url(self) -> str:
        return f"http://127.0.0.1:{self.http}/dicom-web"

    def start(self) -> "Orthanc":
        self._folder.mkdir(exist_ok=True)
        settings = self._folder / "orthanc.json"
        settings.write_text(json.dumps(self._settings))
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen([self._program, str(settings)], stdout=log, stderr=log)
        wait_for_port(self.dicom, self._process)
        wait_for_port(self.http, self._process)
        return self

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)

    def count(self) -> int:
        with urlopen(f"http://127.0.0.1:{self.http}/statistics", timeout=10) as answer:
            return int(json.load(answer)["CountInstances"])


@contextmanager
def running(words: Sequence[str], port: int, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a server until the block ends."""
    process = subprocess.Popen(
        list(words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | environment
    )
    try:
        wait_for_port(port, process)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
