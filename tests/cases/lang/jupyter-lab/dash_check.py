import re, urllib.request as u
h = u.urlopen("http://127.0.0.1:8050/").read().decode()
for p in re.findall(r'src="(/_dash-[^"]+)', h): u.urlopen("http://127.0.0.1:8050" + p).read()
u.urlopen("http://127.0.0.1:8050/_dash-component-suites/dash/dcc/async-graph.js").read(); print("all well")
