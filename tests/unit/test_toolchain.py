import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from toolchain import stamps as stamps_module
from toolchain.layout import BASE_GROUPS, EXTRAS, REQUIREMENTS, ROOT, SYSTEM_GROUPS
from toolchain.lock_files import read_requirements
from toolchain.stamps import Stamps, digest
from toolchain.system_packages import installed_system_packages


def test_help_lists_every_verb() -> None:
    verbs = re.findall(r"^def verb_(\w+)", (ROOT / "dev.py").read_text(encoding="utf-8"), re.MULTILINE)
    shown = subprocess.run(
        [sys.executable, "dev.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert len(verbs) >= 7
    assert [verb for verb in verbs if not re.search(rf"^    {verb}\b", shown.stdout, re.MULTILINE)] == []


def test_an_old_python_can_read_the_line_that_refuses_it() -> None:
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_a_verb_that_does_not_exist_is_a_usage_error() -> None:
    answer = subprocess.run(
        [sys.executable, "dev.py", "fly"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2
    assert "fly" in answer.stderr


def test_a_digest_tells_contents_and_order_apart(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("1")
    first = digest(file, "x")
    assert digest(file, "x") == first
    assert digest("x", file) != first
    file.write_text("2")
    assert digest(file, "x") != first


def test_stamps_are_remembered_and_a_broken_file_forgets_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamps_module, "VENV", tmp_path)
    assert Stamps().missing("native", "1")
    Stamps().done("native", "1")
    assert not Stamps().missing("native", "1")
    assert Stamps().missing("native", "2")
    (tmp_path / "sense-setup.json").write_text("{")
    assert Stamps().missing("native", "1")


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="no Debian")
def test_provided_names_count_as_installed() -> None:
    present = installed_system_packages()
    assert {"dpkg", "awk"} <= present  # awk is only ever provided
    assert "no-such-package" not in present


def test_every_group_has_its_files() -> None:
    system = tomllib.loads((REQUIREMENTS / "system.toml").read_text(encoding="utf-8"))["debian"]
    assert {*SYSTEM_GROUPS, "test"} == set(system)
    for group in (*BASE_GROUPS, "lint", *EXTRAS):
        assert (REQUIREMENTS / f"{group}.in").exists()
        assert (REQUIREMENTS / f"{group}.lock").exists()


def test_requirements_are_told_apart() -> None:
    asked, alone, marked = read_requirements("core")
    assert "numpy==2.4.6" in asked
    assert set(alone) == {"open3d", "mediapipe"}
    assert marked == []
    assert read_requirements("lint")[2] == ['colorama==0.4.6 ; sys_platform == "win32"']
