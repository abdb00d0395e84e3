"""The rules of the house that no other tool checks."""

import ast
import dataclasses
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from app.contributions import registry
from core.command import resolve

ROOT = Path(__file__).parents[2]
PACKAGES = (
    *("app", "assets", "capture", "core", "formats", "imaging", "models", "native", "reconstruction"),
    *("render", "viewers"),
)
CODE = (*PACKAGES, "benchmarks", "tests", "toolchain")
LONGEST_FILE, LONGEST_FUNCTION = 500, 60
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}
HEAVY = {
    "PySide6",
    "SimpleITK",
    "cv2",
    "gdcm",
    "matplotlib",
    "mediapipe",
    "nibabel",
    "numpy",
    "onnx",
    "onnxruntime",
    "PIL",
    "pycolmap",
    "open3d",
    "pydicom",
    "pynetdicom",
    "pyvista",
    "requests",
    "vtk",
    "vtkmodules",
}
COPYLEFT = {
    "av",
    "evo",
    "imageio-ffmpeg",
    "pylibjpeg-libjpeg",
    "pyorbslam3",
    "pymaxflow",
    "pymeshfix",
    "pymeshlab",
    "pyside6",
    "pyside6-addons",
    "tetgen",
}
# What tests and benchmarks may run beside; never installed with the program.
COPYLEFT_PEERS = {"evo"}
MACHINE_FOLDERS = ("home", "root", "work", "Users")


def files(*suffixes: str) -> list[Path]:
    found = [ROOT / "dev.py"] if ".py" in suffixes else []
    for folder in CODE:
        found += [path for path in sorted((ROOT / folder).rglob("*")) if path.suffix in suffixes]
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_no_file_is_too_long() -> None:
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in files(".py", ".cc", ".h")
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    long = {}
    for path in files(".py"):
        if path.is_relative_to(ROOT / "tests"):
            continue  # a table of expected values may be long
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long[f"{name_of(path)}:{node.name}"] = length
    assert long == {}


def test_no_file_has_a_vague_name() -> None:
    vague = [
        name_of(path) for path in files(".py", ".cc", ".h") if VAGUE_NAMES & set(path.stem.lower().split("_"))
    ]
    assert vague == []


def test_no_path_of_one_machine_is_written_down() -> None:
    of_a_machine = re.compile(rf"""["'(\s](/|[A-Z]:\\+)({"|".join(MACHINE_FOLDERS)})[/\\]""")
    texts = [*files(".py", ".cc", ".h", ".toml", ".md"), ROOT / "pyproject.toml", ROOT / "README.md"]
    found = [name_of(path) for path in texts if of_a_machine.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_qt_stays_in_the_application_and_the_ui_folders() -> None:
    wrong = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if package == "app" or "ui" in path.relative_to(ROOT).parts:
                continue
            names = list(imports(ast.parse(path.read_text(encoding="utf-8"))))
            wrong += [f"{name_of(path)}: {name}" for name in names if name.partition(".")[0] == "PySide6"]
            wrong += [f"{name_of(path)}: {name}" for name in names if "ui" in name.split(".")]
    assert wrong == []


def test_what_every_start_imports_is_light() -> None:
    program = "import sys, app.cli, app.contributions; app.contributions.registry(); print(*sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in answer.stdout.split()}
    assert loaded & HEAVY == set()


def test_help_needs_no_heavy_module() -> None:
    program = (
        "import contextlib, sys; from app.cli import main\n"
        "with contextlib.suppress(SystemExit): main(['--help'])\n"
        "print('modules:', *sorted(sys.modules))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    help_text, _, modules = answer.stdout.rpartition("modules:")
    assert "usage: sense" in help_text
    assert {name.partition(".")[0] for name in modules.split()} & HEAVY == set()


def test_every_command_resolves() -> None:
    commands = registry().commands
    assert commands
    for command in commands:
        assert callable(resolve(command.run)), command.id
        if command.options:
            options = resolve(command.options)
            assert dataclasses.is_dataclass(options), command.id
            assert options.__dataclass_params__.frozen, command.id  # type: ignore[attr-defined]


def test_every_workspace_resolves_and_has_its_icon() -> None:
    for workspace in registry().workspaces:
        assert callable(resolve(workspace.factory)), workspace.id


def test_every_subcommand_explains_itself() -> None:
    for command in registry().commands:
        if command.subcommand:
            assert command.summary, command.id
            assert command.example.startswith("sense "), command.id


def test_locked_packages_are_pinned_and_none_is_copyleft() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.lock")):
        lines = [line for line in lock.read_text().splitlines() if line and not line.startswith("#")]
        assert all(re.fullmatch(r"[\w.-]+==[\w.]+( ; .+)?", line) for line in lines), lock.name
        names = {line.partition("==")[0].lower().replace("_", "-") for line in lines}
        assert names & COPYLEFT <= (COPYLEFT_PEERS if lock.name == "peers.lock" else set()), lock.name
        # Their bundled Qt breaks PySide6; the headless flavour has none.
        assert names & {"opencv-python", "opencv-contrib-python"} == set()


def test_every_requirement_is_locked() -> None:
    for source in sorted((ROOT / "requirements").glob("*.in")):
        asked = [line.partition("#")[0].partition(";")[0].strip() for line in source.read_text().splitlines()]
        locked = source.with_suffix(".lock").read_text().lower().replace("_", "-")
        for requirement in filter(None, asked):
            assert requirement.lower() in locked, requirement


def package(requirement: str) -> str:
    """The normal form of a package's name, of a line like "Pillow==13.0.0 ; marker  # reason"."""
    found = re.match(r"[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def pinned(name: str) -> set[str]:
    """The packages that somebody asked for by version in one of requirements/*.in, and that its lock has."""
    asked, locked = (
        {package(line) for line in (ROOT / "requirements" / f"{name}.{suffix}").read_text().splitlines()}
        for suffix in ("in", "lock")
    )
    return asked & locked - {""}


def named(name: str) -> set[str]:
    """The packages that an installed wheel asks for: the program itself ("core"), or one of its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return {package(line) for line in (project["dependencies"] if name == "core" else extras[name])}


def foreign_imports(shipped: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    """Every file of the program with a module of somebody else's that it imports."""
    own = {*shipped, *sys.stdlib_module_names}
    for path in (path for folder in shipped for path in sorted((ROOT / folder).rglob("*.py"))):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from ((path, top) for top in {name.partition(".")[0] for name in imports(tree)} - own)


def test_every_package_that_the_program_imports_is_pinned_and_named() -> None:
    providers = packages_distributions()
    allowed = {name: pinned(name) & named(name) for name in ("core", "train")}
    loose = set()
    for path, module in foreign_imports(PACKAGES):
        packages = {package(name) for name in providers.get(module, [module])}
        training = path.is_relative_to(ROOT / "models" / "training")
        if not packages & (allowed["core"] | (allowed["train"] if training else set())):
            loose.add(f"{name_of(path)}: {module}")
    assert sorted(loose) == []
