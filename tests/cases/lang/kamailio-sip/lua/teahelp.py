import json, os
def steep():
    with open(os.path.join(os.path.dirname(__file__), 'steep.json')) as f: return json.load(f)['minutes']
