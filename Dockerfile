# FieldCRM in a container; compose.yaml starts it with its database and worker.
FROM node:22-slim AS assets
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm install --no-audit --no-fund
COPY vite.config.ts vite.sw.config.ts svelte.config.js tsconfig.json ./
COPY scripts scripts
COPY templates templates
COPY static static
RUN npm run build

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/srv/fieldcrm/.venv/bin:$PATH
WORKDIR /srv/fieldcrm
COPY requirements.txt requirements-data.txt ./
RUN python -m venv .venv \
    && pip install --no-cache-dir -r requirements.txt \
    && pip install --no-cache-dir --no-deps -r requirements-data.txt
COPY fieldcrm fieldcrm
COPY migrations migrations
COPY templates templates
COPY manifest.webmanifest ./
COPY static/public static/public
COPY --from=assets /build/static/dist static/dist
RUN useradd --system --home-dir /var/lib/fieldcrm --create-home fieldcrm
ENV FIELDCRM_LOCAL_DIR=/var/lib/fieldcrm
USER fieldcrm
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["granian", "--interface", "wsgi", "--factory", "fieldcrm:create_app", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "8", "--respawn-failed-workers", "--workers-kill-timeout", "10", "--no-access-log"]
