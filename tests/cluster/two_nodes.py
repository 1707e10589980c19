"""Two Ray nodes of one core on this machine, at loopback alone, in a process of their own.

    python -m tests.cluster.two_nodes

It prints the address, removes the second node as a power cut would when it reads a line, and stops
when its input ends.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

# Before Ray is imported: it reads them then.
os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}


def main() -> None:
    """Serve."""
    # A socket's path may have some hundred letters, and Ray's own part of it is long.
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")
    # There Ray notes the address; on a machine where it never ran the usual place is not there.
    os.environ["RAY_TMPDIR"] = folder
    Path(folder, "ray").mkdir()
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "object_store_memory": 80_000_000, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args={**node, "temp_dir": folder})
    try:
        second = cluster.add_node(num_cpus=1, object_store_memory=80_000_000)
        cluster.wait_for_nodes()
        print(cluster.address, flush=True)
        if sys.stdin.readline():
            cluster.remove_node(second, allow_graceful=False)
            print("removed", flush=True)
        sys.stdin.read()
    finally:
        cluster.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
