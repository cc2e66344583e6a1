"""Settings, read once from the environment (and from ``.local/env``), each documented.

A variable set in the environment wins over the line of the same name in ``.local/env``,
which ``make db`` writes for the private cluster.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT_DIR = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Everything an operator may set."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    database_url: str = Field(
        "postgresql:///fieldcrm", description="Database, signing in as a role that owns nothing."
    )
    database_owner_url: str | None = Field(
        None, description="Database as the owner of the tables, for migrations only."
    )
    database_superuser_url: str | None = Field(
        None, description="Database as a superuser, for the LEAKPROOF marks after a migration."
    )
    secret_key: str = Field("", description="Signs cookies; read from .local/secret_key when empty.")
    fieldcrm_local_dir: Path = Field(
        PROJECT_DIR / ".local", description="Private cluster, caches, benchmarks, generated keys."
    )
    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for the whole network.")
    port: int = Field(8000, description="Port to listen on.")
    cookie_secure: bool = Field(
        False, description="Send cookies over TLS only; set it whenever TLS is in front."
    )
    trusted_proxies: int = Field(0, description="How many reverse proxies set X-Forwarded-*.")
    public_url: str = Field(
        "", description="Address under which people reach the app: links in mails begin with it."
    )
    smtp_url: str = Field(
        "",
        description="Mail server: smtp://user:password@host:587 (STARTTLS), smtps:// (TLS), smtp+plain://.",
    )
    mail_from: str = Field("FieldCRM <fieldcrm@localhost>", description="Sender of the app's mails.")
    mail_dir: Path | None = Field(
        None,
        description="Folder that takes mails while no server is set; empty for mail/ below the local one.",
    )
    max_upload_bytes: int = Field(64 * 1024 * 1024, description="Largest request body accepted.")
    attachments_dir: Path | None = Field(
        None, description="Folder of photos and recordings; empty for attachments/ below the local folder."
    )
    attachments_quota_mb: int = Field(0, description="Most megabytes an organisation may keep; 0: no limit.")
    attachments_s3_bucket: str = Field(
        "", description="Bucket for photos and recordings instead of a folder."
    )
    attachments_s3_endpoint: str = Field("", description="Address of an S3-compatible server; empty for AWS.")
    attachments_s3_region: str = Field("us-east-1", description="Region of the bucket.")
    attachments_s3_access_key: str = Field("", description="Key; empty to use the machine's role.")
    attachments_s3_secret_key: str = Field("", description="Secret of that key.")
    geocoder: str = Field("", description="Online geocoder by name; empty for offline only.")
    geocoder_api_key: str = Field("", description="Key of the online geocoder, if it wants one.")
    geocoder_user_agent: str = Field("", description="User agent the geocoder's terms ask for.")
    geocoder_url: str = Field("", description="Server of one's own for the online geocoder.")
    osrm_url: str = Field("", description="OSRM server for cars; empty: travel times are estimated.")
    osrm_bicycle_url: str = Field("", description="OSRM server for bicycles.")
    osrm_walking_url: str = Field("", description="OSRM server for people on foot.")
    osrm_table_size: int = Field(100, ge=2, description="The `--max-table-size` of these servers.")
    valhalla_url: str = Field("", description="Valhalla server, for every mode that has no OSRM server.")
    roads_timeout_s: float = Field(3.0, gt=0, description="How long a plan waits for one of these servers.")
    basemap_raster_url: str = Field(
        "https://cyberjapandata.gsi.go.jp/xyz/pale/{z}/{x}/{y}.png",
        description="Raster tiles offered when online; empty to offer none.",
    )
    basemap_raster_attribution: str = Field("国土地理院", description="Credit of the raster tiles.")
    basemap_pmtiles_url: str = Field("", description="Own PMTiles file, as seen by the browser.")
    basemap_origins: str = Field(
        "", description="Further servers whose maps organisations may use: https://... , separated by spaces."
    )
    demo: bool = Field(False, description="Show the demo's sign-ins on the sign-in page.")
    log_level: str = Field("INFO", description="Lowest level written to the log.")
    log_format: Literal["json", "text"] = Field(
        "json", description="One JSON object a line without what people entered, or text with everything."
    )
    slow_query_ms: int = Field(500, description="Statements that take longer are logged; 0 logs none.")
    metrics_token: str = Field("", description="Lets /metrics be read from elsewhere than this machine.")

    @property
    def address(self) -> str:
        """Where links lead: as set, and never what a request claims to have asked for."""
        here = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104 - not to listen on
        return (self.public_url or f"http://{here}:{self.port}").rstrip("/")

    @property
    def basemap_servers(self) -> tuple[str, ...]:
        """The servers, besides this one, that maps may come from."""
        origins = ["/".join(self.basemap_raster_url.split("/")[:3]), *self.basemap_origins.split()]
        return tuple(dict.fromkeys(origin.rstrip("/").lower() for origin in origins if "://" in origin))

    @property
    def mail_folder(self) -> Path:
        """Where mails are written while no mail server is set."""
        return self.mail_dir or self.fieldcrm_local_dir / "mail"


def load_settings() -> Settings:
    """Return the settings of this process."""
    local_dir = Settings().fieldcrm_local_dir
    # That file speaks of the private cluster only: its owner must never migrate another database.
    settings = Settings() if os.environ.get("DATABASE_URL") else Settings(_env_file=local_dir / "env")
    if settings.secret_key:
        return settings
    return settings.model_copy(update={"secret_key": _secret_from(local_dir / "secret_key")})


def _secret_from(path: Path) -> str:
    """Return the key kept in ``path``, or an empty string when there is none."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
