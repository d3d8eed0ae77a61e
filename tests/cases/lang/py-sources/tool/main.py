import decimal, fractions
def run():
    import sys, sub.deep
    print(sub.deep.total(sys.argv[1:]))
