"""What holds for all tests: each of the processes that share the cores computes with one thread.

Threads that wait for each other's cores spin: two processes of two threads on two cores took up to 30 times as long.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):  # before anything imports torch
    os.environ.setdefault(name, "1")
