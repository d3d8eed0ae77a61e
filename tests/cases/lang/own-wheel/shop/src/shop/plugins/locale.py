def work():
    from tornado import escape
    return escape.xhtml_escape("<a>")
