<%@ page isErrorPage="true" %><h1>nothing at ${requestScope["jakarta.servlet.error.request_uri"]}</h1>
