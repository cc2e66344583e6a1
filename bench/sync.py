"""Suite `sync`: what phones receive and send, through the real application."""

from bench import fleet, sync_data, sync_pull, sync_push
from bench.harness import Suite
from fieldcrm.app import create_app
from fieldcrm.config import load_settings


def run() -> bool:
    """Measure everything and tell whether every bar is met."""
    suite = Suite("sync")
    urls = sync_data.build()
    settings = load_settings().model_copy(update={name.lower(): value for name, value in urls.items()})
    app = create_app(settings)
    sync_pull.measure(suite, app, urls)
    sync_push.measure(suite, app, urls)
    fleet.measure(suite, app, urls)
    return suite.finish()
