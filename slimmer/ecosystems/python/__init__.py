"""Python: the interpreter's own library, virtual environments, installed distributions."""

from slimmer.ecosystems.interface import Ecosystem
from slimmer.ecosystems.python.environment import PythonEnvironmentRule
from slimmer.ecosystems.python.files import source_of
from slimmer.ecosystems.python.library import PythonLibraryRule
from slimmer.ecosystems.python.metadata import PythonReader
from slimmer.ecosystems.python.own import own_modules
from slimmer.ecosystems.python.touched import PythonDistributionsRule
from slimmer.keep import Landmark, directories

PYTHON = Ecosystem(
    name="Python",
    landmarks=(
        Landmark(name="pyvenv.cfg", above=1),
        Landmark(name="conda-meta", above=1),
        # A Python with its prefix, as uv and pyenv lay it; in /usr/local its library alone.
        Landmark(
            name="os.py",
            beside="encodings",
            above=3,
            above_if_shared=1,
            claims=(
                *("bin/python*", "bin/pip*", "bin/pydoc*", "bin/idle*", "bin/2to3*"),
                *("lib/libpython*", "include/python*"),
            ),
        ),
        # pip install --target
        Landmark(name="*.dist-info", above=1),
        Landmark(name="*.egg-link", above=1),
        *directories("site-packages", "dist-packages", ".tox", ".nox"),
        *directories(".pytest_cache", ".mypy_cache", ".ruff_cache"),
        *directories(".cache/pip", ".cache/uv", ".cache/pypoetry", ".cache/virtualenv"),
    ),
    folders=("site-packages", "dist-packages", ".venv"),
    sources=(".py",),
    own_packages=own_modules,
    rules=(PythonLibraryRule, PythonEnvironmentRule, PythonDistributionsRule),
    readers=(PythonReader,),
)

__all__ = ["PYTHON", "source_of"]
