<%= "staff only: " + request.getRemoteUser() + " " + request.isUserInRole("clerk") %>
