# syntax=docker/dockerfile:1
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements.txt ./
RUN python -m venv /app \
    && /app/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY rag_service ./rag_service
COPY evals ./evals
COPY prompts ./prompts
# The encoder's graph is prepared here, so that the container starts fast and may be read-only.
RUN /app/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
    && /app/bin/rag-service prepare --cache-dir /app/share/encoder

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin rag \
    && install --directory --owner rag --group rag /data
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    XDG_CACHE_HOME=/tmp \
    RAG_DATA_DIR=/data \
    RAG_EMBEDDING__CACHE_DIR=/app/share/encoder \
    RAG_SERVER__HOST=0.0.0.0 \
    RAG_SERVER__PORT=8000
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["rag-service", "serve"]
