"""What results were made with: libraries and machine, found out in a moment."""

from __future__ import annotations

import platform
import re
import sys
from importlib.metadata import distribution, version


def installed(name: str) -> str:
    """The version of an installed library; importlib reads its whole description as a mail, longer than a run takes."""
    found = re.search("^Version: (.+)$", distribution(name).read_text("METADATA") or "", re.MULTILINE)
    return found[1] if found else version(name)


def machine() -> str:
    """System, release, kind of machine and its C library: what platform.platform says, which starts a process."""
    here = platform.uname()
    library = "".join(platform.libc_ver())
    return "-".join((here.system, here.release, here.machine, *(("with", library) if library else ())))


def made_with(*libraries: str) -> dict[str, object]:
    """What a manifest says of this program's surroundings."""
    return {
        "python": sys.version.split()[0],
        "platform": machine(),
        "libraries": {name: installed(name) for name in libraries},
    }
