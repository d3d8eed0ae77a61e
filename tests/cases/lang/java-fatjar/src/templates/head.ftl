<h1>Goods</h1>
