import statistics
def total(a): return statistics.mean(map(float, a))
