"""Suite `app`: 20,000 accounts and a year's activities on a phone: real Chromium, the real web server.

Times are those of frames (bench/painted.js). For rows marked "4x" the page's main thread is slowed down four
times; its workers, the browser and the server are not.
"""

from bench import app_data, app_start, app_use
from bench.harness import Suite
from bench.phone import SignedIn, new_phone
from bench.served import HOST, served
from fieldcrm.app import create_app
from fieldcrm.config import load_settings


def run() -> bool:
    """Measure everything and tell whether every bar is met."""
    suite = Suite("app")
    urls = app_data.build()
    settings = load_settings().model_copy(update={name.lower(): value for name, value in urls.items()})
    app = create_app(settings)
    administrator = app_data.set_up(app, urls)
    cookie = app_data.sign_in(app, administrator)
    with served(urls, secret_key=app.config["SECRET_KEY"]) as port, new_phone() as folder:
        where = SignedIn(f"http://{HOST}:{port}", cookie)
        app_start.measure_first_load(suite, folder, where)
        app_start.measure_later_starts(suite, folder, where)
        app_use.measure(suite, folder, where, urls)
    return suite.finish()
