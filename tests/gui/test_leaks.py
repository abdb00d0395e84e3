import shutil
import subprocess
import sys
from pathlib import Path

LEAKING = """
import threading
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

kept = []

def test_thread():
    threading.Thread(target=threading.Event().wait, name="forgotten", daemon=True).start()

def test_timer():
    kept.append(QTimer(objectName="ticking"))
    kept[-1].start(1000)

def test_window():
    kept.append(QWidget(objectName="hidden"))

def test_tidy(qtbot):
    qtbot.addWidget(QWidget())
    thread = threading.Thread(target=lambda: None)
    thread.start()
    QTimer.singleShot(0, lambda: None)
"""


def test_the_guard_sees_what_a_test_leaves_behind(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_leaking.py").write_text(LEAKING)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nqt_api = pyside6\naddopts = -p no:dash -p no:cacheprovider\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-rE"]
    report = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    assert "4 passed, 3 errors" in report
    assert "left behind: thread forgotten" in report
    assert "running QTimer 'ticking'" in report
    assert "window QWidget 'hidden'" in report
