"""`make sbom`: what is shipped, with versions and licences, as CycloneDX 1.6 (sbom.json) and as a list (licences.md).

Read from what is installed, so it is true of this environment; requirements.lock says which of it is needed at run time.
"""

import json
import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def main(lock: str = "requirements.lock", folder: str = "build") -> None:
    """Write both files into ``folder``."""
    names = LOCKED.findall(Path(lock).read_text(encoding="utf-8"))
    parts = [part(name, version) for name, version in names]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": parts}
    target = Path(folder)
    target.mkdir(exist_ok=True)
    (target / "sbom.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    rows = [f"| {item['name']} | {item['version']} | {item['licenses'][0]['license']['name']} |" for item in parts]
    table = "\n".join(("| package | version | licence |", "|---|---|---|", *rows, ""))
    (target / "licences.md").write_text(table, encoding="utf-8")
    print(f"{len(parts)} packages: {target / 'sbom.json'}, {target / 'licences.md'}")


def part(name: str, version: str) -> dict[str, object]:
    """One component; a package that is locked for another platform is listed with what the lock says."""
    try:
        licence = licence_of(distribution(name))
    except PackageNotFoundError:
        licence = "not installed on this platform"
    purl = f"pkg:pypi/{name.lower()}@{version}"
    return {
        "type": "library",
        "name": name,
        "version": version,
        "purl": purl,
        "bom-ref": purl,
        "licenses": [{"license": {"name": licence}}],
    }


def licence_of(found: Distribution) -> str:
    """The expression, else the classifiers, else the first line of the licence field."""
    data = found.metadata
    classifiers = [item.rpartition(":: ")[2] for item in data.get_all("Classifier") or () if item.startswith("License")]
    field = str(data.get("License") or "").strip().splitlines()
    return str(data.get("License-Expression") or ", ".join(classifiers) or (field[0] if field else "not stated"))


if __name__ == "__main__":
    main(*sys.argv[1:])
