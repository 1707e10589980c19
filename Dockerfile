# The app for the public, without training: see docs/hosting.md. Built and run by
#   docker build -t crackcls . && docker run --read-only --tmpfs /tmp -v crackcls:/data -p 8501:8501 crackcls
FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/data PORT=8501 CRACKCLS_MODE=demo \
    CRACKCLS_MODELS=/data/models CRACKCLS_DATA=/data/sets CRACKCLS_CACHE=/data/cache

WORKDIR /app
COPY requirements-serve.txt constraints.txt ./
RUN pip install --no-cache-dir -r requirements-serve.txt -c constraints.txt

COPY app.py LICENSE ./
COPY .streamlit .streamlit
COPY crackcls crackcls
COPY pages pages
COPY models models
# All of the above is root's. The volume takes its owner from the folder that it is laid over.
RUN python -m compileall -q . && useradd --uid 1000 --home-dir /data crackcls \
    && install -d -o 1000 -g 1000 /data

USER 1000
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/_stcore/health')"]
CMD ["sh", "-c", "exec python -m crackcls app --no-browser --address 0.0.0.0 --port \"$PORT\""]
