#!/usr/bin/env python3
"""Holds the licence of every crate, and of every npm package that is shipped, against deny.toml.

Reads the resolved dependencies (`cargo metadata --locked`, the `package-lock.json` of `web/`), parses their SPDX
expressions and fails with one line for each package that no allowed licence covers, or that does not come from
the public registry.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOKEN = re.compile(r"\s*(\(|\)|[A-Za-z0-9.+:-]+)")


class Malformed(Exception):
    pass


def tokens(expression):
    # Before SPDX, cargo wrote alternatives with a slash.
    text = expression.replace("/", " OR ").strip()
    found, at = [], 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise Malformed(expression)
        found.append(match.group(1))
        at = match.end()
    return found


def allows(expression, allowed):
    """Whether the allowed licences satisfy an SPDX expression: `or` binds weakest, then `and`, then `with`."""
    rest = tokens(expression)

    def peek():
        return rest[0].upper() if rest else None

    def either():
        result = both()
        while peek() == "OR":
            rest.pop(0)
            result = both() or result
        return result

    def both():
        result = one()
        while peek() == "AND":
            rest.pop(0)
            result = one() and result
        return result

    def one():
        if not rest or peek() in ("AND", "OR", "WITH", ")"):
            raise Malformed(expression)
        name = rest.pop(0)
        if name == "(":
            result = either()
            if not rest or rest.pop(0) != ")":
                raise Malformed(expression)
            return result
        if peek() == "WITH":
            rest.pop(0)
            if not rest:
                raise Malformed(expression)
            name = f"{name} WITH {rest.pop(0)}"
        return name in allowed

    result = either()
    if rest:
        raise Malformed(expression)
    return result


def crates():
    """Name, licence and trouble with the source of every crate that is not ours."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    for package in metadata["packages"]:
        source = package["source"]
        if source is None:
            trouble = None if package["id"] in metadata["workspace_members"] else "comes from a folder"
        else:
            trouble = None if source.startswith("registry+") else f"comes from {source}"
        yield f"crate {package['name']} {package['version']}", package["license"], trouble


def npm_packages(folder):
    """Name and licence of every package that is shipped; what only builds or tests is left out."""
    lock = json.loads((folder / "package-lock.json").read_text())
    for path, package in lock["packages"].items():
        if not path or package.get("dev") or package.get("link"):
            continue
        licence = package.get("license")
        manifest = folder / path / "package.json"
        if not licence and manifest.exists():
            licence = json.loads(manifest.read_text()).get("license")
        yield f"npm {path.rpartition('node_modules/')[2]} {package.get('version')}", licence, None


def self_test():
    allowed = {"MIT", "ISC", "Apache-2.0 WITH LLVM-exception"}
    for expression, expected in {
        "MIT": True,
        "GPL-3.0-only": False,
        "GPL-2.0 OR MIT": True,
        "MIT/Apache-2.0": True,
        "MIT AND GPL-2.0": False,
        "MIT AND (GPL-2.0 OR ISC)": True,
        "GPL-2.0 OR MIT AND ISC": True,
        "Apache-2.0 WITH LLVM-exception": True,
        "Apache-2.0": False,
    }.items():
        assert allows(expression, allowed) == expected, expression
    for expression in ["", "MIT AND", "(MIT", "MIT ISC", "MIT)", "OR MIT", "SEE LICENSE IN ;x"]:
        try:
            allows(expression, allowed)
        except Malformed:
            continue
        raise AssertionError(expression)


def main():
    self_test()
    allowed = set(tomllib.loads((ROOT / "deny.toml").read_text())["licenses"]["allow"])
    packages = list(crates())
    if (ROOT / "web/package-lock.json").exists():
        packages += npm_packages(ROOT / "web")
    refused = []
    for name, licence, trouble in packages:
        if trouble:
            refused.append(f"{name}: {trouble}")
        try:
            if not licence or not allows(licence, allowed):
                refused.append(f"{name}: licence {licence} is not among those of deny.toml")
        except Malformed:
            refused.append(f"{name}: licence {licence!r} is no SPDX expression")
    print("\n".join(refused) if refused else f"licences: {len(packages)} packages, all allowed")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
