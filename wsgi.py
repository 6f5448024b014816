"""The WSGI application, and the Celery application beside it."""

from dotenv import load_dotenv

from commentbox import create_app
from commentbox.config import ConfigError
from commentbox.jobs.celery import make_celery

load_dotenv()
try:
    app = create_app()
except ConfigError as error:
    raise SystemExit(f"commentbox: {error}") from None
celery = make_celery(app)
