project = "demo"
author = "a"
extensions = ["sphinx.ext.graphviz", "sphinx.ext.autodoc", "sphinx.ext.todo"]
man_pages = [("index", "demo", "d", "a", 1)]
