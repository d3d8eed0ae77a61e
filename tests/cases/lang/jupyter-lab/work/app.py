import pandas as pd, dash
from dash import dcc, html, dash_table
d = pd.read_csv("sales.csv"); app = dash.Dash(__name__)
app.layout = html.Div([html.H1("Sales"), dcc.Graph(figure={"data": [{"x": list(d.day), "y": list(d["sum"])}]}), dash_table.DataTable(d.to_dict("records"))])
app.run(host="127.0.0.1", port=8050)
