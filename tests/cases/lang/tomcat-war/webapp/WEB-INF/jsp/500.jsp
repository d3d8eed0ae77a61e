<%@ page isErrorPage="true" %><h1>broken: ${pageContext.exception.message}</h1>
