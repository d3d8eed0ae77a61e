<h1>Sorry: ${code} ${why?html}</h1>
