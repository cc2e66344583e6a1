"""What an operator reads names every setting, dependency and file; nothing is left undocumented."""

import re
from pathlib import Path

import pytest
import yaml

from fieldcrm.config import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
SETTINGS = {name.upper() for name in Settings.model_fields}


def _pinned(name: str) -> list[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def test_every_setting_is_in_the_table_of_variables_and_nothing_else() -> None:
    table = DEPLOY.split("## Environment variables")[1].split("\n## ")[0]
    documented = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", table, re.MULTILINE))
    assert documented == SETTINGS


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-data.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_explained(name: str) -> None:
    explained = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8").lower()
    for line in _pinned(name):
        assert re.fullmatch(r"[A-Za-z0-9_.-]+(\[[a-z0-9,]+\])?==[\w.]+", line), f"not pinned: {line}"
        package = re.split(r"[\[=]", line)[0].lower()
        rows = [row for row in explained.splitlines() if row.startswith("|")]
        assert any(package in re.split(r"[|,\s]+", row.split("|")[1]) for row in rows), (
            f"not explained: {package}"
        )


def test_compose_sets_only_known_variables_and_mounts_only_what_is_there() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert set(services) == {"db", "migrate", "web", "worker"}
    for name in ("migrate", "web", "worker"):
        assert set(services[name]["environment"]) <= SETTINGS
    for volume in services["db"]["volumes"]:
        source = volume.split(":")[0]
        assert not source.startswith("./") or (ROOT / source).exists()


def test_the_image_copies_only_what_is_there() -> None:
    for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source


def test_the_image_has_what_the_app_reads_from_the_checkout() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8").split("FROM python")[1]
    copied = {
        word for line in dockerfile.splitlines() if line.startswith("COPY ") for word in line.split()[1:]
    }
    for source in (ROOT / "fieldcrm").rglob("*.py"):
        for parts in re.findall(r'PROJECT_DIR((?:(?: / |, )"[\w.]+")+)', source.read_text(encoding="utf-8")):
            path = "/".join(re.findall(r'"([\w.]+)"', parts))
            if not path.startswith(".local"):
                assert any(path == name or path.startswith(f"{name}/") for name in copied), path


def test_the_services_start_with_documented_variables() -> None:
    for unit in (ROOT / "deploy").glob("*.service"):
        used = set(re.findall(r"\$\{(\w+)\}", unit.read_text(encoding="utf-8")))
        assert used <= SETTINGS
