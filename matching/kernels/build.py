"""
Builds the kernels: `python matching/kernels/build.py`. Standard library only.

`dev.py` and the image build run it once at set-up, with the C compiler that the package `ziglang`
carries, so that nobody needs a compiler of their own and nothing is compiled while people wait.
Each source makes one library for every generation of processor in `VARIANTS`; they give the same
bits, some sooner than others.
"""

import hashlib
import os
import platform
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).absolute().parent
BUILT = HERE / "built"

VARIANTS: dict[str, tuple[str, ...]] = {
    "x86_64": ("x86_64_v4", "x86_64_v3", "x86_64_v2"),
    "AMD64": ("x86_64_v4", "x86_64_v3", "x86_64_v2"),
}
"""Per machine the processors to build for, best first; elsewhere one library, for any of them."""

FLAGS = (
    "-std=c11",
    "-O3",
    "-fPIC",
    "-shared",
    "-fno-math-errno",
    "-ffp-contract=off",  # a fused multiply-add rounds differently: all variants give the same bits
    "-Wall",
    "-Wextra",
    "-Werror",
)


def sources() -> list[Path]:
    """Return the files that are compiled."""
    return sorted(HERE.glob("*.c"))


def fingerprint(source: Path) -> str:
    """Tell one content of a source from another."""
    digest = hashlib.sha256(" ".join(FLAGS).encode())
    for path in (source, *sorted(HERE.glob("*.h"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def variants() -> tuple[str, ...]:
    """Return the processors to build for on this kind of machine, best first."""
    return VARIANTS.get(platform.machine(), ("baseline",))


def library(source: Path, variant: str) -> Path:
    """Return where the library of a source for a processor stands once it is built."""
    return BUILT / f"{source.stem}-{fingerprint(source)}-{variant}.so"


def missing() -> list[tuple[Path, str]]:
    """Return the sources and processors that nothing is built for yet."""
    wanted = [(source, variant) for source in sources() for variant in variants()]
    return [
        (source, variant) for source, variant in wanted if not library(source, variant).exists()
    ]


def is_built() -> bool:
    """Whether there is nothing left to do."""
    return not missing()


def build() -> None:
    """Compile what is missing, and drop what no longer matches the sources."""
    BUILT.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=BUILT) as folder,
        ThreadPoolExecutor(max_workers=os.cpu_count()) as pool,
    ):
        started = [pool.submit(_compile, *pair, Path(folder)) for pair in missing()]
        faults = [one.result() for one in started if one.result()]
    if faults:
        raise SystemExit("\n".join(faults))
    kept = {library(source, variant) for source in sources() for variant in variants()}
    for path in BUILT.glob("*.so"):
        if path not in kept:
            path.unlink(missing_ok=True)


def _compile(source: Path, variant: str, folder: Path) -> str:
    """Compile one library in one step: there is a whole one, or none. Return what went wrong."""
    draft = folder / f"{source.stem}-{variant}.so"
    command = [sys.executable, "-m", "ziglang", "cc", *FLAGS, f"-mcpu={variant}"]
    command += ["-o", str(draft), str(source)]
    # The compiler keeps its own files here, and not in the home folder of a user without one.
    cache = {"ZIG_GLOBAL_CACHE_DIR": str(folder), "ZIG_LOCAL_CACHE_DIR": str(folder)}
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **cache}, check=False
    )
    if done.returncode != 0:
        return f"{source.name} could not be built for {variant}:\n{done.stderr}"
    draft.replace(library(source, variant))
    return ""


if __name__ == "__main__":
    build()
