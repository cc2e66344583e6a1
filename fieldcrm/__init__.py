"""FieldCRM: a mobile-first, map-based customer management system for outside sales."""

__version__ = "0.1.0"


def create_app(**overrides: object):  # type: ignore[no-untyped-def]  # imported late so that `import fieldcrm` stays cheap
    """Return the Flask application (``flask --app fieldcrm`` finds it here)."""
    from fieldcrm.app import create_app as build

    return build(**overrides)
