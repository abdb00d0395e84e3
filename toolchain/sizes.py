"""What the set-up takes on the disk."""

import csv

from toolchain.layout import REQUIREMENTS, VENV


def package_sizes() -> dict[str, int]:
    """Give the bytes of every installed package, by its name in lower case, from the records of pip."""
    sizes: dict[str, int] = {}
    for record in VENV.glob("[Ll]ib/**/site-packages/*.dist-info/RECORD"):
        name = record.parent.name.removesuffix(".dist-info").rpartition("-")[0].lower().replace("_", "-")
        with record.open(newline="", encoding="utf-8") as lines:
            sizes[name] = sum(int(row[2]) for row in csv.reader(lines) if len(row) > 2 and row[2])
    return sizes


def report_sizes() -> None:
    """Print what the set-up takes on the disk: all of it, by group, and the ten largest packages."""
    total = sum(path.lstat().st_size for path in VENV.rglob("*") if path.is_file() and not path.is_symlink())
    sizes = package_sizes()
    print(f".venv takes {total / 1e6:.0f} MB")
    for lock in sorted(REQUIREMENTS.glob("*.lock")):
        lines = lock.read_text(encoding="utf-8").splitlines()
        names = [line.partition("==")[0].lower().replace("_", "-") for line in lines if "==" in line]
        present = [sizes[name] for name in names if name in sizes]
        if present:
            print(f"  {lock.stem}: {sum(present) / 1e6:.0f} MB in {len(present)} packages")
    for name in sorted(sizes, key=lambda name: sizes[name], reverse=True)[:10]:
        print(f"    {name}: {sizes[name] / 1e6:.0f} MB")
