from concurrent.futures import ProcessPoolExecutor
import unicodedata, locale
print(unicodedata.name("é"), locale.getpreferredencoding())
