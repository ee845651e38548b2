# Build: everything pip installs goes into one virtual environment.
FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/venv
COPY requirements.lock requirements-dev.lock ./
RUN /opt/venv/bin/pip install --require-hashes -r requirements.lock
# The PostgreSQL driver, by the hashes of the other lock file; what it needs besides is there already.
RUN awk '/^[^ ]/{keep=/^psycopg/} keep' requirements-dev.lock > postgres.lock \
 && /opt/venv/bin/pip install --require-hashes --no-deps -r postgres.lock
COPY pyproject.toml README.md ./
COPY app ./app
COPY migrations ./migrations
RUN /opt/venv/bin/pip install --no-deps .

# Run: no compiler, no source tree, no root.
FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin ivig \
 && install -d -o ivig -g ivig /data
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000 IVIG_DATA_DIR=/data IVIG_AUTH=api-key
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=15s \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/readyz', timeout=2)"]
ENTRYPOINT ["ivig-cds"]
CMD ["serve"]
