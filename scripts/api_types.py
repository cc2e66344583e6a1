#!/usr/bin/env python3
"""Generate the front end's types of the API from the app's own OpenAPI document."""

import subprocess

from places import LOCAL, ROOT, environment, fail


def main() -> None:
    """Write .local/openapi.json and from it static/src/core/api.d.ts."""
    document = LOCAL / "openapi.json"
    document.parent.mkdir(parents=True, exist_ok=True)
    with document.open("w") as file:
        command = ["flask", "--app", "fieldcrm", "openapi"]
        if subprocess.run(command, cwd=ROOT, env=environment(), stdout=file, check=False).returncode != 0:
            fail("the OpenAPI document could not be written, see above.")
    command = ["npm", "run", "--silent", "api-types"]
    if subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode != 0:
        fail("the API's types could not be generated, see above.")


if __name__ == "__main__":
    main()
