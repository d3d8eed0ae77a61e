from . import words
def hello(): return "beta " + words.WORD
