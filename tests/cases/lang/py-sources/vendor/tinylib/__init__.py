import re
def slug(s): return re.sub(r"\W+", "-", s).lower()
