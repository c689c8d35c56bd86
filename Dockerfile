# The service and nothing else, as a user without rights.
#
#     docker build --tag proeftuin .
#     docker run --rm --network host --volume proeftuin:/data proeftuin
#
# `serve` listens on the loopback address only, until there is sign-in: a published port (-p) would lead
# nowhere. With --network host the page is there for this machine, and for nobody else.
FROM python:3.11-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1

WORKDIR /app

# The packages come first: they change seldom, and the layer is kept when only our code changes.
COPY requirements/run.txt requirements/run.txt
RUN pip install --require-hashes --requirement requirements/run.txt

# The engine's inner loops are compiled here; their compiler stays behind in this step.
COPY matching/kernels matching/kernels
RUN python matching/kernels/build.py && pip uninstall --yes ziglang

FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PROEFTUIN_DATA=/data

WORKDIR /app

COPY --from=build /usr/local/lib/python3.11/site-packages /usr/local/lib/python3.11/site-packages

RUN printf '%s\n' \
        '#!/usr/local/bin/python' \
        'import sys' \
        'from service.cli import main' \
        'if __name__ == "__main__":' \
        '    sys.exit(main())' \
        > /usr/local/bin/proeftuin \
    && chmod 755 /usr/local/bin/proeftuin \
    && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin proeftuin \
    && install --directory --owner=proeftuin --group=proeftuin --mode=700 /data

COPY LICENSE pyproject.toml ./
COPY data data
COPY matching matching
COPY models models
COPY service service
COPY --from=build /app/matching/kernels/built matching/kernels/built

# By number, so that a host that forbids root can see that this is not root.
USER 10001
VOLUME /data
CMD ["proeftuin", "serve"]
