# One image for all of LearnX: the command picks serve, worker, migrate or doctor.
FROM python:3.11-slim AS build
WORKDIR /build
COPY scripts/install-release scripts/
COPY requirements.txt requirements-dev.txt ./
RUN pip install --no-cache-dir --only-binary :all: uv==0.13.9
RUN UV_NO_CACHE=1 scripts/install-release dependencies /opt/learnx
COPY pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY src src
RUN UV_NO_CACHE=1 scripts/install-release project /opt/learnx

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /data learnx \
    && install --directory --owner learnx --group learnx --mode 0700 /data
COPY --from=build /opt/learnx /opt/learnx
ENV PATH=/opt/learnx/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LEARNX_ENVIRONMENT=production \
    LEARNX_DATA_DIR=/data \
    LEARNX_HOST=0.0.0.0 \
    LEARNX_LOG_FORMAT=json
USER learnx
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ.get(\"LEARNX_PORT\") or 8000}/health/live', timeout=3)"]
ENTRYPOINT ["learnx"]
CMD ["serve"]
