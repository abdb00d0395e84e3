"""Khronos' glTF validator, npm's `gltf-validator`, in the folder that SENSE_GLTF_VALIDATOR names."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

_SCRIPT = """
const validator = require('gltf-validator');
const bytes = new Uint8Array(require('fs').readFileSync(process.argv[1]));
validator.validateBytes(bytes, {maxIssues: 100}).then(
  report => console.log(JSON.stringify(report)), error => { console.error(error); process.exit(1); });
"""


def gltf_issues(path: Path) -> dict[str, int]:
    """Count what the validator finds: errors, warnings, infos and hints; skips where it is absent."""
    node = shutil.which("node")
    named = os.environ.get("SENSE_GLTF_VALIDATOR")
    if node is None or named is None:
        pytest.skip("SENSE_GLTF_VALIDATOR names no folder with gltf-validator (npm install gltf-validator)")
    modules = {**os.environ, "NODE_PATH": str(Path(named) / "node_modules")}
    answer = subprocess.run(
        [node, "-e", _SCRIPT, str(path)], stdout=subprocess.PIPE, text=True, check=True, env=modules
    )
    issues = json.loads(answer.stdout)["issues"]
    print(issues["messages"])
    return {name: issues[f"num{name.title()}"] for name in ("errors", "warnings", "infos", "hints")}
