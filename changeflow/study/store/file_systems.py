"""On what a folder lies: a disk of this machine, or a network, where a write-ahead log may be lost."""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/mounts")
"""Linux's table of what is mounted where; where there is none, a folder counts as local."""
NETWORKS = frozenset({
    "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fhgfs", "fuse.ceph", "fuse.davfs2", "fuse.glusterfs",
    "fuse.gcsfuse", "fuse.rclone", "fuse.s3fs", "fuse.smbnetfs", "fuse.sshfs", "glusterfs", "gpfs", "lustre", "ncpfs",
    "nfs", "nfs3", "nfs4", "orangefs", "panfs", "pvfs2", "smb3", "smbfs", "virtiofs", "vboxsf",
})  # fmt: skip
"""File systems that lie on another machine, by the names that Linux gives them."""
_OCTAL = re.compile(r"\\([0-7]{3})")


def file_system_of(folder: Path, mounts: Path = MOUNTS) -> str:
    """The kind of file system that a folder lies on ('ext4', 'nfs4'); '' where nobody knows."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    place, longest, kind = folder.resolve(), -1, ""
    for line in lines:
        fields = line.split()
        if len(fields) < 3:
            continue
        point = Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[1]))  # a space is \040
        if place.is_relative_to(point) and len(point.parts) >= longest:  # the last of two at one place counts
            longest, kind = len(point.parts), fields[2]
    return kind


def is_network(kind: str) -> bool:
    """Does a file system of this kind lie on another machine?"""
    return kind in NETWORKS
