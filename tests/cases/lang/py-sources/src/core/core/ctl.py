import sys
def main():
    if sys.argv[1:] == ['schema']:
        from importlib import resources
        print(resources.files('core').joinpath('schema.txt').read_text())
    else:
        import runpy
        runpy.run_path('/srv/jobs/%s.py' % sys.argv[1], run_name='__main__')
