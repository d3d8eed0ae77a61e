def hello(): return "alpha"
def fail():
    raise KeyError("gone")  # the reason
