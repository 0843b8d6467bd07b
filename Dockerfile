# The lab in a container: not root, and the file system may be read-only. See docs/deploy.md.
#
#   docker build -t autoencoder-lab .                            for a CPU
#   docker build -t autoencoder-lab --build-arg DEVICE=cuda .    for an NVIDIA GPU; run it with --gpus all
#   docker run -p 8501:8501 --read-only --tmpfs /tmp autoencoder-lab
FROM python:3.12-slim

# The wheels of torch that the lock names run on both. For a CPU there are smaller ones on an index of PyTorch's own:
# --build-arg TORCH_INDEX=ADDRESS takes them from there, in the lock's versions.
ARG DEVICE=cpu
ARG TORCH_INDEX=""

WORKDIR /lab
COPY requirements.lock ./
RUN set -eu; \
    if [ "$DEVICE" = cpu ] && [ -n "$TORCH_INDEX" ]; then \
        pip install --no-cache-dir --no-deps --index-url "$TORCH_INDEX" \
            $(sed -nE 's/^(torch|torchvision)==([^ ;]+).*/\1==\2/p' requirements.lock | sort -u); \
        awk '/^[a-z]/ { skip = /^(torch|torchvision|triton|nvidia|cuda)/ } !skip' requirements.lock > rest.lock; \
    else \
        cp requirements.lock rest.lock; \
    fi; \
    pip install --no-cache-dir --no-deps --require-hashes -r rest.lock; \
    rm rest.lock

COPY . .
# Compiled now, since a read-only file system cannot keep it later; Numba's cache and Matplotlib's go to /tmp.
RUN python -m compileall -q aecore pages ui app.py && useradd --system --no-create-home lab
USER lab

ENV AECORE_DEVICE=$DEVICE \
    AECORE_LOG=json \
    HOME=/tmp \
    MPLCONFIGDIR=/tmp \
    NUMBA_CACHE_DIR=/tmp \
    OMP_NUM_THREADS=1 \
    PYTHONUNBUFFERED=1
EXPOSE 8501
# Two minutes for the first start: whoever asks for /ready has the models loaded.
HEALTHCHECK --start-period=120s --interval=30s --timeout=5s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/ready', timeout=4)"]
CMD ["streamlit", "run", "app.py", "--server.port", "8501", "--server.address", "0.0.0.0"]
