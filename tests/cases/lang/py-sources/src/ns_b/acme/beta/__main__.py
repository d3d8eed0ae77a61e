from acme.alpha import hello
from . import words
print(hello(), words.WORD)
