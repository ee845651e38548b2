"""`make surroundings`: the tests without a network, on a read-only source tree, in the C locale, far from UTC, with a random hash seed.

    python -m tools.surroundings [ARGUMENTS OF PYTEST]

Needs `unshare` (util-linux). As root the namespaces are plain ones; anybody else gets them inside a user namespace, where PostgreSQL's tests skip.
"""

import fcntl
import os
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = ("PATH", "VIRTUAL_ENV", "KILLS", "FLIPS", "POINTS", "POWER", "SOAK")
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def main() -> None:
    """Enter the namespaces, then make the surroundings, then run the tests in them."""
    if os.environ.get("IN_SURROUNDINGS") == "yes":
        inside()
        return
    if shutil.which("unshare") is None:
        raise SystemExit("unshare (util-linux) is not installed")
    flags = "-nm" if os.getuid() == 0 else "-rnm"
    with tempfile.TemporaryDirectory() as scratch:
        command = ["unshare", flags, sys.executable, "-m", "tools.surroundings", *sys.argv[1:]]
        done = subprocess.run(command, cwd=ROOT, env=environment(scratch), check=False)
    raise SystemExit(done.returncode)


def environment(scratch: str) -> dict[str, str]:
    """Hardly anything: no HOME, no language, a clock 14 hours ahead."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    seed = os.environ.get("PYTHONHASHSEED", str(random.SystemRandom().randrange(1, 2**32)))
    return {
        **kept,
        "IN_SURROUNDINGS": "yes",
        "LANG": "C",
        "LC_ALL": "C",
        "TZ": "Pacific/Kiritimati",
        "PYTHONHASHSEED": seed,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(ROOT),
        "TMPDIR": scratch,
        "HYPOTHESIS_STORAGE_DIRECTORY": f"{scratch}/hypothesis",
        "COVERAGE_FILE": f"{scratch}/coverage",
    }


def inside() -> None:
    """Only the loopback interface, and a source tree that nobody can write."""
    raise_loopback()
    for words in (("--bind", str(ROOT), str(ROOT)), ("-o", "remount,bind,ro", str(ROOT))):
        subprocess.run(["mount", *words], check=True)
    os.chdir(ROOT)
    print(f"hash seed {os.environ['PYTHONHASHSEED']}", flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *sys.argv[1:]])


def raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        asked = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(door, SIOCGIFFLAGS, asked))[1]
        fcntl.ioctl(door, SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | IFF_UP))


if __name__ == "__main__":
    main()
