"""What holds for all tests: a process computes with one thread, and Python keeps what it has compiled.

Threads that wait for each other's cores spin: two processes of two threads on two cores took up to 30 times as long.
Where the machine forbids bytecode, each process of the hundreds that tests start compiles torch and Streamlit anew.
"""

import os
import sys

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):  # before anything imports torch
    os.environ.setdefault(name, "1")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
